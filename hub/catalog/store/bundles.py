"""Bundles: products made of others. The graph is walked in the database, never further than it may be deep."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import sqlalchemy as sa

from hub.catalog.rules import DEEPEST_BUNDLE
from hub.catalog.tables import product, product_component
from hub.kernel.bulk import among
from hub.kernel.db import Transaction


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a product one bundle contains."""

    product_id: str
    quantity: int


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What lies below a product: how many levels of bundles, and whether the one asked about is there."""

    levels: int
    meets: bool


_part = product_component.c
_components = (
    sa.select(_part.bundle_id, _part.product_id, _part.quantity)
    .where(among(_part.bundle_id, "ids"))
    .order_by(_part.bundle_id, _part.product_id)
)


def components(db: Transaction, ids: Collection[str]) -> dict[str, tuple[Component, ...]]:
    """What these bundles directly contain, by the bundle's id, in the order of the products' ids."""
    found: dict[str, list[Component]] = {}
    for row in db.execute(_components, {"ids": ids}):
        found.setdefault(row.bundle_id, []).append(Component(product_id=row.product_id, quantity=row.quantity))
    return {bundle_id: tuple(parts) for bundle_id, parts in found.items()}


def replace(db: Transaction, bundle_id: str, parts: Collection[Component]) -> None:
    """Let a product consist of exactly these; of none it is no bundle any more."""
    db.execute(sa.delete(product_component).where(_part.bundle_id == bundle_id))
    if parts:
        rows = [{"bundle_id": bundle_id, "product_id": one.product_id, "quantity": one.quantity} for one in parts]
        db.execute(sa.insert(product_component), rows)
    db.execute(sa.update(product).where(product.c.id == bundle_id).values(bundle=bool(parts)))


def _below_statement() -> sa.Select[tuple[str, int, int]]:
    start = sa.select(product.c.id.label("start"), product.c.id, sa.literal(0).label("level")).where(
        product.c.merchant_id == sa.bindparam("merchant"), among(product.c.id, "ids"), product.c.gone_by.is_(None)
    )
    below = start.cte("below", recursive=True)
    deeper = sa.select(below.c.start, _part.product_id, below.c.level + 1).where(
        _part.bundle_id == below.c.id, below.c.level <= DEEPEST_BUNDLE
    )
    below = below.union(deeper)
    levels, meets = sa.func.max(below.c.level), sa.func.max(sa.case((below.c.id == sa.bindparam("bundle"), 1), else_=0))
    return sa.select(below.c.start, levels.label("levels"), meets.label("meets")).group_by(below.c.start)


def _above_statement() -> sa.Select[tuple[int]]:
    start = sa.select(product.c.id, sa.literal(0).label("level")).where(product.c.id == sa.bindparam("product"))
    above = start.cte("above", recursive=True)
    higher = sa.select(_part.bundle_id, above.c.level + 1).where(
        _part.product_id == above.c.id, above.c.level <= DEEPEST_BUNDLE
    )
    above = above.union(higher)
    return sa.select(sa.func.max(above.c.level))


_below, _above = _below_statement(), _above_statement()


def below(db: Transaction, merchant_id: str, ids: Collection[str], *, bundle_id: str) -> dict[str, Reach]:
    """What lies below each of these products of the catalogue, and whether `bundle_id` does (or is it)."""
    rows = db.execute(_below, {"merchant": merchant_id, "ids": ids, "bundle": bundle_id})
    return {row.start: Reach(levels=row.levels, meets=bool(row.meets)) for row in rows}


def levels_above(db: Transaction, product_id: str) -> int:
    """How many levels of bundles contain this product."""
    found: int = db.execute(_above, {"product": product_id}).scalar_one()
    return found
