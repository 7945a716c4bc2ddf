"""A parcel as plugins are told of it: all that is wanted of its order, or all that has left."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from hub_hookspecs import Address, Money, ParcelLine, Shipment


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order, as a parcel holds it: so many of the channel's own units."""

    ref: str
    sku: str
    units: int
    package_ref: str = ""
    unit_price: str | None = None
    currency: str | None = None


def shipment(
    key: str, *, order_ref: str, order_number: str, sender: Address, recipient: Address, lines: Sequence[Line],
    courier: str = "", awb: str = "",
) -> Shipment:  # fmt: skip
    """One parcel for all these lines; the channel's own name of it, where they all agree in one."""
    packages = {line.package_ref for line in lines}
    return Shipment(
        key=key, order_ref=order_ref, order_number=order_number, sender=sender, recipient=recipient, courier=courier,
        awb=awb, package_ref=packages.pop() if len(packages) == 1 else "",
        lines=tuple(
            ParcelLine(sku=line.sku, quantity=line.units, order_line_ref=line.ref, unit_price=_price(line))
            for line in lines
            if line.units
        ),
    )  # fmt: skip


def _price(line: Line) -> Money | None:
    if line.unit_price is None or line.currency is None:
        return None
    return Money(amount=Decimal(line.unit_price), currency=line.currency)
