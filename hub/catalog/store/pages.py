"""Listings and products as people look through them: filtered, by prefix, in pages."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from hub.catalog.rules import ListingState, SkuClass, name_key, sku_key
from hub.catalog.tables import class_count, listing, product
from hub.kernel.bulk import among
from hub.kernel.db import Transaction

Rows = list[sa.RowMapping]
LISTINGS_SHOWN = 200  # with a product; a list of its own has the others
_LAST = "\U0010ffff"  # sorts after every text that begins with what stands before it


class ListingFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which listings are meant; what is left out does not narrow."""

    sku_class: SkuClass | None = None  # of those that wait for a person
    account_id: str | None = None
    state: ListingState | None = None
    product_id: str | None = None
    sku: str | None = None  # exactly
    sku_changed: bool = False  # since a person linked it
    q: str | None = None  # the beginning of the SKU or of the name


def listings(
    db: Transaction, merchant_id: str, wanted: ListingFilter, *, limit: int, after: str = "", until: str = _LAST
) -> Rows:
    """The listings that fit, the oldest first, from the one after `after` on."""
    if _waits(wanted):  # two short statements: the ids from the classes, then the rows
        found = ids(db, merchant_id, wanted, limit=limit, after=after, until=until)
        return list(db.execute(_of_ids, {"ids": found}).mappings())
    query = sa.select(listing).where(*_range(merchant_id, after, until), *_conditions(wanted))
    return list(db.execute(query.order_by(listing.c.id).limit(limit)).mappings())


def ids(
    db: Transaction, merchant_id: str, wanted: ListingFilter, *, limit: int, after: str, until: str
) -> list[str]:  # fmt: skip
    """The same listings as ids alone."""
    here = sa.select(listing.c.id).where(*_range(merchant_id, after, until), *_conditions(wanted))
    query = here.order_by(listing.c.id).limit(limit)
    if _waits(wanted):
        # The index of what waits is ordered by class first: take the beginning of each. No scan passes what is linked.
        kinds = (listing.c.sku_class.is_(None), *(listing.c.sku_class == cls.value for cls in SkuClass))
        parts = (here.where(kind).order_by(listing.c.id).limit(limit).subquery() for kind in kinds)
        union = sa.union_all(*(sa.select(part.c.id) for part in parts)).subquery()
        query = sa.select(union.c.id).order_by(union.c.id).limit(limit)
    return list(db.execute(query).scalars())


_of_ids = sa.select(listing).where(among(listing.c.id, "ids")).order_by(listing.c.id)


def _waits(wanted: ListingFilter) -> bool:
    """Whether all that waits is meant, of every class."""
    return wanted == ListingFilter(state=ListingState.PENDING, account_id=wanted.account_id)


def _range(merchant_id: str, after: str, until: str) -> list[sa.ColumnElement[bool]]:
    return [listing.c.merchant_id == merchant_id, listing.c.id > after, listing.c.id <= until]


def count(db: Transaction, merchant_id: str, wanted: ListingFilter) -> int:
    """How many listings wait and fit: from the kept counts, unless a text must be looked for."""
    if not wanted.q:
        counted = counts(db, merchant_id, wanted.account_id)
        return counted[wanted.sku_class] if wanted.sku_class else sum(counted.values())
    fitting = sa.select(sa.func.count()).where(listing.c.merchant_id == merchant_id, *_conditions(wanted))
    return int(db.execute(fitting).scalar_one())


def _conditions(wanted: ListingFilter) -> list[sa.ColumnElement[bool]]:
    state = wanted.state or (ListingState.PENDING if wanted.sku_class else None)
    given = {
        listing.c.sku_class: wanted.sku_class and wanted.sku_class.value,
        listing.c.account_id: wanted.account_id,
        listing.c.product_id: wanted.product_id,
        listing.c.sku_key: None if wanted.sku is None else sku_key(wanted.sku),
    }
    conditions = [column == value for column, value in given.items() if value is not None]
    if state is not None:
        # A literal: a partial index is only used where the statement says its condition word for word.
        conditions.append(listing.c.state == sa.literal(state.value, literal_execute=True))
        if state is not ListingState.PENDING:
            conditions.append(listing.c.state != sa.literal_column("'pending'"))
    if wanted.sku_changed:
        conditions += [listing.c.linked_sku.is_not(None), listing.c.linked_sku != listing.c.sku_key]
    return [*conditions, *_begins(listing.c, wanted.q)]


def _begins(columns: Any, q: str | None) -> list[sa.ColumnElement[bool]]:  # Any: the columns of either table
    if not q:
        return []
    # Not BETWEEN: PostgreSQL takes no COLLATE, which `Key` brings, between its bounds.
    bounds = (columns.sku_key, sku_key(q)), (columns.name_key, name_key(q))
    return [sa.or_(*(sa.and_(column >= start, column <= start + _LAST) for column, start in bounds))]


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
    if sku is not None:
        query = query.where(product.c.sku_key == sku_key(sku))
    if parent_id is not None:
        query = query.where(product.c.parent_id == parent_id)
    if bundle is not None:
        query = query.where(product.c.bundle if bundle else sa.not_(product.c.bundle))
    return list(db.execute(query.where(*_begins(product.c, q)).order_by(product.c.id).limit(limit)).mappings())


def counts(db: Transaction, merchant_id: str, account_id: str | None = None) -> dict[str, int]:
    """How many listings wait in each class; read from the counts, not from the listings."""
    total = sa.func.sum(class_count.c.listings).label("listings")
    query = sa.select(class_count.c.sku_class, total).where(class_count.c.merchant_id == merchant_id)
    if account_id is not None:
        query = query.where(class_count.c.account_id == account_id)
    found = {row.sku_class: int(row.listings) for row in db.execute(query.group_by(class_count.c.sku_class))}
    return {cls.value: found.get(cls.value, 0) for cls in SkuClass}
