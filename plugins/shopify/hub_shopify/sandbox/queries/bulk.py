"""Bulk operations as queries see them: looking at one moves it on."""

from typing import Any

from hub_shopify.sandbox.answers import Strict
from hub_shopify.sandbox.bulk import Operation
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.paging import Connection, short


@resolves("QueryRoot", "bulkOperation")
def bulk_operation(_: None, context: Context, id: str) -> Operation | None:  # noqa: A002 - the wire's name
    return context.bulk.poll(id_of(id, "BulkOperation") or 0, context.now())


@resolves("QueryRoot", "currentBulkOperation")
def current(_: None, context: Context, type: str = "QUERY") -> Operation | None:  # noqa: A002 - the wire's name
    newest = context.bulk.newest() if type == "QUERY" else None
    return context.bulk.poll(newest.id, context.now()) if newest else None


@resolves("QueryRoot", "bulkOperations")
def bulk_operations(_: None, context: Context, **arguments: Any) -> Connection:  # Any: coerced arguments
    if arguments.get("query"):
        raise Strict("bulk operations by `query`")
    return short(context.bulk.all(), arguments)
