"""What the market knows, and how it says no."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec


class SoldOut(Exception):
    """The shop has not as many left as somebody wanted to buy."""


class Refused(Exception):
    """The request ends here, with this status and these words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Goods(msgspec.Struct, kw_only=True):
    id: str
    sku: str
    name: str
    price: int  # in sen
    stock: int
    active: bool = True


class Bought(msgspec.Struct, kw_only=True):
    """A line of an order; `units` are still wanted. `package` is the market's own parcel that it travels in."""

    id: str
    goods: Goods
    units: int
    cancelled: int = 0
    package: str = ""


class Parcel(msgspec.Struct, kw_only=True):
    """What a courier was asked to take to `home`; there is a label once one was found. A `void` one never leaves."""

    key: str
    lines: dict[str, int]
    home: dict[str, str]
    due: datetime
    awb: str = ""
    label: bytes = b""
    problem: str = ""
    void: bool = False
    left: bool = False


class Order(msgspec.Struct, kw_only=True):
    id: str
    number: str
    state: str
    placed_at: datetime
    changed_at: datetime
    change: int
    buyer: dict[str, str]
    lines: list[Bought]
    parcels: dict[str, Parcel] = {}
    awb: str = ""

    def live(self) -> list[Parcel]:
        """Its parcels that may leave, or have, each once whatever keys it is known by."""
        return list({id(one): one for one in self.parcels.values() if not one.void}.values())

    def has_left(self) -> bool:
        """Whether all that is wanted of it has."""
        gone = Counter[str]()
        for one in self.live():
            gone.update(one.lines if one.left else {})
        return all(gone[line.id] >= line.units for line in self.lines)
