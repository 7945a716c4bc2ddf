"""Parents: what variants have in common, and which one the products of newly linked listings belong to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from hub.catalog.rules import Sibling
from hub.catalog.tables import listing, product, product_link, product_parent
from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """Groups products that are variants of one thing."""

    id: str
    name: str
    created_at: datetime


class Linked(NamedTuple):
    """A newly linked listing that its channel groups, and the parent that earlier steps gave its product, if any."""

    listing_id: str
    said: str | None
    sibling: Sibling


_one, _sibling, _relative = listing.alias("one"), listing.alias("sibling"), product.alias("relative")
_oldest = (
    sa.select(_relative.c.parent_id)
    .join_from(_sibling, _relative, _relative.c.id == _sibling.c.product_id)
    .where(
        _sibling.c.account_id == _one.c.account_id,
        _sibling.c.parent_ref == _one.c.parent_ref,
        _sibling.c.parent_ref != sa.literal_column("''"),  # as the partial index says it
        _sibling.c.product_id.is_not(None),
        _relative.c.parent_id.is_not(None),
    )
    .order_by(_sibling.c.product_id)
    .limit(1)
    .correlate(_one)
    .scalar_subquery()
)
_made_for_it = (
    sa.select(product_parent.c.id)
    .where(
        product_parent.c.account_id == _one.c.account_id,
        product_parent.c.account_id.is_not(None),  # as the partial index says it
        product_parent.c.parent_ref == _one.c.parent_ref,
    )
    .correlate(_one)
    .scalar_subquery()
)
_said = (
    sa.select(product_link.c.parent_id)
    .where(product_link.c.product_id == _one.c.product_id, product_link.c.stands, product_link.c.parent_id.is_not(None))
    .order_by(product_link.c.step)
    .limit(1)
    .correlate(_one)
    .scalar_subquery()
)
_siblings = (
    sa.select(
        _one.c.id, _one.c.product_id, _one.c.account_id, _one.c.parent_ref, _one.c.name, product.c.parent_id,
        sa.func.coalesce(_oldest, _made_for_it).label("siblings"), _said.label("said"),
    )
    .join_from(_one, product, product.c.id == _one.c.product_id)
    .where(among(_one.c.id, "ids"), _one.c.parent_ref != "")
    .order_by(_one.c.id)
)  # fmt: skip


def siblings(db: Transaction, listing_ids: Collection[str]) -> list[Linked]:
    """These linked listings, as far as their channel groups them, the oldest first."""
    return [
        Linked(
            row.id, row.said,
            Sibling(row.product_id, (row.account_id, row.parent_ref), row.name, row.parent_id, row.siblings),
        )
        for row in db.execute(_siblings, {"ids": listing_ids})
    ]  # fmt: skip


class NewParent(NamedTuple):
    """A parent to be made: for a channel group (account, its `parent_ref`), or by a person."""

    id: str
    name: str
    group: tuple[str, str] | tuple[None, None] = (None, None)


def insert(db: Transaction, merchant_id: str, made: Sequence[NewParent]) -> None:
    if made:
        rows = [
            {
                "id": one.id, "merchant_id": merchant_id, "name": one.name, "account_id": account, "parent_ref": ref,
                "kept": account is None,
            }
            for one in made
            for account, ref in [one.group]
        ]  # fmt: skip
        db.execute(sa.insert(product_parent).values(created_at=now()), rows)


def rename(db: Transaction, parent_id: str, name: str) -> None:
    db.execute(sa.update(product_parent).where(product_parent.c.id == parent_id).values(name=name, kept=True))


def keep(db: Transaction, ids: Collection[str]) -> None:
    """Let parents stay when they are empty: a person has used them."""
    bulk.update(db, product_parent, "id", ("kept",), [(id_, True) for id_ in sorted(ids)])


_any_product = (
    sa.select(product.c.id)
    .where(product.c.parent_id == product_parent.c.id, product.c.gone_by.is_(None))
    .order_by(product.c.id)
    .limit(1)
)
_here = sa.and_(among(product_parent.c.id, "ids"), product_parent.c.gone_by.is_(None))
_empty = sa.select(product_parent.c.id, product_parent.c.name).where(
    _here, sa.not_(product_parent.c.kept), _any_product.correlate(product_parent).scalar_subquery().is_(None)
)
_gone = sa.select(product_parent.c.id, product_parent.c.name).where(
    among(product_parent.c.id, "ids"), product_parent.c.gone_by.is_not(None)
)


def empty(db: Transaction, ids: Collection[str]) -> dict[str, str]:
    """The names, by id, of those of these that no product of the catalogue belongs to, and that no person has used."""
    return {row.id: row.name for row in db.execute(_empty, {"ids": ids})}


def of_products(db: Transaction, ids: Collection[str]) -> dict[str, str]:
    """The parents of those of these products that have one, by the product's id, whether they are gone or not."""
    return {row.id: row.parent_id for row in db.execute(_of_products, {"ids": ids})}


_of_products = sa.select(product.c.id, product.c.parent_id).where(
    among(product.c.id, "ids"), product.c.parent_id.is_not(None)
)


def gone(db: Transaction, ids: Collection[str]) -> dict[str, str]:
    """The names, by id, of those of these that are gone."""
    return {row.id: row.name for row in db.execute(_gone, {"ids": ids})}


def leave(db: Transaction, by: Mapping[str, str | None]) -> None:
    """Let parents be gone by an event, or here again by None."""
    bulk.update(db, product_parent, "id", ("gone_by",), sorted(by.items()))


_columns = [product_parent.c[name] for name in Parent.__struct_fields__]
_mine = sa.select(*_columns).where(product_parent.c.gone_by.is_(None))


def find(db: Transaction, merchant_id: str, parent_id: str) -> Parent | None:
    query = _mine.where(product_parent.c.merchant_id == merchant_id, product_parent.c.id == parent_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Parent(**row)


def page(db: Transaction, merchant_id: str, *, limit: int, after: str) -> list[Parent]:
    """The merchant's parents, the oldest first, from the one after `after` on."""
    query = _mine.where(product_parent.c.merchant_id == merchant_id, product_parent.c.id > after)
    return [Parent(**row) for row in db.execute(query.order_by(product_parent.c.id).limit(limit)).mappings()]
