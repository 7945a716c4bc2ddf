"""Lets parcels leave; the mistakes of this mutation have no codes."""

from typing import Any

from hub_shopify.sandbox import trade
from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.mutations.wrongs import Unfit, built, refused
from hub_shopify.sandbox.orders import Order, Part

_KNOWN = frozenset({"lineItemsByFulfillmentOrder", "trackingInfo", "notifyCustomer"})
Given = Any  # Any: coerced inputs


@resolves("Mutation", "fulfillmentCreate")
def create(_: None, context: Context, fulfillment: Given, message: str | None = None) -> Json:
    """Ship shares of parts of one order at one location; a part without shares is shipped whole."""
    built(fulfillment, _KNOWN, "fulfillmentCreate")
    if message is not None:
        raise Strict("fulfillmentCreate with a message")
    try:
        asked = [_part(context, each) for each in fulfillment["lineItemsByFulfillmentOrder"]]
        if len({(order.id, part.location.id) for order, part, _ in asked}) > 1:
            raise refused(("fulfillment",), "All fulfillment orders must be of one order and at one location.")
        shares = {ref: units for _, _, chosen in asked for ref, units in chosen.items()}
    except Unfit as why:
        return {"fulfillment": None, "userErrors": why.errors}
    tracking = dict(fulfillment.get("trackingInfo") or {})
    built(tracking, frozenset({"company", "number", "url"}), "trackingInfo")
    return {"fulfillment": trade.ship(context.shop, asked[0][0], shares, tracking), "userErrors": []}


def _part(context: Context, given: Given) -> tuple[Order, Part, dict[int, int]]:
    ref = id_of(given["fulfillmentOrderId"], "FulfillmentOrder")
    found = ((order, part) for order in context.shop.orders.values() for part in order.parts if part.id == ref)
    order, part = next(found, (None, None))
    if order is None or part is None:
        raise refused(("fulfillment",), "Fulfillment order does not exist.")
    if not part.is_open:
        status = part.status.lower()
        raise refused(("fulfillment",), f"Fulfillment order {part.id} has an unfulfillable status= {status}.")
    left = {share.id: share.remaining_quantity for share in part.lines}
    chosen = {id_of(each["id"]) or 0: each["quantity"] for each in given.get("fulfillmentOrderLineItems") or ()} or left
    if any(units <= 0 for units in chosen.values()):
        raise refused(("fulfillment",), "Quantity must be greater than 0")
    if any(units > left.get(share, 0) for share, units in chosen.items()):
        raise refused(("fulfillment",), "Invalid fulfillment order line item quantity requested.")
    return order, part, chosen
