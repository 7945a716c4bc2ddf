"""Any record by its id."""

from collections.abc import Callable
from typing import Any

from hub_shopify.sandbox.answers import Strict
from hub_shopify.sandbox.fields import Context, id_of, resolves


@resolves("QueryRoot", "nodes")
def nodes(_: None, context: Context, ids: list[str]) -> list[Any]:  # Any: a record of each id's type
    return [node(None, context, each) for each in ids]


@resolves("QueryRoot", "node")
def node(_: None, context: Context, id: str) -> Any:  # noqa: A002 - the wire's name; Any: a record of the id's type
    ref = id_of(id) or 0
    finders: dict[str, Callable[[int], object]] = {
        "Product": context.shop.product,
        "ProductVariant": context.shop.variant,
        "InventoryItem": context.shop.item,
        "Location": context.shop.locations.get,
        "Order": context.shop.orders.get,
        "Publication": context.shop.publications.get,
        "BulkOperation": lambda number: context.bulk.poll(number, context.now()),
        "ProductSetOperation": context.operations.get,
    }
    kind = id.split("/")[3]
    if kind not in finders:
        raise Strict(f"node(id:) of a {kind}")
    return finders[kind](ref)
