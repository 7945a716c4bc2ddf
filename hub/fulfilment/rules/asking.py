"""What a warehouse is asked to send, as its plugin is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from hub_hookspecs import Money, ParcelLine


class Asked(NamedTuple):
    """So many base units of a product for a line of the order."""

    line_id: str
    product_id: str
    sku: str
    quantity: int
    item_ref: str


class OrderLine(NamedTuple):
    """What a line of the order says of them; `pack` base units of its product make one of its own units."""

    ref: str
    product_id: str | None
    pack: int
    unit_price: str | None
    currency: str | None


def parcel_lines(asked: Sequence[Asked], lines: Mapping[str, OrderLine]) -> tuple[ParcelLine, ...]:
    """The lines of the parcel; only what is sold just as it lies there has a price of its own."""
    return tuple(
        ParcelLine(
            sku=one.sku, quantity=one.quantity, order_line_ref=lines[one.line_id].ref, item_ref=one.item_ref,
            unit_price=_price(one, lines[one.line_id]),
        )
        for one in asked
    )  # fmt: skip


def _price(one: Asked, line: OrderLine) -> Money | None:
    if line.unit_price is None or line.currency is None or line.pack != 1 or line.product_id != one.product_id:
        return None
    return Money(amount=Decimal(line.unit_price), currency=line.currency)
