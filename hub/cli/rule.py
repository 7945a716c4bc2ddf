"""`hub rule`: from which warehouses a merchant's orders are sent."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import Json, Merchant, Yes, require_yes

app = typer.Typer(rich_markup_mode=None)

RuleId = Annotated[str, typer.Argument(metavar="RULE", help="The rule, by id.")]
Name = Annotated[str | None, typer.Option(help="What people call it.")]
Warehouses = Annotated[
    list[str] | None, typer.Option("--warehouse", "-w", metavar="ID", help="Sent from here; may be repeated, in order.")
]
Accounts = Annotated[
    list[str] | None, typer.Option("--account", "-a", metavar="ID", help="Only of this account; may be repeated.")
]
Countries = Annotated[list[str] | None, typer.Option("--country", help="Only to this country; may be repeated.")]
Skus = Annotated[
    list[str] | None, typer.Option("--sku", help="Only this SKU, or TEE* for all that begin so; may be repeated.")
]
After = Annotated[
    str | None, typer.Option("--otherwise", metavar="next|stop", help="Where none of them can: the next rule, or none.")
]
Position = Annotated[int | None, typer.Option(help="Its place among the merchant's rules, from 0.")]
COLUMNS = (
    ("place", "position"), ("id", "id"), ("name", "name"), ("warehouses", "warehouse_ids"), ("accounts", "account_ids"),
    ("countries", "countries"), ("skus", "skus"), ("otherwise", "otherwise"),
)  # fmt: skip


@app.command("list")
def list_(merchant: Merchant, as_json: Json = False) -> None:
    """List a merchant's shipping rules, the one that is asked first before the others."""
    from hub.merchants import service as merchants
    from hub.orders.schemas.routing import shown_rule
    from hub.orders.service import ruling

    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = [shown_rule(row) for row in ruling.rules(db, merchant)]
    showing.show_page(rows, COLUMNS, following=None, as_json=as_json)


@app.command()
def show(rule: RuleId, merchant: Merchant, as_json: Json = False) -> None:
    """Show a shipping rule."""
    from hub.orders.schemas.routing import shown_rule
    from hub.orders.service import ruling

    with opening.reading() as db:
        found = shown_rule(ruling.rule(db, merchant, rule))
    showing.show(found, as_json=as_json)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    merchant: Merchant,
    warehouses: Warehouses = None,
    accounts: Accounts = None,
    countries: Countries = None,
    skus: Skus = None,
    otherwise: After = None,
    position: Position = None,
    as_json: Json = False,
) -> None:
    """Say from where orders are sent that match; those that wait are looked at again by it."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.merchants import service as merchants
    from hub.orders.schemas.routing import NewRule, shown_rule
    from hub.orders.service import ruling

    fields = _fields(name, warehouses or [], accounts, countries, skus, otherwise, position)
    wanted = checked(NewRule, fields)
    with opening.writing() as db:
        merchants.merchant(db, merchant)
        made = shown_rule(ruling.create(db, merchant, wanted.data, position=wanted.position, actor=CLI))
    showing.show(made, as_json=as_json)


@app.command()
def change(
    rule: RuleId,
    merchant: Merchant,
    name: Name = None,
    warehouses: Warehouses = None,
    accounts: Accounts = None,
    countries: Countries = None,
    skus: Skus = None,
    otherwise: After = None,
    position: Position = None,
    as_json: Json = False,
) -> None:
    """Change what a shipping rule says, or its place; what is not given stays."""
    from hub.cli.given import checked
    from hub.kernel.api.texts import given
    from hub.kernel.events import CLI
    from hub.orders.schemas.routing import RuleChange, shown_rule
    from hub.orders.service import ruling

    fields = _fields(name, warehouses, accounts, countries, skus, otherwise, position)
    wanted = checked(RuleChange, fields)
    with opening.writing() as db:
        old = ruling.rule(db, merchant, rule, for_change=True)
        data, place = wanted.over(ruling.data_of(old)), given(wanted.position)
        new = shown_rule(ruling.change(db, old, data, position=place, actor=CLI))
    showing.show(new, as_json=as_json)


@app.command()
def remove(rule: RuleId, merchant: Merchant, yes: Yes = False) -> None:
    """Take a shipping rule away; what it has routed stays where it is, and is judged anew."""
    from hub.kernel.events import CLI
    from hub.orders.service import ruling

    require_yes("Orders that wait for its warehouses are judged without it.", given=yes)
    with opening.writing() as db:
        ruling.remove(db, ruling.rule(db, merchant, rule, for_change=True), actor=CLI)


def _fields(
    name: str | None, warehouses: list[str] | None, accounts: list[str] | None, countries: list[str] | None,
    skus: list[str] | None, otherwise: str | None, position: int | None,
) -> dict[str, object]:  # fmt: skip
    """As the API calls them."""
    return {
        "name": name, "warehouse_ids": warehouses, "account_ids": accounts, "countries": countries, "skus": skus,
        "otherwise": otherwise, "position": position,
    }  # fmt: skip
