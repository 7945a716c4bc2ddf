"""What a shop keeps of orders: lines, the parts that locations ship, the parcels that left, and what is found when."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from hub_shopify.sandbox.records import Location

_GONE = ("CANCELLED", "FAILURE", "ERROR")


@dataclass(slots=True)
class LineItem:
    """`current_quantity` is what is left of `quantity` after edits, cancellations and refunds."""

    TYPE: ClassVar = "LineItem"
    id: int
    variant_id: int
    item_id: int
    sku: str | None
    name: str
    price: str
    quantity: int
    current_quantity: int


@dataclass(slots=True)
class PartLine:
    TYPE: ClassVar = "FulfillmentOrderLineItem"
    id: int
    line_item: LineItem
    total_quantity: int
    remaining_quantity: int

    @property
    def sku(self) -> str | None:
        return self.line_item.sku


@dataclass(slots=True)
class Part:
    """A fulfilment order: what one location ships of an order."""

    TYPE: ClassVar = "FulfillmentOrder"
    id: int
    location: Location
    lines: list[PartLine]
    status: str = "OPEN"  # or ON_HOLD, CLOSED, CANCELLED
    fulfill_by: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status in ("OPEN", "IN_PROGRESS")


@dataclass(slots=True)
class ParcelLine:
    TYPE: ClassVar = "FulfillmentLineItem"
    id: int
    line_item: LineItem
    quantity: int


@dataclass(slots=True)
class Parcel:
    """A fulfilment: what left."""

    TYPE: ClassVar = "Fulfillment"
    id: int
    lines: list[ParcelLine]
    created_at: datetime
    company: str | None = None
    number: str | None = None
    url: str | None = None
    status: str = "SUCCESS"
    display_status: str = "FULFILLED"


class Found(NamedTuple):
    """From `since` on the search finds an order under `updated_at`; `rank` orders all changes of the shop."""

    since: datetime
    updated_at: datetime
    rank: int


@dataclass(slots=True)
class Order:
    TYPE: ClassVar = "Order"
    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    lines: list[LineItem]
    parts: list[Part]
    display_financial_status: str = "PAID"
    payment_gateway_names: list[str] = field(default_factory=list)
    shipping_address: dict[str, Any] | None = None  # Any: JSON
    note: str | None = None
    test: bool = False
    cancelled_at: datetime | None = None
    parcels: list[Parcel] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    @property
    def display_fulfillment_status(self) -> str:
        left = [part for part in self.parts if any(line.remaining_quantity for line in part.lines)]
        if any(parcel.status not in _GONE for parcel in self.parcels):
            return "PARTIALLY_FULFILLED" if left else "FULFILLED"
        if left and all(part.status == "ON_HOLD" for part in left):
            return "ON_HOLD"
        return "IN_PROGRESS" if left and all(part.status == "IN_PROGRESS" for part in left) else "UNFULFILLED"

    def known(self, now: datetime) -> Found | None:
        """What the search knows of it by now."""
        return max((each for each in self.found if each.since <= now), key=lambda each: each.rank, default=None)
