"""Walks the whole catalogue: one request, one page. Variants are read in full lots, gathered over as many pages."""

from collections.abc import Iterator
from datetime import timedelta

from hub_tokopedia import payloads
from hub_tokopedia.client import TokopediaClient
from hub_tokopedia.progress import Progress


def walk(client: TokopediaClient, cursor: str) -> Iterator[tuple[tuple[payloads.Product, ...], str, timedelta | None]]:
    """Give what each answer has shown, the cursor to go on from after it, and the pause that it asked for."""
    progress = Progress.read(cursor)
    while not progress.done:
        if progress.lot_is_due:
            products = client.products_by_id(progress.lot)
            progress = progress.after_lot()
        else:
            products = client.products_on_page(progress.page, progress.last_sort)
            progress = progress.after_page(products)
        yield products, progress.write(), client.pause
