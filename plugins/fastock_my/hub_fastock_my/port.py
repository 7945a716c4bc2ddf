"""What the hub tells a warehouse and hears from it, whatever the wire: no XML, no JSON, no HTTP.

Quantities are whole base units, weights grams, lengths millimetres, amounts ringgit as exact decimals, instants aware
UTC. `code` of a document is the hub's own key, the same on every try; `code` of goods is the SKU.
"""

import enum
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import msgspec
from hub_hookspecs import WebhookRequest

MOST_CODES = 50  # of goods in one question


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Never changed."""


class Document(enum.StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Reason(enum.StrEnum):
    """Why goods come in."""

    PURCHASE = "purchase"
    RETURN = "return"


class Quality(enum.StrEnum):
    GOOD = "good"
    DAMAGED = "damaged"  # there, and not to be sold
    HELD = "held"  # good, and kept back by the warehouse
    AWAY = "away"  # on its way: not there


class Status(enum.StrEnum):
    """How far a document is. What a warehouse says beside these is OTHER."""

    NEW = "new"
    ACCEPTED = "accepted"
    PRINTED = "printed"
    PICKING = "picking"
    CHECKED = "checked"
    PACKED = "packed"
    READY = "ready"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    RETURNING = "returning"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"
    EXCEPTION = "exception"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    CANCEL_FAILED = "cancel_failed"
    INTERCEPTED = "intercepted"
    INTERCEPT_FAILED = "intercept_failed"
    OTHER = "other"


class Cancel(enum.StrEnum):
    DONE = "done"
    REFUSED = "refused"
    TOO_LATE = "too_late"
    PENDING = "pending"
    NO_SUCH = "no_such"


# -- told -----------------------------------------------------------------------------------------------------


class Item(Value, frozen=True):
    warehouse: str
    code: str
    name: str
    barcode: str
    item_id: str = ""  # the warehouse's own, once it gave one
    is_known: bool = False  # it is there and changes
    variant: str = ""
    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None
    price: Decimal | None = None


class Line(Value, frozen=True):
    number: int  # from 1
    code: str
    quantity: int
    item_id: str = ""
    price: Decimal | None = None  # of one: what it cost, or what the buyer paid; None: not told


class InboundOrder(Value, frozen=True):
    code: str
    warehouse: str
    reason: Reason
    lines: tuple[Line, ...]
    expected_at: datetime | None = None


class Contact(Value, frozen=True):
    name: str
    phone: str
    state: str
    city: str
    street: str
    postcode: str = ""
    country: str = ""


class Label(Value, frozen=True):
    content: bytes
    sha256: str
    url: str

    def __repr__(self) -> str:
        return f"Label({self.sha256})"


class OutboundOrder(Value, frozen=True):
    code: str
    warehouse: str
    order_number: str
    placed_at: datetime
    created_at: datetime
    courier: str
    awb: str
    label: Label
    recipient: Contact
    lines: tuple[Line, ...]
    sender: Contact | None = None
    channel: str = ""
    shop: str = ""


class DocumentName(Value, frozen=True):
    """A document, and the warehouse's own name of it where it gave one."""

    kind: Document
    code: str
    warehouse: str
    ref: str = ""


# -- heard ----------------------------------------------------------------------------------------------------


class Depot(Value, frozen=True):
    """A warehouse that the account may use, and whose goods lie there; "" where the wire does not say."""

    number: str
    consignor: str = ""


class Cancelled(Value, frozen=True):
    outcome: Cancel
    reason: str = ""


class Progress(Value, frozen=True):
    """How far a document is, the warehouse's own word for it, and since when."""

    status: Status
    word: str
    at: datetime | None = None
    note: str = ""


class Moved(Value, frozen=True):
    """What became of a planned line, in all: several where goods of more than one quality came."""

    number: str  # of the planned line; "" where the warehouse does not say
    code: str
    planned: int
    actual: int
    quality: Quality = Quality.GOOD
    note: str = ""
    is_told: bool = True  # `actual` is the warehouse's own word, not what silence is taken for


class Report(Value, frozen=True):
    """A document as the warehouse has it; quantities are totals since the beginning."""

    ref: str
    progress: Progress
    moved: tuple[Moved, ...]
    courier: str = ""
    awb: str = ""


class Heap(Value, frozen=True):
    """Some of the stock of one SKU; a warehouse may keep several, by quality and batch."""

    code: str
    quality: Quality
    free: int
    locked: int  # good, but promised to documents


class StockPage(Value, frozen=True):
    """SKUs that have stock, some perhaps twice; `total` is the warehouse's own count of rows on all pages."""

    codes: tuple[str, ...]
    total: int
    is_last: bool


class Callback(Value, frozen=True):
    """What the warehouse told by itself: which documents, or the stock of which warehouses, are to be read again."""

    reply: bytes
    reply_type: str
    documents: tuple[str, ...] = ()
    warehouses: tuple[str, ...] = ()


class Unreadable(Exception):
    """An answer is not what the wire promises; the message names the element. Nothing of it may be believed."""


class WarehousePort(Protocol):
    """One account's door to its warehouses.

    Refusals are the contract's errors, by the table of `wire.refusals`; what httpx raises comes through. An answer
    that cannot be read is `Temporary` where something was asked and `UnknownOutcome` where something was told.
    """

    def verify(self) -> tuple[Depot, ...]:
        """Prove credentials, and that each warehouse of the settings serves the consignor."""
        ...

    def put_item(self, item: Item) -> str:
        """Make the item known or change it; gives the warehouse's own id for it, "" where it has none."""
        ...

    def put_inbound(self, order: InboundOrder) -> str:
        """Announce goods; gives the warehouse's own name of the document, the same for the same code and content."""
        ...

    def put_outbound(self, order: OutboundOrder) -> str:
        """Ask for a parcel to be sent; gives the same as `put_inbound`."""
        ...

    def progress_of(self, name: DocumentName) -> Progress | None:
        """How far an outbound is; None: the warehouse has no such document."""
        ...

    def report_of(self, name: DocumentName) -> Report | None:
        """The whole document; None: the warehouse has no such document."""
        ...

    def cancel(self, name: DocumentName, reason: str) -> Cancelled:
        """Ask for a document to be cancelled; a clear no is an answer."""
        ...

    def stock_page(self, warehouse: str, page: int) -> StockPage:
        """Which SKUs have stock in a warehouse, page by page from 1; one may stand on several pages."""
        ...

    def stock_of(self, warehouse: str, codes: Sequence[str]) -> tuple[Heap, ...]:
        """All heaps of these SKUs (at most `MOST_CODES`) at one moment; of one that cannot be read, none."""
        ...

    def read_callback(self, request: WebhookRequest) -> Callback:
        """Prove that a callback is the warehouse's; raises `BadSignature`. No network."""
        ...


def in_lots(codes: Sequence[str], size: int = MOST_CODES) -> Iterator[Sequence[str]]:
    return (codes[start : start + size] for start in range(0, len(codes), size))
