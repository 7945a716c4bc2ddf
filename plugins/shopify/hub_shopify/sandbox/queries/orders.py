"""Orders by their changes or their ids, their lines, parts and parcels."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from hub_shopify.sandbox import search
from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.orders import LineItem, Order, Parcel, ParcelLine, Part, PartLine
from hub_shopify.sandbox.paging import Connection, page, short
from hub_shopify.sandbox.records import Variant

Arguments = Any  # Any: coerced arguments of a field


@resolves("QueryRoot", "orders")
def orders(_: None, context: Context, **arguments: Arguments) -> Connection:
    """In the order of their changes, as far as the search has learnt of them."""
    if arguments["sortKey"] != "UPDATED_AT" or arguments.get("savedSearchId"):
        raise Strict("orders sorted otherwise than by UPDATED_AT, or a saved search")
    now = context.now()
    known = [(found, order) for order in context.shop.orders.values() if (found := order.known(now))]
    matches = search.orders(arguments.get("query"))
    listed = sorted((pair for pair in known if matches(pair[0])), key=lambda pair: pair[0].rank)
    ranks = {order.id: found.rank for found, order in listed}

    def after(rank: int) -> Iterable[Order]:
        return (order for found, order in listed if found.rank > rank)

    return page(after, arguments, lambda order: ranks[order.id])


@resolves("QueryRoot", "order")
def order_of(_: None, context: Context, id: str) -> Order | None:  # noqa: A002 - the wire's name
    return context.shop.orders.get(id_of(id, "Order") or 0)


@resolves("Order", "currentTotalPriceSet")
def total(order: Order, context: Context) -> Json:
    return _money(context, sum((Decimal(line.price) * line.current_quantity for line in order.lines), Decimal(0)))


@resolves("Order", "shippingLine")
def shipping_line(_: Order, __: Context) -> Json:
    return {"title": "Reguler"}


@resolves("Order", "lineItems")
def lines(order: Order, _: Context, **arguments: Arguments) -> Connection:
    return short(order.lines, arguments)


@resolves("Order", "fulfillments")
def parcels(order: Order, _: Context, first: int | None = None, **__: Arguments) -> Sequence[Parcel]:
    if first is None:
        raise Strict("fulfillments without `first`")
    return order.parcels[:first]


@resolves("Order", "fulfillmentOrders")
def parts(order: Order, context: Context, **arguments: Arguments) -> Connection:
    """With the scopes of one sort of locations the parts of the others are just not there."""
    wanted = {False: "read_merchant_managed_fulfillment_orders", True: "read_third_party_fulfillment_orders"}
    return short([part for part in order.parts if wanted[bool(part.location.service)] in context.granted], arguments)


@resolves("LineItem", "variant")
def variant(line: LineItem, context: Context) -> Variant | None:
    return context.shop.variant(line.variant_id)


@resolves("LineItem", "discountedUnitPriceAfterAllDiscountsSet")
def unit_price(line: LineItem, context: Context) -> Json:
    return _money(context, Decimal(line.price))


@resolves("FulfillmentOrder", "assignedLocation")
def assigned(part: Part, _: Context) -> Json:
    return {"name": part.location.name, "location": part.location, "countryCode": part.location.country_code}


@resolves("FulfillmentOrder", "lineItems")
def shares(part: Part, _: Context, **arguments: Arguments) -> Connection:
    return short(part.lines, arguments)


@resolves("FulfillmentOrder", "supportedActions")
def actions(part: Part, _: Context) -> list[Json]:
    """What may be done with it now; who may ship it is told by CREATE_FULFILLMENT."""
    return (
        [{"action": "CREATE_FULFILLMENT"}] if part.is_open else [{"action": "RELEASE_HOLD"}][: part.status == "ON_HOLD"]
    )


@resolves("FulfillmentOrderLineItem", "inventoryItemId")
def item_of(share: PartLine, _: Context) -> str:
    return f"gid://shopify/InventoryItem/{share.line_item.item_id}"


@resolves("Fulfillment", "trackingInfo")
def tracking(parcel: Parcel, _: Context, first: int | None = None) -> list[Json]:
    found = {"company": parcel.company, "number": parcel.number, "url": parcel.url}
    return [found][:first] if any(found.values()) else []


@resolves("Fulfillment", "fulfillmentLineItems")
def parcel_lines(parcel: Parcel, _: Context, **arguments: Arguments) -> Connection:
    return short(parcel.lines, arguments)


@resolves("FulfillmentLineItem", "quantity")
def parcel_units(line: ParcelLine, _: Context) -> int:
    return line.quantity


def _money(context: Context, amount: Decimal) -> Json:
    money = {"amount": f"{amount:.2f}".removesuffix("0"), "currencyCode": context.shop.currency}
    return {"shopMoney": money, "presentmentMoney": money}
