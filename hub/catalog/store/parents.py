"""Parents: what variants have in common, and which one the products of newly linked listings belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from hub.catalog.rules import Sibling
from hub.catalog.tables import listing, product, product_parent
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """Groups products that are variants of one thing."""

    id: str
    name: str
    created_at: datetime


_one, _sibling, _relative = listing.alias("one"), listing.alias("sibling"), product.alias("relative")
_oldest = (
    sa.select(_relative.c.parent_id)
    .join_from(_sibling, _relative, _relative.c.id == _sibling.c.product_id)
    .where(
        _sibling.c.account_id == _one.c.account_id,
        _sibling.c.parent_ref == _one.c.parent_ref,
        _sibling.c.product_id.is_not(None),
        _relative.c.parent_id.is_not(None),
    )
    .order_by(_sibling.c.product_id)
    .limit(1)
    .correlate(_one)
    .scalar_subquery()
)
_siblings = (
    sa.select(
        _one.c.product_id, _one.c.account_id, _one.c.parent_ref, _one.c.name, product.c.parent_id,
        _oldest.label("siblings"),
    )
    .join_from(_one, product, product.c.id == _one.c.product_id)
    .where(among(_one.c.id, "ids"), _one.c.parent_ref != "")
    .order_by(_one.c.id)
)  # fmt: skip


def siblings(db: Transaction, listing_ids: Collection[str]) -> list[Sibling]:
    """These linked listings, as far as their channel groups them, the oldest first."""
    return [
        Sibling(row.product_id, (row.account_id, row.parent_ref), row.name, row.parent_id, row.siblings)
        for row in db.execute(_siblings, {"ids": listing_ids})
    ]


class NewParent(NamedTuple):
    """A parent to be made."""

    id: str
    name: str


def insert(db: Transaction, merchant_id: str, made: Sequence[NewParent]) -> None:
    if made:
        rows = [{"id": one.id, "merchant_id": merchant_id, "name": one.name} for one in made]
        db.execute(sa.insert(product_parent).values(created_at=now()), rows)


def rename(db: Transaction, parent_id: str, name: str) -> None:
    db.execute(sa.update(product_parent).where(product_parent.c.id == parent_id).values(name=name))


_columns = [product_parent.c[name] for name in Parent.__struct_fields__]


def find(db: Transaction, merchant_id: str, parent_id: str) -> Parent | None:
    mine = sa.and_(product_parent.c.merchant_id == merchant_id, product_parent.c.id == parent_id)
    row = db.execute(sa.select(*_columns).where(mine)).mappings().one_or_none()
    return None if row is None else Parent(**row)


def page(db: Transaction, merchant_id: str, *, limit: int, after: str) -> list[Parent]:
    """The merchant's parents, the oldest first, from the one after `after` on."""
    mine = sa.and_(product_parent.c.merchant_id == merchant_id, product_parent.c.id > after)
    query = sa.select(*_columns).where(mine).order_by(product_parent.c.id).limit(limit)
    return [Parent(**row) for row in db.execute(query).mappings()]
