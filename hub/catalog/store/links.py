"""The steps that put listings on products: while one stands, its product stays, and the parent that it was given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import product, product_link
from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction


class Link(NamedTuple):
    """A step that put a listing on a product, and the parent that the product had by it, if any."""

    step: str
    product_id: str
    parent_id: str | None


class Grouping(NamedTuple):
    """The parent that a product has, beside the one that the oldest of its standing steps says."""

    product_id: str
    parent_id: str | None
    said: str | None


def add(db: Transaction, product_of: Mapping[str, str]) -> None:
    """Note which product each new step put a listing on."""
    rows = [(step, product_id, True) for step, product_id in product_of.items()]
    bulk.upsert(db, product_link, ("step", "product_id", "stands"), rows, conflict=("step",))


def say_parents(db: Transaction, parent_of: Mapping[str, str]) -> None:
    """Note by step which parent its product had from it."""
    bulk.update(db, product_link, "step", ("parent_id",), sorted(parent_of.items()))


def forget_parents(db: Transaction, product_id: str) -> None:
    """Let no step say anything about this product's parent any more: a person has."""
    said = sa.and_(product_link.c.product_id == product_id, product_link.c.parent_id.is_not(None))
    db.execute(sa.update(product_link).where(said).values(parent_id=None))


def turn(db: Transaction, steps: Collection[str], *, stands: bool) -> list[Link]:
    """Let these steps stand, or no longer; gives those that put a listing on a product."""
    bulk.update(db, product_link, "step", ("stands",), [(step, stands) for step in sorted(steps)])
    return [Link._make(row) for row in db.execute(_of_steps, {"steps": steps})]


_of_steps = sa.select(*(product_link.c[name] for name in Link._fields)).where(among(product_link.c.step, "steps"))
_standing = sa.select(product_link.c.parent_id).where(product_link.c.product_id == product.c.id, product_link.c.stands)
_first_said = _standing.where(product_link.c.parent_id.is_not(None)).order_by(product_link.c.step).limit(1)
_groupings = sa.select(product.c.id, product.c.parent_id, _first_said.correlate(product).scalar_subquery()).where(
    among(product.c.id, "ids")
)
# By step, so that PostgreSQL goes to the index and not through the table until it meets one.
_one_standing = (
    _standing.with_only_columns(product_link.c.step)
    .order_by(product_link.c.step)
    .limit(1)
    .correlate(product)
    .scalar_subquery()
)
_unheld = sa.select(product.c.id).where(
    among(product.c.id, "ids"), product.c.source_listing_id.is_not(None), product.c.gone_by.is_(None),
    _one_standing.is_(None),
)  # fmt: skip


def groupings(db: Transaction, product_ids: Collection[str]) -> list[Grouping]:
    return [Grouping._make(row) for row in db.execute(_groupings, {"ids": product_ids})]


def unheld(db: Transaction, product_ids: Collection[str]) -> set[str]:
    """Those of these products that were made from a listing, and that no step which stands put one on."""
    return set(db.execute(_unheld, {"ids": product_ids}).scalars())
