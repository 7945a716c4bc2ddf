"""What passes between the hub and a channel. Frozen structs.

Units: money is a decimal with an ISO 4217 code, weight whole grams, length whole millimetres, quantities whole base
units 0 <= q < 2**31, instants aware UTC. Unknown wire values never crash: keep them raw.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

import msgspec

from hub_hookspecs.channel import Instant

R = TypeVar("R")
Quantity = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
PATIENCE = timedelta(days=1)  # after the first `Waiting` of a product or parcel; another one then is one too many


class Page(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """Records, and where to go on after them. The host commits both at once, then asks for the next page;
    with `resume_after` it frees the thread first and calls again with `cursor` that much later."""

    records: tuple[R, ...]
    cursor: str
    resume_after: timedelta | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Not yet: the host calls the same hook again with `resume=state` after `after`. No hook sleeps."""

    after: timedelta
    state: str
    note: str = ""


class Money(msgspec.Struct, frozen=True, kw_only=True):
    amount: Decimal  # in whole units of the currency, such as 149000.00
    currency: str  # ISO 4217, such as IDR

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise ValueError("amount must be finite")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One sellable unit as the channel lists it (a variant, not its parent).

    Yield all; the host decides what to keep.
    """

    ref: str  # the channel's own name of it, the same for ever; updates and stock name it so
    sku: str  # as given, "" where the channel has none
    name: str  # as buyers read it
    active: bool  # whether buyers can find it
    quantity: Quantity | None  # sellable; None: not tracked
    parent_ref: str = ""  # what groups the variants of one product; "" where it stands alone
    price: Money | None = None  # what a buyer pays for one; None: not told
    barcode: str = ""  # digits, or ""
    image_urls: tuple[str, ...] = ()  # the main one first
    options: Mapping[str, str] = {}  # what tells a variant from its siblings: name to value
    weight_g: int | None = None  # whole grams, packed
    description: str = ""  # as plain text
    category_ref: str = ""  # as `Category.ref`
    url: str = ""  # where people see it
    raw_status: str = ""  # the channel's own word
    updated_at: Instant | None = None  # by the channel's clock


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """Ours, on its way out: a listing to create or update, or master data for a warehouse."""

    key: str  # ours, the same on every try: hand it to the channel where it takes one
    sku: str  # ours, or of a listing that is there its own; that alone is the seller's code
    name: str  # as buyers read it
    listing_ref: str = ""  # set: update
    place_ref: str = ""  # set: this warehouse
    description: str = ""  # plain text, lines apart
    price: Money | None = None  # what a buyer pays for one; None: not given
    quantity: Quantity = 0  # a first stock, for a new listing only
    barcode: str = ""  # "": not given
    weight_g: int | None = None  # whole grams, packed; None: not given
    size_mm: tuple[int, int, int] | None = None  # length, width, height, whole millimetres, packed
    image_urls: tuple[str, ...] = ()  # public, the main one first; empty: not given
    category_ref: str = ""  # as `Category.ref`; "": not given
    options: Mapping[str, str] = {}  # what tells a variant from its siblings: name to value
    attributes: Mapping[str, str] = {}  # whatever else a person said for this channel: name to value


class Listing(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A listing that is there. What a new one shows only the plugin knows: few channels take a stock with a product."""

    ref: str  # as `Item.ref`; never blank
    url: str = ""  # where people see it
    quantity: Quantity | None = None  # that a new one shows; None: not said
    active: bool = True  # whether buyers see a new one


class Category(msgspec.Struct, frozen=True, kw_only=True):
    ref: str  # the channel's own, as `Product.category_ref` says it
    name: str  # its own name alone, without those above it
    parent_ref: str = ""  # the one above; "": a root
    leaf: bool = True  # whether products may stand in it


class StockTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Absolute. `expected` is what the hub believes the channel shows now; None: unknown.

    With compare-and-set: read live; shown differs from `expected`, or `expected` is None -> STALE(actual) and nothing
    is written, even if it equals the target (an unseen sale may hide in it); shown = expected = target -> CONFIRMED;
    else write, comparing with `expected`; a lost comparison is read again by the same rule. Without: ignore
    `expected`, write, never STALE.
    """

    listing_ref: str
    quantity: Quantity
    place_ref: str = ""
    expected: int | None = None


class StockStatus(enum.StrEnum):
    CONFIRMED = "confirmed"  # the channel shows the target now, and nothing unexpected was seen on the way
    REFUSED = "refused"
    STALE = "stale"  # the channel does not show `expected`: nothing was written, see `actual`


class StockOutcome(msgspec.Struct, frozen=True, kw_only=True):
    listing_ref: str
    status: StockStatus
    place_ref: str = ""
    actual: int | None = None
    reason: str = ""


class StockReading(msgspec.Struct, frozen=True, kw_only=True):
    """What the other side believes: a marketplace names listings, a warehouse names SKUs."""

    place_ref: str
    listing_ref: str = ""
    sku: str = ""
    good: Quantity = 0  # sellable there now
    frozen: Quantity = 0  # good, but promised to documents there
    damaged: Quantity = 0


class OrderState(enum.StrEnum):
    UNPAID = "unpaid"
    READY = "ready"
    CANCEL_REQUESTED = "cancel_requested"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Address(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""
    phone: str = ""
    lines: tuple[str, ...] = ()
    district: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    ref: str
    listing_ref: str
    sku: str
    name: str
    quantity: Quantity  # still wanted, after partial cancels
    cancelled: Quantity = 0  # units no longer wanted; in a CANCELLED order all of them, quantity 0
    unit_price: Money | None = None
    place_ref: str = ""  # where the channel takes it from
    package_ref: str = ""  # the channel's own parcel, where it has already decided the split


class Order(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    ref: str
    number: str
    state: OrderState
    raw_state: str
    placed_at: Instant
    lines: tuple[OrderLine, ...]
    updated_at: Instant | None = None  # None: the host uses the start of the read
    recipient: Address = Address()
    ship_by: Instant | None = None
    courier: str = ""
    awb: str = ""
    fulfilled_by_channel: bool = False
    total: Money | None = None
    note: str = ""


class ParcelLine(msgspec.Struct, frozen=True, kw_only=True):
    sku: str
    quantity: Quantity
    order_line_ref: str = ""
    item_ref: str = ""  # the warehouse's own id, from the placement
    unit_price: Money | None = None


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """One parcel that needs a label; the same key always gives the same label."""

    key: str
    order_ref: str
    order_number: str
    sender: Address
    recipient: Address
    lines: tuple[ParcelLine, ...]
    courier: str = ""
    awb: str = ""
    package_ref: str = ""


class Label(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    content: bytes
    media_type: str  # application/pdf, or text/html that the host renders
    awb: str = ""
    courier: str = ""


class LabelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A stored PDF; `url` is the host's own, signed, expiring, and the same on every try of one outbound."""

    content: bytes
    sha256: str
    url: str


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    lines: tuple[ParcelLine, ...]
    courier: str = ""
    awb: str = ""
    label: LabelFile | None = None


class InboundLine(msgspec.Struct, frozen=True, kw_only=True):
    sku: str
    quantity: Quantity
    unit_cost: Money | None
    item_ref: str = ""


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    key: str  # the document code, at most 50 characters, the same on every try
    place_ref: str
    lines: tuple[InboundLine, ...]
    kind: str = "purchase"  # or "return"
    expected_at: Instant | None = None


class Outbound(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    place_ref: str
    order_number: str
    placed_at: Instant
    created_at: Instant
    recipient: Address
    parcels: tuple[Parcel, ...]
    sender: Address = Address()
    channel: str = ""
    shop: str = ""
    ship_by: Instant | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    ref: str = ""


class TaskKind(enum.StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class TaskRef(msgspec.Struct, frozen=True, kw_only=True):
    kind: TaskKind
    key: str
    place_ref: str
    ref: str = ""


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """Totals since the beginning, never increments."""

    sku: str
    planned: Quantity
    good: Quantity = 0
    damaged: Quantity = 0
    shipped: Quantity = 0
    note: str = ""  # the warehouse's reason, e.g. for damage


class DocumentState(enum.StrEnum):
    PENDING = "pending"
    PART_COMPLETE = "part_complete"
    COMPLETE = "complete"
    PART_INVALID = "part_invalid"
    INVALID = "invalid"


class CancelOutcome(enum.StrEnum):
    CANCELLED = "cancelled"
    REFUSED = "refused"
    PENDING = "pending"  # the answer comes later: read_tasks
    TOO_LATE = "too_late"


class TaskState(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An inbound or outbound as the warehouse sees it now.

    `problem` on PENDING flags; on INVALID it means refused, not cancelled. A warehouse word without a state is PENDING.
    """

    key: str
    ref: str
    state: DocumentState
    progress: str  # the warehouse's own word: picking, packed ...
    lines: tuple[TaskLine, ...] = ()
    cancellable: bool | None = None
    cancel: CancelOutcome | None = None  # the answer to an earlier cancel, when it came late
    closed: bool = False  # nothing more will come
    at: Instant | None = None  # warehouse time of what is reported; None: after the reading
    courier: str = ""
    awb: str = ""
    problem: str = ""


class Absent(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    key: str


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    outcome: CancelOutcome
    reason: str = ""


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True):
    headers: Mapping[str, str]  # lower-case names
    query: Mapping[str, str]
    body: bytes  # exactly as received
    received_at: Instant
    method: str = "POST"
    path: str = ""  # as in callback_url


class HintKind(enum.StrEnum):
    ORDER = "order"
    ITEM = "item"
    STOCK = "stock"
    TASK = "task"
    ACCOUNT = "account"  # revoked, migrated, about to expire
    ERASE_BUYER = "erase_buyer"


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened to this; the host reads it again through the API. A webhook never moves stock by itself."""

    kind: HintKind
    ref: str
    shop_ref: str = ""  # which account, where one registration serves many


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    key: str  # the same for a repeat
    hints: tuple[Hint, ...]
    reply_status: int = 200
    reply_body: bytes = b""
    reply_type: str = "text/plain"
