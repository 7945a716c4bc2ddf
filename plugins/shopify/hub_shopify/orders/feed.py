"""Yields orders as they change, the oldest change first, from where the last import ended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
from hub_hookspecs import Order, Page, Rejected, Temporary

from hub_shopify import documents
from hub_shopify.client import ShopifyClient
from hub_shopify.orders import translating
from hub_shopify.orders.reading import BUYER
from hub_shopify.orders.whole import whole
from hub_shopify.payloads import orders as wire
from hub_shopify.payloads.catalogue import Nodes
from hub_shopify.refusals import TooCostly

OVERLAP = timedelta(minutes=5)  # how much later than others an order may show up in Shopify's search
_SIZE = 25
_DEEPEST = 20_000  # orders of one walk: Shopify's cursors end at 25,000


class Position(msgspec.Struct, frozen=True, array_like=True):
    """A walk over the changes since `since`: what comes next, and the newest change that was seen."""

    since: datetime | None = None  # by Shopify's clock, less the overlap not yet; None: as far back as it lets us
    after: str | None = None
    seen: datetime | None = None
    read: int = 0
    size: int = _SIZE

    def ended(self) -> "Position":
        """Where the next walk begins."""
        return Position(since=self.seen or self.since, size=self.size)


def pages(client: ShopifyClient, cursor: str) -> Iterator[Page[Order]]:
    """Yield what changed after `cursor`: "", an instant such as 2026-11-22T10:00:00Z, or one of an earlier page."""
    position, more = _position(cursor), True
    while more:
        found, position = _ask(client, position)
        more = found.page_info.has_next_page
        records = tuple(translating.order(whole(client, order)) for order in found.nodes if not order.test)
        position = _behind(position, found)
        yield Page(records=records, cursor=_text(position), resume_after=client.pause if more else None)


def _ask(client: ShopifyClient, position: Position) -> tuple[Nodes[wire.Order], Position]:
    """Read a page; where Shopify finds it too costly, a smaller one, and so from then on."""
    since = position.since - OVERLAP if position.since else None
    filter_ = f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'" if since else None
    try:
        answer = client.query(
            documents.IMPORT_ORDERS,
            wire.OrderPage,
            may_be_denied=BUYER,
            first=position.size,
            after=position.after,
            filter=filter_,
        )
    except TooCostly:
        if position.size == 1:
            raise
        return _ask(client, msgspec.structs.replace(position, size=position.size // 2))
    return answer.orders, position


def _behind(position: Position, found: Nodes[wire.Order]) -> Position:
    changed = [order.updated_at for order in found.nodes if order.updated_at and order.updated_at.tzinfo]
    info, read = found.page_info, position.read + len(found.nodes)
    behind = msgspec.structs.replace(
        position, seen=max([*changed, *filter(None, [position.seen])], default=None), read=read, after=info.end_cursor
    )
    if not info.has_next_page or (read >= _DEEPEST and behind.seen != position.since):
        return behind.ended()
    if not info.end_cursor or info.end_cursor == position.after:
        raise Temporary("Shopify says that there are more orders, and not where they begin")
    return behind


def _position(cursor: str) -> Position:
    if not cursor:
        return Position()
    try:
        return msgspec.json.decode(cursor, type=Position)
    except msgspec.DecodeError:
        pass
    try:
        since = datetime.fromisoformat(cursor)
    except ValueError:
        since = datetime.min  # noqa: DTZ901 - refused below, as every instant without a zone
    if since.tzinfo is None:
        raise Rejected(f"this import of orders cannot go on from {cursor[:100]!r}")
    return Position(since=since)


def _text(position: Position) -> str:
    return msgspec.json.encode(position).decode()
