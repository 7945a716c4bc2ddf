"""Where an order stands, from Shopify's two words for it, its lines and its parcels: pure."""

from collections.abc import Sequence

from hub_hookspecs import OrderState

from hub_shopify.payloads.orders import Fulfillment, FulfillmentOrder, Order

_PAID = frozenset({"PAID", "AUTHORIZED", "PARTIALLY_REFUNDED"})  # authorised: the money is taken when the goods leave
_NOT_PAID = frozenset({"PENDING", "EXPIRED", "PARTIALLY_PAID", "VOIDED", "REFUNDED"})
_TO_SHIP = frozenset({"UNFULFILLED", "OPEN", "PARTIALLY_FULFILLED", "IN_PROGRESS", "PENDING_FULFILLMENT", "RESTOCKED"})
_NO_PARCEL = frozenset({"CANCELLED", "ERROR", "FAILURE"})
_OVER = frozenset({"CLOSED", "CANCELLED", "INCOMPLETE"})
_ON_DELIVERY = "cash on delivery"  # in the name of the gateway: such an order is paid after it was shipped


def state(order: Order) -> OrderState:
    """On hold and scheduled orders may not be shipped, and no other word of the hub's fits: those stay UNKNOWN."""
    if order.cancelled_at:
        return OrderState.CANCELLED
    parcels = parcels_of(order)
    if not any(line.current_quantity for line in order.line_items.nodes):
        return OrderState.RETURNED if parcels else OrderState.CANCELLED
    match order.display_fulfillment_status:
        case "FULFILLED":
            delivered = parcels and all(parcel.display_status == "DELIVERED" for parcel in parcels)
            return OrderState.DELIVERED if delivered else OrderState.SHIPPED
        case "FULFILLMENT_NOT_REQUIRED":
            return OrderState.DELIVERED
        case status if status in _TO_SHIP:
            return _to_ship(order)
    return OrderState.UNKNOWN


def _to_ship(order: Order) -> OrderState:
    """Whether it may leave, as far as money goes."""
    status = order.display_financial_status
    on_delivery = any(_ON_DELIVERY in name.lower() for name in order.payment_gateway_names)
    if status in _PAID or (on_delivery and status in ("PENDING", "PARTIALLY_PAID")):
        return OrderState.READY
    return OrderState.UNPAID if status in _NOT_PAID else OrderState.UNKNOWN


def raw(order: Order) -> str:
    """Shopify's own words, such as PAID / UNFULFILLED."""
    words = [order.display_financial_status or "", order.display_fulfillment_status]
    return " / ".join([*filter(None, words), *(["CANCELLED"] if order.cancelled_at else [])])


def parcels_of(order: Order) -> list[Fulfillment]:
    """What left, or is said to leave."""
    return [parcel for parcel in order.fulfillments if parcel.status not in _NO_PARCEL]


def open_(orders: Sequence[FulfillmentOrder]) -> list[FulfillmentOrder]:
    """The parts that are still to be shipped."""
    return [part for part in orders if part.status not in _OVER]
