"""Bulk operations: started, looked after without waiting, and their files read piece by piece at constant memory."""

from datetime import timedelta

import msgspec
from hub_hookspecs import ActionRequired, Item, Rejected, Temporary

from hub_shopify import documents, translate
from hub_shopify.client import ShopifyClient
from hub_shopify.files import Expired, Files, Piece
from hub_shopify.payloads import bulk
from hub_shopify.progress import Bulk

POLL_EVERY = timedelta(seconds=10)
_FULL = frozenset({"LIMIT_REACHED", "OPERATION_IN_PROGRESS"})  # five at a time, other imports' among them
_WAIT_FOR_A_PLACE = timedelta(minutes=2)
_MOST_RESTARTS = 2
_OVER = frozenset({"FAILED", "CANCELED", "EXPIRED"})
Step = tuple[tuple[Item, ...], Bulk, timedelta | None]


def start(client: ShopifyClient, *, restarts: int = 0) -> Bulk:
    """Ask for the whole catalogue as a file; started twice, the other file is never fetched."""
    query = documents.BULK_VARIANTS % {"filter": translate.EVERY_STATUS}
    try:
        started = client.mutate(documents.START_BULK, "bulkOperationRunQuery", bulk.BulkStarted, query=query)
    except Rejected as error:
        if error.code not in _FULL:
            raise
        raise Temporary(f"{error}", code=error.code, retry_after=_WAIT_FOR_A_PLACE) from error
    if started.bulk_operation is None:
        raise Temporary("Shopify says neither that the bulk operation began nor why not")
    return Bulk(operation=started.bulk_operation.id, restarts=restarts)


def step(client: ShopifyClient, files: Files, position: Bulk) -> Step:
    """Look how the operation stands, and take in the next piece of its file where there is one."""
    found = client.query(documents.POLL_BULK, bulk.BulkPoll, id=position.operation)
    operation = found.bulk_operation
    if operation is None:
        return _again(client, position, "Shopify does not know it any more")
    if operation.status in _OVER:
        return _over(client, position, operation)
    if operation.status != "COMPLETED":  # also a status that is new to us: it is not over
        return (), position, POLL_EVERY
    if operation.url is None:
        if operation.root_object_count:
            return _again(client, position, "its file is gone")
        return (), msgspec.structs.replace(position, done=True), None
    return _taken(client, files, position, operation, operation.url, found.shop.currency_code)


def _taken(
    client: ShopifyClient, files: Files, position: Bulk, operation: bulk.BulkOperation, url: str, currency: str
) -> Step:
    try:
        piece = files.piece(url, offset=position.offset, line=position.line, size=operation.file_size)
    except Expired:
        # The address above is fresh, so the file itself is gone.
        return _again(client, position, "its file is gone")
    items = tuple(translate.item(group.variant, group.levels, currency) for group in piece.groups)
    after = _after(position, piece)
    if piece.last and after.variants != operation.root_object_count:
        raise Temporary(f"Shopify's file ended after {after.variants} of {operation.root_object_count} variants")
    return items, after, None


def _after(position: Bulk, piece: Piece) -> Bulk:
    return msgspec.structs.replace(
        position,
        offset=piece.ends_at,
        line=piece.next_line,
        variants=position.variants + len(piece.groups),
        done=piece.last,
    )


def _over(client: ShopifyClient, position: Bulk, operation: bulk.BulkOperation) -> Step:
    if operation.error_code == "ACCESS_DENIED":
        raise ActionRequired(
            "Shopify refused the bulk operation (ACCESS_DENIED): check the scopes of the app", code="ACCESS_DENIED"
        )
    return _again(client, position, f"it ended as {operation.status} {operation.error_code or ''}".rstrip())


def _again(client: ShopifyClient, position: Bulk, why: str) -> Step:
    """Begin anew: partial data is not the catalogue, and whatever comes twice is counted as a repeat."""
    if position.restarts >= _MOST_RESTARTS:
        raise Rejected(f"the bulk operation failed {position.restarts + 1} times, at last because {why}")
    return (), start(client, restarts=position.restarts + 1), POLL_EVERY
