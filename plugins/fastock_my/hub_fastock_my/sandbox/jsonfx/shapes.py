"""What requests hold: the fields of the reference and of the named extensions, and nothing else."""

from decimal import Decimal

import msgspec


class Body(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What a request holds, and nothing else."""


class Place(Body, frozen=True):
    warehouse_code: str
    consignor_code: str


class Item(Place, frozen=True):
    item_sku: str
    item_name: str
    item_source: str
    barcode: str
    length: Decimal
    width: Decimal
    height: Decimal
    weight: int
    variant: str = ""
    retail_price: str = ""


class InboundLine(Body, frozen=True):
    line_no: int
    item_sku: str
    request_quantity: int
    unit_cost: str


class Inbound(Place, frozen=True):
    inbound_no: str
    inbound_source: str
    sku_details: tuple[InboundLine, ...]
    refund_flag: bool = False
    expected_time: str = ""


class Person(Body, frozen=True):
    name: str
    phone: str
    state: str
    city: str
    address: str
    postcode: str = ""
    country: str = ""


class OutboundLine(Body, frozen=True):
    line_no: int
    item_sku: str
    request_quantity: int
    price: str = ""


class Outbound(Place, frozen=True):
    outbound_no: str
    outbound_source: str
    channel_order_no: str
    logistic_name: str
    order_details: tuple[OutboundLine, ...]
    recipient: Person
    create_time: str
    place_time: str
    tracking_number: str = ""
    face_sheet_pdf_path: str = ""
    face_sheet_sha256: str = ""
    sender: Person | None = None
    platform: str = ""
    shop: str = ""


class Named(Place, frozen=True):
    inbound_no: str = ""
    outbound_no: str = ""
    reason: str = ""


class Stock(Place, frozen=True):
    page: int = 1
    size: int = 1000
    item_sku_list: tuple[str, ...] = ()
