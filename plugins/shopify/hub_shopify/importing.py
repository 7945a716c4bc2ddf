"""Reads a catalogue: page by page, or a large one from the file of a bulk operation."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
from hub_hookspecs import Item, Page, Temporary

from hub_shopify import bulk, documents, levels, progress, translate
from hub_shopify.client import ShopifyClient
from hub_shopify.files import Files
from hub_shopify.payloads import catalogue
from hub_shopify.progress import Bulk, Pages, Position
from hub_shopify.refusals import TooCostly

BULK_FROM = 10_000  # variants; deep paging ends at 25,000, and a bulk operation is not counted in the rate


def pages(client: ShopifyClient, files: Files, cursor: str) -> Iterator[Page[Item]]:
    """Yield what is left to read from `cursor` on; nothing waits in here."""
    position = progress.read(cursor) or _start(client)
    if not cursor and isinstance(position, Bulk):
        yield _page((), position, bulk.POLL_EVERY)  # its id must be kept before anything else happens
    while not position.done:
        if isinstance(position, Pages):
            items, position = _next_page(client, position)
            yield _page(items, position, client.pause)
            continue
        items, position, wait = bulk.step(client, files, position)
        yield _page(items, position, wait)


def _start(client: ShopifyClient) -> Position:
    found = client.query(
        documents.COUNT_VARIANTS, catalogue.VariantCount, filter=translate.EVERY_STATUS, limit=BULK_FROM + 1
    )
    return bulk.start(client) if found.product_variants_count.count > BULK_FROM else Pages()


def _next_page(client: ShopifyClient, position: Pages) -> tuple[tuple[Item, ...], Pages]:
    """Read one page; where Shopify finds it too costly, a smaller one."""
    try:
        found = client.query(
            documents.IMPORT_VARIANTS,
            catalogue.VariantPage,
            first=position.size,
            after=position.after,
            filter=translate.EVERY_STATUS,
        )
    except TooCostly:
        if position.size == 1:
            raise
        return _next_page(client, msgspec.structs.replace(position, size=position.size // 2))
    currency, variants = found.shop.currency_code, found.product_variants
    items = tuple(translate.item(variant, _levels(client, variant), currency) for variant in variants.nodes)
    info = variants.page_info
    if info.has_next_page and (not info.end_cursor or info.end_cursor == position.after):
        raise Temporary("Shopify says that there are more variants, and not where they begin")
    return items, Pages(after=info.end_cursor, size=position.size, done=not info.has_next_page)


def _levels(client: ShopifyClient, variant: catalogue.Variant) -> list[catalogue.Level]:
    return levels.of_item(client, variant.inventory_item.id, variant.inventory_item.inventory_levels)


def _page(items: tuple[Item, ...], position: Position, wait: timedelta | None) -> Page[Item]:
    return Page(records=items, cursor=progress.write(position), resume_after=None if position.done else wait)
