"""How lines of a manual order are written, on which version it is decided, and that a flag was seen to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import LARGEST, Json, Merchant

if TYPE_CHECKING:
    from hub.orders.store.orders import Stored

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order, by id.")]
IfVersion = Annotated[
    int | None,
    typer.Option(min=1, max=LARGEST, help="Only if it still has this version, as `hub order show` tells it."),
]
LINE = "PRODUCT=UNITS"
HOW = "May be repeated. A listing is named as listing:ID=UNITS; a price of each follows, as in PRODUCT=2@75000:IDR."
_WRONG = "write a line as PRODUCT=UNITS, such as 0190…=2, or listing:ID=UNITS; a price follows as @75000:IDR"


def line_of(text: str) -> dict[str, object]:
    """A line as the API takes it; its figures are checked there."""
    goods, at, price = text.partition("@")
    named, equals, units = goods.rpartition("=")
    if not (named and equals and units.isascii() and units.isdigit() and len(units) < 10):
        raise typer.BadParameter(_WRONG)
    kind, colon, listing = named.partition(":")
    if colon and (kind != "listing" or not listing):
        raise typer.BadParameter(_WRONG)
    line: dict[str, object] = {"listing_id" if colon else "product_id": listing or named, "quantity": int(units)}
    if not at:
        return line
    amount, colon, currency = price.partition(":")
    if not (amount and colon and currency):
        raise typer.BadParameter(_WRONG)
    return line | {"unit_price": {"amount": amount, "currency": currency}}


def require_version(before: Stored, wanted: int | None) -> None:
    """Refuse what was decided on an order as it was; the order is kept from others."""
    from hub.kernel.api.etags import Changed

    if wanted is not None and wanted != before.order.version:
        raise Changed


def acknowledge(
    order: OrderId,
    flag: Annotated[str, typer.Argument(metavar="FLAG", help="Its code, such as returned or cancelled_late.")],
    merchant: Merchant,
    why: Annotated[str | None, typer.Option(help="A remark for those who look later.")] = None,
    if_version: IfVersion = None,
    as_json: Json = False,
) -> None:
    """Say that a flag was seen to whose cause stays, such as a return; another unit of it flags the order anew."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.orders.rules.flags import Code
    from hub.orders.schemas import Acknowledgement, shown
    from hub.orders.service import acknowledging, manual
    from hub.orders.store import flags

    if flag not in list(Code):
        raise typer.BadParameter(f"{flag} is no flag; there are {', '.join(Code)}")
    said = checked(Acknowledgement, {"why": why})
    with opening.opened_runtime(opening.settings()) as runtime:
        with runtime.database.writing() as db:
            before = manual.find(db, merchant, order, for_change=True)
            require_version(before, if_version)
            now = acknowledging.acknowledge(db, before, Code(flag), said.why, actor=CLI)
            waits = flags.of_orders(db, [order]).get(order, ())
        found = shown(runtime.ring, now, waits)
    showing.show(found, as_json=as_json)
