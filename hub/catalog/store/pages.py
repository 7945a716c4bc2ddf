"""Listings and products as people look through them: filtered, by prefix, in pages."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from hub.catalog.rules import ListingState, SkuClass, sku_key
from hub.catalog.store import oldest, search
from hub.catalog.store.filters import LAST, ListingFilter, begins, bounds
from hub.catalog.store.search import Place
from hub.catalog.tables import IN_CATALOGUE, class_count, listing, product
from hub.kernel.bulk import among
from hub.kernel.db import Transaction

__all__ = ["ListingFilter"]
Rows = list[sa.RowMapping]
LISTINGS_SHOWN = 200  # with a product; a list of its own has the others


Key = tuple[str | int, ...]  # of a row in its list: what a cursor names


class Found(NamedTuple):
    """A page of listings, and the key behind which the next one begins, if there is one."""

    rows: Rows
    following: Key | None


def keyed_by(wanted: ListingFilter) -> tuple[type[str] | type[int], ...]:
    """Of what types the keys are by which such a list is ordered."""
    return (int, str, str, str) if wanted.q else (str,)


def page(db: Transaction, merchant_id: str, wanted: ListingFilter, *, limit: int, after: Key | None) -> Found:
    """The listings that fit: the oldest first, or where a text is searched, by their codes and then by their names.

    A search looks at a bounded number of listings: its page may be short, even empty, while others follow.
    """
    if wanted.q:
        hits = search.hits(db, merchant_id, wanted, limit=limit, after=None if after is None else _place(after))
        return Found(_rows(db, [place.id for place in hits.found]), hits.following)
    rows = listings(db, merchant_id, wanted, limit=limit + 1, after=str(after[0]) if after else "")
    return Found(rows[:limit], (rows[limit - 1]["id"],) if len(rows) > limit else None)


def _place(key: Key) -> Place:
    by, text, account_id, listing_id = key
    return Place(1 if by else 0, str(text), str(account_id), str(listing_id))  # a person may have changed the cursor


def listings(db: Transaction, merchant_id: str, wanted: ListingFilter, *, limit: int, after: str = "") -> Rows:
    """The listings that fit, the oldest first, from the one after `after` on."""
    return _rows(db, oldest.ids(db, merchant_id, wanted, limit=limit, after=after, until=LAST))


def ids(
    db: Transaction, merchant_id: str, wanted: ListingFilter, *, limit: int, after: str, until: str
) -> list[str]:  # fmt: skip
    """The ids of what waits and fits, the oldest first; what is retired waits for nobody, as in `count`."""
    return oldest.ids(db, merchant_id, _waiting(wanted), limit=limit, after=after, until=until, current=True)


def count(db: Transaction, merchant_id: str, wanted: ListingFilter) -> int:
    """How many listings wait and fit: from the kept counts, unless a text must be looked for."""
    if not wanted.q:
        counted = counts(db, merchant_id, wanted.account_id)
        return counted[wanted.sku_class] if wanted.sku_class else sum(counted.values())
    return search.count(db, merchant_id, _waiting(wanted))


def _waiting(wanted: ListingFilter) -> ListingFilter:
    return msgspec.structs.replace(wanted, state=ListingState.PENDING)


def _rows(db: Transaction, ids: list[str]) -> Rows:
    """These listings, in this order."""
    found = {row["id"]: row for row in db.execute(_of_ids, {"ids": ids}).mappings()}
    return [found[id_] for id_ in ids]


_of_ids = sa.select(listing).where(among(listing.c.id, "ids"))


def listing_of(db: Transaction, merchant_id: str, listing_id: str) -> sa.RowMapping | None:
    query = sa.select(listing).where(listing.c.merchant_id == merchant_id, listing.c.id == listing_id)
    return db.execute(query).mappings().one_or_none()


def products(
    db: Transaction, merchant_id: str, *, sku: str | None = None, q: str | None = None, parent_id: str | None = None,
    bundle: bool | None = None, limit: int, after: str,
) -> Rows:  # fmt: skip
    """The merchant's products that are in the catalogue, the oldest first, from the one after `after` on."""
    query = sa.select(product).where(
        product.c.merchant_id == merchant_id, product.c.id > after, product.c.gone_by.is_(None)
    )
    if sku is None and parent_id is None and not bundle:  # these have indexes of their own
        query = query.where(IN_CATALOGUE)
    if sku is not None:
        query = query.where(product.c.sku_key == sku_key(sku))
    if parent_id is not None:
        query = query.where(product.c.parent_id == parent_id)
    if bundle is not None:
        query = query.where(product.c.bundle if bundle else sa.not_(product.c.bundle))
    if q:
        query = query.where(begins(product.c))
    return list(db.execute(query.order_by(product.c.id).limit(limit), bounds(q) if q else {}).mappings())


def counts(db: Transaction, merchant_id: str, account_id: str | None = None) -> dict[str, int]:
    """How many listings wait in each class; read from the counts, not from the listings."""
    total = sa.func.sum(class_count.c.listings).label("listings")
    query = sa.select(class_count.c.sku_class, total).where(class_count.c.merchant_id == merchant_id)
    if account_id is not None:
        query = query.where(class_count.c.account_id == account_id)
    found = {row.sku_class: int(row.listings) for row in db.execute(query.group_by(class_count.c.sku_class))}
    return {cls.value: found.get(cls.value, 0) for cls in SkuClass}
