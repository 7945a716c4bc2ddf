"""Orders on Shopify's wire: words stay words, and whatever buyers' data an app may not see is null."""

from datetime import datetime
from decimal import Decimal

import msgspec

from hub_shopify.envelope import Wire
from hub_shopify.payloads.catalogue import Nodes


class Money(Wire, frozen=True):
    amount: Decimal
    currency_code: str


class MoneyBag(Wire, frozen=True):
    shop_money: Money


class Named(Wire, frozen=True):
    id: str = ""


class Line(Wire, frozen=True):
    id: str
    sku: str | None = None
    name: str = ""
    quantity: int = 0
    current_quantity: int = 0
    variant: Named | None = None  # None: typed in by hand, or deleted since
    price: MoneyBag | None = msgspec.field(default=None, name="discountedUnitPriceAfterAllDiscountsSet")


class Address(Wire, frozen=True):
    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    zip: str | None = None
    country: str | None = msgspec.field(default=None, name="countryCodeV2")
    phone: str | None = None


class ShippingLine(Wire, frozen=True):
    title: str = ""


class Tracking(Wire, frozen=True):
    company: str | None = None
    number: str | None = None


class Fulfillment(Wire, frozen=True):
    id: str = ""
    status: str = ""
    display_status: str | None = None
    tracking_info: tuple[Tracking, ...] = ()


class PlaceOfOrder(Wire, frozen=True):
    id: str = ""
    is_fulfillment_service: bool = False


class AssignedLocation(Wire, frozen=True):
    location: PlaceOfOrder | None = None


class LineAtPlace(Wire, frozen=True):
    line_item: Named
    total_quantity: int = 0


class FulfillmentOrder(Wire, frozen=True):
    status: str = ""
    fulfill_by: datetime | None = None
    assigned_location: AssignedLocation = AssignedLocation()
    line_items: Nodes[LineAtPlace] = Nodes()


class Order(Wire, frozen=True):
    """Without an id it is none: the answer to an id of something else."""

    id: str = ""
    name: str = ""
    test: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None
    cancelled_at: datetime | None = None
    display_financial_status: str | None = None
    display_fulfillment_status: str = ""
    payment_gateway_names: tuple[str, ...] = ()
    note: str | None = None
    current_total_price_set: MoneyBag | None = None
    shipping_address: Address | None = None
    shipping_line: ShippingLine | None = None
    line_items: Nodes[Line] = Nodes()
    fulfillments: tuple[Fulfillment, ...] = ()
    fulfillment_orders: Nodes[FulfillmentOrder] = Nodes()


class OrderPage(Wire, frozen=True):
    orders: Nodes[Order]


class OrdersById(Wire, frozen=True):
    nodes: tuple[Order | None, ...]


class PartOfOrder(Wire, frozen=True):
    line_items: Nodes[Line] = Nodes()
    fulfillment_orders: Nodes[FulfillmentOrder] = Nodes()


class MoreOfOrder(Wire, frozen=True):
    order: PartOfOrder | None
