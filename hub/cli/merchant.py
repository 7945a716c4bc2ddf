"""`hub merchant`: who sells."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit

app = typer.Typer(rich_markup_mode=None)

COLUMNS = (("id", "id"), ("name", "name"), ("features", "features"), ("since", "created_at"))


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What people call the merchant.")],
    features: Annotated[
        list[str] | None,
        typer.Option("--feature", help="master_product or warehouse_management; by default the plan has everything."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Take in a merchant."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.merchants import service
    from hub.merchants.schemas import NewMerchant

    wanted = checked(NewMerchant, {"name": name, "features": features})
    with opening.writing() as db:
        made = service.create_merchant(db, wanted.name, features=wanted.features, actor=CLI)
    showing.show(made, as_json=as_json)


@app.command("list")
def list_(limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List the merchants, the oldest first."""
    from hub.merchants import store

    with opening.reading() as db:
        rows = store.merchants_reached(db, None, after=paging.after(cursor), limit=limit + 1)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(merchant_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """Show a merchant."""
    from hub.merchants import service

    with opening.reading() as db:
        found = service.merchant(db, merchant_id)
    showing.show(found, as_json=as_json)


@app.command()
def change(
    merchant_id: Annotated[str, typer.Argument(metavar="ID")],
    name: Annotated[str | None, typer.Option(help="What people call the merchant from now on.")] = None,
    reserve_unpaid: Annotated[
        bool | None,
        typer.Option(
            "--reserve-unpaid/--no-reserve-unpaid",
            help="Whether orders hold stock before they are paid; else what nobody has paid yet stays on sale.",
        ),
    ] = None,
    several_warehouses: Annotated[
        str | None,
        typer.Option(
            metavar="split|flag",
            help="What becomes of orders whose lines lie in different warehouses: each sends its part, or they wait.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change a merchant's name, or what becomes of its unpaid orders, or of those from several warehouses."""
    from hub.cli.given import checked
    from hub.kernel.api.texts import given
    from hub.kernel.events import CLI
    from hub.merchants import service
    from hub.merchants.schemas import MerchantChange

    asked = {"name": name, "reserve_unpaid": reserve_unpaid, "several_warehouses": several_warehouses}
    wanted = checked(MerchantChange, asked)
    with opening.writing() as db:
        old = service.merchant(db, merchant_id, for_change=True)
        new = service.change_merchant(
            db, old, name=given(wanted.name), reserve_unpaid=given(wanted.reserve_unpaid),
            several_warehouses=given(wanted.several_warehouses), actor=CLI,
        )  # fmt: skip
    showing.show(new, as_json=as_json)
