"""What a figure is made of: the listing with its pack, what its product consists of, and the rules of its account."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.rules import DEEPEST_BUNDLE
from hub.catalog.tables import listing, product, product_component
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.stock.rules.offered import Rule
from hub.stock.tables import stock_rule


class Listed(NamedTuple):
    """A listing as its figure needs it; `product_id` None: it is not linked."""

    id: str
    account_id: str
    merchant_id: str
    ref: str
    product_id: str | None
    pack: int
    bundle: bool
    quantity: int | None


_listed = (
    sa.select(
        listing.c.id, listing.c.account_id, listing.c.merchant_id, listing.c.ref, listing.c.product_id,
        listing.c.pack, sa.func.coalesce(product.c.bundle, sa.false()).label("bundle"), listing.c.quantity,
    )
    .join_from(listing, product, product.c.id == listing.c.product_id, isouter=True)
    .where(among(listing.c.id, "ids"))
)  # fmt: skip


def listed(db: Transaction, ids: Collection[str]) -> dict[str, Listed]:
    return {row.id: Listed._make(row) for row in db.execute(_listed, {"ids": ids})}


def _below() -> sa.Select[tuple[str, str, int]]:
    part = product_component.c
    start = sa.select(part.bundle_id, part.product_id, part.quantity, sa.literal(0).label("depth")).where(
        among(part.bundle_id, "ids")
    )
    below = start.cte("below", recursive=True)
    deeper = sa.select(part.bundle_id, part.product_id, part.quantity, below.c.depth + 1).where(
        part.bundle_id == below.c.product_id, below.c.depth < DEEPEST_BUNDLE
    )
    below = below.union(deeper)
    return sa.select(below.c.bundle_id, below.c.product_id, below.c.quantity).distinct()


_parts = _below()


def parts(db: Transaction, bundle_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """What these bundles contain, and the bundles in them: how many of each, by bundle and product."""
    found: dict[str, dict[str, int]] = {}
    if bundle_ids:
        for row in db.execute(_parts, {"ids": bundle_ids}):
            found.setdefault(row.bundle_id, {})[row.product_id] = row.quantity
    return found


_rules = sa.select(stock_rule.c.product_id, *(stock_rule.c[name] for name in Rule._fields)).where(
    stock_rule.c.account_id == sa.bindparam("account"), among(stock_rule.c.product_id, "products")
)


def rules(db: Transaction, account_id: str, product_ids: Collection[str]) -> dict[str, Rule]:
    """The rules that these products have in an account, by product; that of the whole account under ""."""
    found = db.execute(_rules, {"account": account_id, "products": ["", *product_ids]})
    return {row.product_id: Rule._make(row[1:]) for row in found}
