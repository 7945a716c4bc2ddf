"""Orders on the wire, in the two shapes that Tokopedia has for them; `payloads` says what counts as absent."""

from decimal import Decimal

import msgspec

from hub_tokopedia.payloads import Wire


class Encryption(Wire, frozen=True):
    """Buyer's data: an AES key under RSA, and what it seals; both in base 64."""

    secret: str = ""
    content: str = ""


class Deadlines(Wire, frozen=True):
    confirm_shipping_deadline: str = ""


class ListedLine(Wire, frozen=True):
    id: int = 0
    name: str = ""
    name_capital: str = msgspec.field(default="", name="Name")
    sku: str = ""
    notes: str = ""
    quantity: int | None = None
    price: Decimal | None = None


class Fulfilled(Wire, frozen=True):
    product_id: int = 0
    quantity_reject: int = 0


class ListedAddress(Wire, frozen=True):
    address_full: str = ""
    district: str = ""
    city: str = ""
    province: str = ""
    postal_code: str = ""


class Recipient(Wire, frozen=True):
    name: str = ""
    name_capital: str = msgspec.field(default="", name="Name")
    phone: str = ""
    address: ListedAddress | None = None


class Logistics(Wire, frozen=True):
    shipping_agency: str = ""
    service_type: str = ""


class Amounts(Wire, frozen=True):
    ttl_amount: Decimal | None = None


class CustomFields(Wire, frozen=True):
    awb: str = ""


class ListedOrder(Wire, frozen=True):
    """One element of the list. `order_status` None: it is missing, which must not be read as 0, cancelled."""

    order_id: int = 0
    invoice_ref_num: str = ""
    products: tuple[ListedLine, ...] | None = ()
    products_fulfilled: tuple[Fulfilled, ...] | None = ()
    recipient: Recipient | None = None
    logistics: Logistics | None = None
    amt: Amounts | None = None
    order_status: int | None = None
    warehouse_id: int = 0
    fulfill_by: int = 0
    create_time: int = 0
    custom_fields: CustomFields | None = None
    encryption: Encryption | None = None
    shipment_fulfillment: Deadlines | None = None


class Detail(Wire, frozen=True):
    product_id: int = 0
    product_name: str = ""
    product_price: Decimal | None = None
    sku: str = ""
    notes: str = ""
    quantity: int | None = None
    quantity_reject: int = 0


class ShippingInfo(Wire, frozen=True):
    logistic_name: str = ""
    logistic_service: str = ""
    awb: str = ""
    is_cashless: bool = msgspec.field(default=False, name="isCashless")


class Destination(Wire, frozen=True):
    receiver_name: str = ""
    receiver_phone: str = ""
    address_street: str = ""
    address_district: str = ""
    address_city: str = ""
    address_province: str = ""
    address_postal: str = ""


class OrderInfo(Wire, frozen=True):
    details: tuple[Detail, ...] | None = msgspec.field(default=(), name="order_detail")
    shipping_info: ShippingInfo | None = None
    destination: Destination | None = None


class OrderWarehouse(Wire, frozen=True):
    warehouse_id: int = 0
    fulfill_by: int = 0


class CancelRequest(Wire, frozen=True):
    reason: str = ""
    status: int = 0


class ShopInfo(Wire, frozen=True):
    shop_id: int = 0


class SingleOrder(Wire, frozen=True):
    """The answer to a question for one order."""

    order_id: int = 0
    invoice_number: str = ""
    order_status: int | None = None
    order_warehouse: OrderWarehouse | None = None
    shop_info: ShopInfo | None = None
    order_info: OrderInfo | None = None
    open_amt: Decimal | None = None
    create_time: str = ""
    cancel_request_info: CancelRequest | None = None
    encryption: Encryption | None = None
    shipment_fulfillment: Deadlines | None = None


class Unsealed(Wire, frozen=True):
    """What an envelope holds: part of the order that it came with, in the shape of either."""

    recipient: Recipient | None = None
    order_info: OrderInfo | None = None
    destination: Destination | None = None
