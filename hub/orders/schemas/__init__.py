"""Orders as the API shows them, and manual ones as it takes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from hub_hookspecs import Address, OrderState

from hub.catalog.schemas import Price
from hub.catalog.schemas.products import NewPrice
from hub.channels.schemas.warehouses import Country, Line
from hub.kernel.api.texts import VISIBLE, Name, Note
from hub.kernel.errors import FieldError, Invalid
from hub.kernel.ids import is_id
from hub.kernel.sealing import KeyRing
from hub.orders.rules.flags import CLEARS, Code
from hub.orders.rules.lines import Standing
from hub.orders.service import buyers
from hub.orders.service.editing import WantedChange
from hub.orders.service.manual import WantedLine, WantedOrder
from hub.orders.store.flags import FlagRow
from hub.orders.store.orders import LineRow, OrderRow, Stored

MOST_LINES = 200
MOST_UNITS = 1_000_000
Identifier = Annotated[str, msgspec.Meta(max_length=36, description="an id", extra_json_schema={"format": "uuid"})]
Source = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=60, pattern=VISIBLE, description="where the customer asked for it",
        examples=["Instagram", "WhatsApp"],
    ),
]  # fmt: skip


class Recipient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who gets it, and where."""

    name: Name
    phone: Line = ""
    lines: Annotated[tuple[Line, ...], msgspec.Meta(max_length=6)] = ()
    district: Line = ""
    city: Line = ""
    state: Line = ""
    postcode: Line = ""
    country: Country = ""


class NewLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many of a product that is listed to the account, or of one of its listings; just one of the two is named."""

    quantity: Annotated[int, msgspec.Meta(ge=1, le=MOST_UNITS)]
    product_id: Identifier | None = None
    listing_id: Identifier | None = None
    unit_price: NewPrice | None = None


class NewOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order that came by another way than a marketplace; its stock falls when it is made, or it is refused."""

    account_id: Identifier
    source: Source
    recipient: Recipient
    lines: Annotated[tuple[NewLine, ...], msgspec.Meta(min_length=1, max_length=MOST_LINES)]
    note: Note = ""

    def given(self) -> WantedOrder:
        return WantedOrder(
            source=self.source, recipient=_address(self.recipient), note=self.note, lines=_lines(self.lines)
        )


class OrderChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change of a manual order that has not left; what is left out stays.

    `lines` are all that it shall have, written as in a new order: a line of something that it has already is changed,
    what it has beside these is given up, and a price that is left out stays.
    """

    source: Source | msgspec.UnsetType = msgspec.UNSET
    recipient: Recipient | msgspec.UnsetType = msgspec.UNSET
    note: Note | msgspec.UnsetType = msgspec.UNSET
    lines: Annotated[tuple[NewLine, ...], msgspec.Meta(min_length=1, max_length=MOST_LINES)] | msgspec.UnsetType = (
        msgspec.UNSET
    )

    def given(self) -> WantedChange:
        recipient, lines = self.recipient, self.lines
        return WantedChange(
            source=self.source, note=self.note,
            recipient=recipient if isinstance(recipient, msgspec.UnsetType) else _address(recipient),
            lines=lines if isinstance(lines, msgspec.UnsetType) else _lines(lines),
        )  # fmt: skip


class OrderFlag(msgspec.Struct, frozen=True, kw_only=True):
    """Why an order waits for a person, what to do, and what clears the flag: its cause, or a person's word."""

    code: Code
    reason: str
    remedy: str
    clears: str
    since: datetime


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a flag was seen to. `why` is for those who look later, such as who counted what came back."""

    why: Note = ""


class ShownLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line. `quantity` is still wanted; `standing` says what it holds of the stock.

    `may_be_counted`: it was placed so near the count of the opening stock that it may be in there already.
    `warehouse_id` is where what it holds lies, or has left; `chosen_warehouse_id` where a person wants it sent from.
    """

    id: str
    ref: str
    listing_ref: str
    listing_id: str | None
    product_id: str | None
    sku: str
    name: str
    quantity: int
    cancelled: int
    unit_price: Price | None
    place_ref: str
    package_ref: str
    standing: Standing
    may_be_counted: bool
    warehouse_id: str | None
    chosen_warehouse_id: str | None


class OrderSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list. `source` is where a manual one came from; empty: the account's channel."""

    id: str
    account_id: str
    ref: str
    number: str
    source: str
    state: OrderState
    raw_state: str
    placed_at: datetime
    ship_by: datetime | None
    total: Price | None
    warehouse_id: str | None
    flags: list[OrderFlag]


class ShownOrder(OrderSummary, frozen=True, kw_only=True):
    """An order with its lines and its buyer. `left_at`: when it left the merchant's own shelf, by a person's word.

    `version` is raised by each change.
    """

    version: int
    updated_at: datetime
    courier: str
    awb: str
    fulfilled_by_channel: bool
    left_at: datetime | None
    recipient: Address
    note: str
    created_at: datetime
    changed_at: datetime
    lines: list[ShownLine]


def summary(order: OrderRow, flags: Sequence[FlagRow]) -> OrderSummary:
    return OrderSummary(**_summary(order, flags))


def shown(ring: KeyRing, stored: Stored, flags: Sequence[FlagRow]) -> ShownOrder:
    order = stored.order
    buyer = buyers.opened(ring, order.id, order.buyer)
    return ShownOrder(
        **_summary(order, flags), version=order.version, updated_at=order.updated_at, courier=order.courier,
        awb=order.awb, fulfilled_by_channel=order.fulfilled_by_channel, left_at=order.left_at,
        recipient=buyer.recipient, note=buyer.note, created_at=order.created_at, changed_at=order.changed_at,
        lines=[_line(each) for each in stored.lines],
    )  # fmt: skip


def _summary(order: OrderRow, flags: Sequence[FlagRow]) -> dict[str, Any]:  # Any: the fields differ in type
    named = ("id", "account_id", "ref", "number", "source", "state", "raw_state", "placed_at", "ship_by",
             "warehouse_id")  # fmt: skip
    told = [
        OrderFlag(code=one.code, reason=one.reason, remedy=one.remedy, clears=CLEARS[one.code], since=one.since)
        for one in flags
    ]
    return {name: getattr(order, name) for name in named} | {
        "total": _price(order.total, order.currency), "flags": told,
    }  # fmt: skip


def _line(line: LineRow) -> ShownLine:
    named = (
        "id", "ref", "listing_ref", "listing_id", "product_id", "sku", "name", "quantity", "cancelled", "place_ref",
        "package_ref", "standing", "warehouse_id",
    )  # fmt: skip
    return ShownLine(
        **{name: getattr(line, name) for name in named}, unit_price=_price(line.unit_price, line.currency),
        may_be_counted=line.in_margin, chosen_warehouse_id=line.chosen or None,
    )  # fmt: skip


def _price(amount: str | None, currency: str | None) -> Price | None:
    return None if amount is None or currency is None else Price(amount=amount, currency=currency)


def _address(given: Recipient) -> Address:
    return Address(**msgspec.structs.asdict(given))


def _lines(given: Sequence[NewLine]) -> tuple[WantedLine, ...]:
    errors = tuple(error for n, line in enumerate(given) if (error := _fault(n, line)))
    if errors:
        raise Invalid(f"{len(errors)} line(s) need to change", errors=errors)
    return tuple(
        WantedLine(
            quantity=one.quantity, product_id=one.product_id or "", listing_id=one.listing_id or "",
            unit_price=one.unit_price.money() if one.unit_price else None,
        )
        for one in given
    )  # fmt: skip


def _fault(n: int, line: NewLine) -> FieldError | None:
    named = {"product_id": line.product_id, "listing_id": line.listing_id}
    given = {name: value for name, value in named.items() if value is not None}
    if len(given) != 1:
        return FieldError(field=f"lines[{n}]", message="name a product_id or a listing_id, and not both")
    ((name, value),) = given.items()
    if not is_id(value):
        return FieldError(field=f"lines[{n}].{name}", message="is no id; list products or listings to find it")
    return None
