"""The records of the JSON dialect. What is told is written strictly; what is heard is read tolerantly.

The reference mixes `requestQuantity` and `requestNum` in its own samples, so both are read.
"""

from decimal import Decimal
from typing import TypeVar

import msgspec

from hub_fastock_my.port import Unreadable
from hub_fastock_my.wire.numbers import whole

T = TypeVar("T")
Number = int | float | str | None
Text = str | None  # what is heard may be null wherever it may be missing
_encoder = msgspec.json.Encoder(decimal_format="number")


class Shape(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A field that is not given is not sent."""


class ItemBody(Shape, frozen=True):
    item_sku: str
    item_name: str
    item_source: str
    warehouse_code: str
    consignor_code: str
    barcode: str
    length: Decimal
    width: Decimal
    height: Decimal
    weight: int
    variant: str = ""
    retail_price: str = ""


class InboundLine(Shape, frozen=True):
    line_no: int
    item_sku: str
    request_quantity: int
    unit_cost: str


class InboundBody(Shape, frozen=True):
    inbound_no: str
    inbound_source: str
    warehouse_code: str
    consignor_code: str
    sku_details: tuple[InboundLine, ...]
    refund_flag: bool = False
    expected_time: str = ""


class Person(Shape, frozen=True):
    name: str
    phone: str
    state: str
    city: str
    address: str
    postcode: str = ""
    country: str = ""


class OutboundLine(Shape, frozen=True):
    line_no: int
    item_sku: str
    request_quantity: int
    price: str = ""


class OutboundBody(Shape, frozen=True):
    outbound_no: str
    outbound_source: str
    warehouse_code: str
    consignor_code: str
    channel_order_no: str
    logistic_name: str
    tracking_number: str
    face_sheet_pdf_path: str
    face_sheet_sha256: str
    order_details: tuple[OutboundLine, ...]
    recipient: Person
    create_time: str
    place_time: str
    sender: Person | None = None
    platform: str = ""
    shop: str = ""


class Named(Shape, frozen=True):
    """Which document is meant; the other number stays empty."""

    warehouse_code: str
    consignor_code: str
    inbound_no: str = ""
    outbound_no: str = ""
    reason: str = ""


class StockQuery(Shape, frozen=True):
    warehouse_code: str
    consignor_code: str
    page: int
    size: int
    item_sku_list: tuple[str, ...] = ()


# -- heard ----------------------------------------------------------------------------------------------------


class Envelope(Shape, frozen=True):
    code: str
    message: Text = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


class Depot(Shape, frozen=True):
    warehouse_code: str
    consignor_code: Text = ""


class Made(Shape, frozen=True):
    """What a new document is called there."""

    inbound_id: Text = ""
    outbound_id: Text = ""


class Line(Shape, frozen=True):
    item_sku: str
    line_no: Number = None
    request_quantity: Number = None
    request_num: Number = None
    actual_quantity: Number = None
    defective_quantity: Number = None
    fail_reason: Text = ""


class Detail(Shape, frozen=True):
    status: str
    inbound_id: Text = ""
    outbound_id: Text = ""
    operate_time: Text = ""
    fail_reason: Text = ""
    logistic_name: Text = ""
    tracking_number: Text = ""
    sku_details: tuple[Line, ...] | None = ()
    order_details: tuple[Line, ...] | None = ()


class StockRow(Shape, frozen=True):
    item_sku: str
    total_stock: Number = None
    available_stock: Number = None
    occupy_stock: Number = None
    defective_stock: Number = None


class StockList(Shape, frozen=True):
    total: Number = None
    list: tuple[StockRow, ...] | None = ()


class Told(Shape, frozen=True):
    """A callback."""

    event: str
    warehouse_code: Text = ""
    inbound_no: Text = ""
    outbound_no: Text = ""


def write(body: Shape) -> bytes:
    return _encoder.encode(body)


def read(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error


def units(given: Number, what: str) -> int:
    """A whole number of units; what is not given is none."""
    try:
        return whole(str(given)) if given is not None else 0
    except ValueError as error:
        raise Unreadable(f"{what} is {str(given)[:60]!r}, not a whole number") from error
