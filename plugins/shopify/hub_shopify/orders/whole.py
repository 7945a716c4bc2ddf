"""Completes an order of which a page holds only the first lines or parts."""

import msgspec
from hub_hookspecs import Temporary

from hub_shopify import documents
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads.catalogue import Nodes
from hub_shopify.payloads.orders import FulfillmentOrder, Line, MoreOfOrder, Order

_MOST_PAGES = 10  # of 100; Shopify allows 500 lines


def whole(client: ShopifyClient, order: Order) -> Order:
    """Give the order with all its lines, and where each is taken from as far as Shopify says."""
    return msgspec.structs.replace(
        order, line_items=Nodes(nodes=tuple(_lines(client, order))), fulfillment_orders=_parts(client, order)
    )


def _lines(client: ShopifyClient, order: Order) -> list[Line]:
    found, info = list(order.line_items.nodes), order.line_items.page_info
    for _ in range(_MOST_PAGES):
        if not info.has_next_page:
            return found
        more = client.query(documents.MORE_LINES, MoreOfOrder, id=order.id, after=info.end_cursor).order
        if more is None:
            break
        found += more.line_items.nodes
        info = more.line_items.page_info
    raise Temporary(f"Shopify does not give all lines of {order.id}")


def _parts(client: ShopifyClient, order: Order) -> Nodes[FulfillmentOrder]:
    """Where a part is not whole either way, its lines' places stay unknown, which the hub can live with."""
    if _is_whole(order.fulfillment_orders):
        return order.fulfillment_orders
    more = client.query(documents.ALL_PLACES, MoreOfOrder, id=order.id).order
    return more.fulfillment_orders if more and _is_whole(more.fulfillment_orders) else Nodes()


def _is_whole(parts: Nodes[FulfillmentOrder]) -> bool:
    return not any(
        info.has_next_page for info in (parts.page_info, *(part.line_items.page_info for part in parts.nodes))
    )
