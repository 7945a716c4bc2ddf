"""Starts and cancels bulk operations."""

from hub_shopify.sandbox import bulk_rules
from hub_shopify.sandbox.answers import Json, user_error
from hub_shopify.sandbox.bulk import Operation
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.jsonl import lines


@resolves("Mutation", "bulkOperationRunQuery")
def run_query(_: None, context: Context, query: str, groupObjects: bool) -> Json:  # noqa: N803 - the wire's name
    """Begin an export; where it is not grouped, children stand apart from their parents: nobody promised otherwise."""
    try:
        asked = bulk_rules.read(query)
    except bulk_rules.Unfit as why:
        return _answer(None, *(user_error(["query"], reason, "INVALID") for reason in why.reasons))
    started = context.bulk.start(
        context.shop.new_id(), query, context.now(), lines(asked, context, grouped=groupObjects)
    )
    return _answer(started) if isinstance(started, Operation) else _answer(None, started)


@resolves("Mutation", "bulkOperationCancel")
def cancel(_: None, context: Context, id: str) -> Json:  # noqa: A002 - the wire's name
    found = context.bulk.cancel(id_of(id, "BulkOperation") or 0)
    return _answer(found) if found else _answer(None, user_error(["id"], "Bulk operation does not exist"))


def _answer(operation: Operation | None, *errors: Json) -> Json:
    return {"bulkOperation": operation, "userErrors": list(errors)}
