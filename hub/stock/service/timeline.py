"""What happened to a product, told in order: what moved it, what channels were told, what people changed.

A handful of statements, whatever there is: one for each kind of entry, and one for each kind of name in them.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.rules import sku_key
from hub.catalog.service import products as catalog
from hub.catalog.store import products
from hub.catalog.store.products import Product
from hub.channels import store as channels
from hub.channels.service import standing
from hub.kernel.db import Transaction, now
from hub.kernel.errors import NotFound
from hub.stock.rules.timeline import Kind, Position, promised_by
from hub.stock.store import changes, movements, reservations, timeline
from hub.stock.store.changes import Outpost
from hub.stock.store.movements import Movement
from hub.stock.store.pushes import KEEP
from hub.stock.store.timeline import Entry, Span

TOLD = frozenset({Kind.PUSH, Kind.AGREED})
OF_GOODS = frozenset({Kind.MOVEMENT, Kind.RESERVED, Kind.RESIZED, Kind.RELEASED})


class Wanted(NamedTuple):
    """Which entries are meant; what is left out does not narrow. A listing or an account leaves out the goods."""

    kind: Kind | None = None
    listing_id: str | None = None
    account_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def of_listings(self) -> bool:
        return self.listing_id is not None or self.account_id is not None


class Names(NamedTuple):
    """What entries are told with: warehouses and listings by id, the movements that causes name, orders by cause."""

    warehouses: Mapping[str, str]
    outposts: Mapping[str, Outpost]
    moved: Mapping[str, Movement]
    orders: Mapping[str, str]


class Story(NamedTuple):
    """Entries, the newest first; pushes of before `pushes_since` are not kept any more."""

    product: Product
    entries: list[Entry]
    names: Names
    pushes_since: datetime


def product(db: Transaction, merchant_id: str, *, product_id: str | None = None, sku: str | None = None) -> Product:
    """The product by its id or by its SKU; one that is gone has a past too."""
    if product_id is None:
        product_id = products.by_key(db, merchant_id, [sku_key(sku or "")]).get(sku_key(sku or ""))
    if product_id is None:
        raise NotFound("product")
    return catalog.find(db, merchant_id, product_id).product


def story(db: Transaction, one: Product, wanted: Wanted, *, limit: int, before: Position | None = None) -> Story:
    """What happened to it, at most `limit` entries and one more, from behind `before` on.

    Raises `NotFound` for an account that is not the merchant's, and a listing that never showed the product.
    """
    found = changes.outposts(db, one.id)
    _check(db, one, wanted, found)
    chosen = [each for each in found if _is_wanted(each, wanted)]
    span = Span(before=before)
    span = span._replace(since=wanted.since or span.since, until=wanted.until or span.until)
    runs = [_run(db, kind, one.id, span, wanted, chosen, limit + 1) for kind in _kinds(wanted)]
    merged = heapq.merge(*runs, key=lambda entry: entry.position, reverse=True)
    entries = list(islice(merged, limit + 1))
    at: datetime = db.execute(sa.select(now())).scalar_one()
    return Story(one, entries, names(db, one.merchant_id, found, entries), at - KEEP)


def _check(db: Transaction, one: Product, wanted: Wanted, found: Collection[Outpost]) -> None:
    if wanted.account_id is not None:
        standing.account(db, one.merchant_id, wanted.account_id)
    if wanted.listing_id not in (None, *(each.listing_id for each in found)):
        raise NotFound("listing: none of that id ever showed this product")


def _is_wanted(one: Outpost, wanted: Wanted) -> bool:
    return wanted.listing_id in (None, one.listing_id) and wanted.account_id in (None, one.account_id)


def _kinds(wanted: Wanted) -> list[Kind]:
    kinds = [kind for kind in Kind if wanted.kind in (None, kind)]
    return [kind for kind in kinds if not (wanted.of_listings and kind in OF_GOODS)]


def _run(
    db: Transaction, kind: Kind, product_id: str, span: Span, wanted: Wanted, chosen: Collection[Outpost], limit: int
) -> list[Entry]:  # fmt: skip
    ids = [one.listing_id for one in chosen]
    if kind is Kind.CHANGE:
        accounts = sorted({one.account_id for one in chosen})
        return changes.changes(db, product_id, span, listings=ids, accounts=accounts, limit=limit)
    of = ids if wanted.of_listings and kind in TOLD else None
    return timeline.of_kind(db, kind, product_id, span, listings=of, limit=limit)


def names(db: Transaction, merchant_id: str, found: Iterable[Outpost], entries: Collection[Entry]) -> Names:
    """What these entries are told with; nothing is asked that none of them needs."""
    goods = [one for one in entries if one.kind in OF_GOODS]
    causes = {one.what.cause for one in entries if one.kind in TOLD}
    shipments = {promised_by(one.what.cause) for one in goods if one.kind is Kind.MOVEMENT}
    warehouses = {one.what.warehouse_id for one in goods}
    known = channels.warehouses.named(db, merchant_id, warehouses) if warehouses else {}
    return Names(
        warehouses={each.id: each.name for each in known.values()},
        outposts={one.listing_id: one for one in found},
        moved={one.cause: one for one in movements.caused_by(db, causes)} if causes else {},
        orders=reservations.orders_of(db, shipments) if shipments else {},
    )
