"""Tells a store that a parcel left: looks first what it knows, for Shopify takes the same parcel twice."""

from collections import defaultdict
from collections.abc import Iterator

from hub_hookspecs import ParcelLine, Receipt, Rejected, Shipment, UnknownOutcome

from hub_shopify import documents
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads.shipping import Parcel, Part, Parts, PartsOfOrder, Share, Shipped

_NOT_LEFT = frozenset({"CANCELLED", "ERROR", "FAILURE"})
_OVER = frozenset({"CLOSED", "CANCELLED", "INCOMPLETE"})
Units = dict[str, int]  # by the id of a share of a part


def confirm(client: ShopifyClient, shipment: Shipment) -> Receipt:
    """Let the shipment's units leave in Shopify, one call for each location; those that left already are not told."""
    order = _read(client, shipment)
    known = [parcel.id for parcel in order.fulfillments if _is(parcel, shipment)]
    units = _to_tell(order, shipment)
    _require_may_leave(order, units)
    try:
        made = [_ship(client, parts, units, shipment) for parts in _by_location(order, units)]
    except Rejected:
        if _to_tell(_read(client, shipment), shipment):
            raise
        made = []  # somebody was quicker with it
    return Receipt(ref=next(iter([*known, *made]), ""))


def _read(client: ShopifyClient, shipment: Shipment) -> Parts:
    order = client.query(documents.READ_PARTS, PartsOfOrder, id=shipment.order_ref).order
    if order is None:
        raise Rejected(f"Shopify has no order {shipment.order_ref} any more")
    if order.fulfillment_orders.page_info.has_next_page:
        raise Rejected("the order has more than 20 fulfilment orders: fulfil it in Shopify")
    return order


def _require_may_leave(order: Parts, units: Units) -> None:
    for part in order.fulfillment_orders.nodes:
        if _asked(part, units) and not part.may_ship:
            raise Rejected(
                f"Shopify does not let this order leave: its fulfilment is {part.status.lower()}. "
                "Release it in Shopify, or fulfil it there",
                code=part.status,
            )


def _to_tell(order: Parts, shipment: Shipment) -> Units:
    """What of the shipment Shopify does not know to have left, shared among the parts that still hold it."""
    told = _told(order, shipment)
    found: Units = {}
    for line in shipment.lines:
        shares = [share for share in _open_shares(order) if _fits(share, line)]
        covered = min(line.quantity, told[_name(line, shares)])
        told[_name(line, shares)] -= covered
        left = line.quantity - covered
        for share in shares:
            units = min(left, share.remaining_quantity - found.get(share.id, 0))
            if units > 0:
                found[share.id] = found.get(share.id, 0) + units
                left -= units
    return found


def _told(order: Parts, shipment: Shipment) -> defaultdict[str, int]:
    """Units of each line that left under this AWB; without one, what remains is the only witness."""
    told: defaultdict[str, int] = defaultdict(int)
    for parcel in order.fulfillments:
        for line in parcel.fulfillment_line_items.nodes if _is(parcel, shipment) else ():
            told[line.line_item.id] += line.quantity or 0
    return told


def _is(parcel: Parcel, shipment: Shipment) -> bool:
    named = any(one.number == shipment.awb for one in parcel.tracking_info)
    return bool(shipment.awb) and named and parcel.status not in _NOT_LEFT


def _open_shares(order: Parts) -> Iterator[Share]:
    return (
        share for part in order.fulfillment_orders.nodes if part.status not in _OVER for share in part.line_items.nodes
    )


def _fits(share: Share, line: ParcelLine) -> bool:
    return share.line_item.id == line.order_line_ref if line.order_line_ref else share.sku == line.sku


def _name(line: ParcelLine, shares: list[Share]) -> str:
    return line.order_line_ref or (shares[0].line_item.id if shares else "")


def _asked(part: Part, units: Units) -> Units:
    return {share.id: units[share.id] for share in part.line_items.nodes if share.id in units}


def _by_location(order: Parts, units: Units) -> list[list[Part]]:
    """Shopify takes the parts of one location in one call."""
    found: defaultdict[str, list[Part]] = defaultdict(list)
    for part in order.fulfillment_orders.nodes:
        if _asked(part, units):
            place = part.assigned_location.location
            found[place.id if place else part.id].append(part)
    return list(found.values())


def _ship(client: ShopifyClient, parts: list[Part], units: Units, shipment: Shipment) -> str:
    tracking = {"company": shipment.courier or None, "number": shipment.awb or None}
    made = client.mutate(
        documents.SHIP,
        "fulfillmentCreate",
        Shipped,
        fulfillment={
            "lineItemsByFulfillmentOrder": [
                {
                    "fulfillmentOrderId": part.id,
                    "fulfillmentOrderLineItems": [
                        {"id": share, "quantity": count} for share, count in _asked(part, units).items()
                    ],
                }
                for part in parts
            ],
            "trackingInfo": tracking if shipment.awb else None,
            "notifyCustomer": False,
        },
    ).fulfillment
    if made is None:
        raise UnknownOutcome("Shopify does not say that it took the parcel")
    return made.id
