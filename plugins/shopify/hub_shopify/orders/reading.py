"""Reads orders by their ids, as they are now."""

import re
from collections.abc import Iterator, Sequence

from hub_hookspecs import Absent, Order

from hub_shopify import documents
from hub_shopify.client import ShopifyClient
from hub_shopify.orders import translating
from hub_shopify.orders.whole import whole
from hub_shopify.payloads.orders import OrdersById
from hub_shopify.refusals import TooCostly

BUYER = ("shippingAddress",)  # protected customer data: null, with an error, where the app may not see it
_AT_ONCE = 20


def by_id(client: ShopifyClient, refs: Sequence[str]) -> Iterator[Order | Absent]:
    """Yield each order, or Absent: also for one that only tries the checkout out, which is nobody's to ship."""
    known = [ref for ref in refs if re.fullmatch(r"gid://shopify/Order/[0-9]{1,18}", ref)]
    yield from (Absent(key=ref) for ref in refs if ref not in set(known))
    for start in range(0, len(known), _AT_ONCE):
        yield from _read(client, known[start : start + _AT_ONCE])


def _read(client: ShopifyClient, refs: Sequence[str]) -> Iterator[Order | Absent]:
    try:
        answer = client.query(documents.READ_ORDERS, OrdersById, may_be_denied=BUYER, ids=refs)
    except TooCostly:
        if len(refs) == 1:
            raise
        yield from _read(client, refs[: len(refs) // 2])
        yield from _read(client, refs[len(refs) // 2 :])
        return
    found = {order.id: order for order in answer.nodes if order and not order.test}
    for ref in refs:
        yield translating.order(whole(client, found[ref])) if ref in found else Absent(key=ref)
