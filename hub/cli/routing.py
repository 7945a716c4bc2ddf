"""`hub routing`: where an order is sent from, and why not from elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import Json, Merchant
from hub.cli.ordering import OrderId

app = typer.Typer(rich_markup_mode=None)

Refs = Annotated[
    list[str], typer.Option("--listing", metavar="REF[=COUNT]", help="What is sold, as its channel calls it; repeat.")
]
Lines = Annotated[list[str] | None, typer.Option("--line", metavar="ID", help="Only this line of it; may be repeated.")]


@app.command()
def show(order: OrderId, merchant: Merchant, as_json: Json = False) -> None:
    """Show where the lines of an order lie, from where else they could be sent, and what stands against it."""
    from hub.kernel.events import CLI
    from hub.orders.schemas.routing import shown_routing
    from hub.orders.service import manual, viewing

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        found = manual.find(db, merchant, order)
        seller = manual.seller_of(db, runtime.channels, found.order, actor=CLI)
        shown = shown_routing(viewing.view(db, seller, found))
    showing.show(shown, as_json=as_json)


@app.command()
def preview(
    merchant: Merchant,
    account: Annotated[str, typer.Option("--account", "-a", metavar="ID", help="Who would sell it.")],
    listings: Refs,
    country: Annotated[str | None, typer.Option(help="Where it would go; else the store's country.")] = None,
    as_json: Json = False,
) -> None:
    """Say from where an order would be sent, and why not from elsewhere; nothing of it is kept."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.orders.schemas.routing import Preview, shown_routing
    from hub.orders.service import previewing

    lines = [_line(each) for each in listings]
    wanted = checked(Preview, {"account_id": account, "country": country, "lines": lines})
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        found = previewing.preview(
            db, runtime.channels, merchant, wanted.account_id, wanted.told, None, actor=CLI
        )  # fmt: skip
    showing.show(shown_routing(found, is_kept=False), as_json=as_json)


@app.command()
def choose(
    order: OrderId,
    warehouse: Annotated[str, typer.Argument(metavar="WAREHOUSE", help="The warehouse, by id.")],
    merchant: Merchant,
    lines: Lines = None,
    as_json: Json = False,
) -> None:
    """Have an order, or some lines of it, sent from this warehouse; refused where it cannot, with every reason."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.orders.schemas import shown
    from hub.orders.schemas.routing import Choice
    from hub.orders.service import choosing, manual
    from hub.orders.store import flags

    wanted = checked(Choice, {"warehouse_id": warehouse, "line_ids": lines})
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        before = manual.find(db, merchant, order, for_change=True)
        now = choosing.choose(
            db, runtime.channels, before, wanted.warehouse_id, wanted.line_ids, actor=CLI
        ).stored  # fmt: skip
        view = shown(runtime.ring, now, flags.of_orders(db, [order]).get(order, ()))
    showing.show(view, as_json=as_json)


def _line(text: str) -> dict[str, object]:
    ref, _, count = text.rpartition("=") if "=" in text else (text, "", "1")
    if not count.isdecimal():
        raise typer.BadParameter(f"{text!r}: write REF=COUNT, with a whole number of units")
    return {"listing_ref": ref, "sku": ref, "quantity": int(count)}
