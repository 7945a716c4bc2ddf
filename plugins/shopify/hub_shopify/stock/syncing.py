"""Reads what a store shows of every tracked variant at each of its locations."""

import re
from collections.abc import Iterator

from hub_hookspecs import Page, Rejected, StockReading, Temporary

from hub_shopify import documents, levels, translate
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads.catalogue import Nodes
from hub_shopify.payloads.stock import StockedPage, StockedVariant
from hub_shopify.refusals import TooCostly

_SIZE = 250


def pages(client: ShopifyClient, cursor: str) -> Iterator[Page[StockReading]]:
    """Yield the levels of the variants after `cursor`, the number in an id; windows of ids have no deepest page."""
    if not re.fullmatch(r"[0-9]{0,18}", cursor):
        raise Rejected(f"this reading of stock cannot go on from {cursor[:100]!r}: it is no number of a variant")
    more, size = True, _SIZE
    while more:
        try:
            found = _ask(client, cursor, size)
        except TooCostly:
            if size == 1:
                raise
            size //= 2
            continue
        more = found.page_info.has_next_page
        cursor = _last(found, cursor, more=more)
        records = tuple(reading for variant in found.nodes for reading in _readings(client, variant))
        yield Page(records=records, cursor=cursor, resume_after=client.pause if more else None)


def _ask(client: ShopifyClient, after: str, size: int) -> Nodes[StockedVariant]:
    filter_ = translate.EVERY_STATUS + (f" id:>{after}" if after else "")
    return client.query(documents.ALL_LEVELS, StockedPage, first=size, filter=filter_).product_variants


def _last(found: Nodes[StockedVariant], cursor: str, *, more: bool) -> str:
    last = found.nodes[-1].id.rpartition("/")[2] if found.nodes else cursor
    if (not last.isdecimal() and found.nodes) or (more and last == cursor):
        raise Temporary("Shopify says that there are more variants, and not which")
    return last


def _readings(client: ShopifyClient, variant: StockedVariant) -> Iterator[StockReading]:
    item = variant.inventory_item
    if not item.tracked:
        return
    for level in levels.of_item(client, item.id, item.inventory_levels):
        if level.is_open:
            yield StockReading(
                place_ref=level.location.id,
                listing_ref=variant.id,
                sku=variant.sku or "",
                good=translate.sellable(level.available),
            )
