"""The steps that put listings on products: a product that was made from a listing stays while one of them stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import product, product_link
from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction


class Link(NamedTuple):
    """A step that put a listing on a product."""

    step: str
    product_id: str


def add(db: Transaction, product_of: Mapping[str, str]) -> None:
    """Note which product each new step put a listing on."""
    rows = [(step, product_id, True) for step, product_id in product_of.items()]
    bulk.upsert(db, product_link, ("step", "product_id", "stands"), rows, conflict=("step",))


def turn(db: Transaction, steps: Collection[str], *, stands: bool) -> list[Link]:
    """Let these steps stand, or no longer; gives those that put a listing on a product."""
    bulk.update(db, product_link, "step", ("stands",), [(step, stands) for step in sorted(steps)])
    return [Link._make(row) for row in db.execute(_of_steps, {"steps": steps})]


_of_steps = sa.select(*(product_link.c[name] for name in Link._fields)).where(among(product_link.c.step, "steps"))
_one_standing = (
    sa.select(product_link.c.step)
    .where(product_link.c.product_id == product.c.id, product_link.c.stands)
    .limit(1)
    .correlate(product)
    .scalar_subquery()
)
_unheld = sa.select(product.c.id).where(
    among(product.c.id, "ids"), product.c.source_listing_id.is_not(None), product.c.gone_by.is_(None),
    _one_standing.is_(None),
)  # fmt: skip


def unheld(db: Transaction, product_ids: Collection[str]) -> set[str]:
    """Those of these products that were made from a listing, and that no step which stands put one on."""
    return set(db.execute(_unheld, {"ids": product_ids}).scalars())
