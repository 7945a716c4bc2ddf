"""What an account lists of products already: to be updated, never listed again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.catalog.tables import listing, product
from hub.kernel.bulk import among
from hub.kernel.db import Transaction


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The listing of a product on an account."""

    ref: str
    category_ref: str
    quantity: int | None


_linked = (
    sa.select(listing.c.product_id, listing.c.ref, listing.c.quantity, listing.c.details)
    .where(listing.c.account_id == sa.bindparam("account"), among(listing.c.product_id, "products"))
    .order_by(listing.c.current, listing.c.id.desc())  # the last one wins: current before retired, the oldest of them
)
_loose = sa.select(listing.c.sku_key, listing.c.ref).where(
    listing.c.merchant_id == sa.bindparam("merchant"),
    among(listing.c.sku_key, "keys"),
    listing.c.account_id == sa.bindparam("account"),
    listing.c.product_id.is_(None),
    listing.c.current,
)
_source = (
    sa.select(product.c.id, listing.c.ref, listing.c.quantity, listing.c.details)
    .join(listing, listing.c.id == product.c.source_listing_id)
    .where(among(product.c.id, "products"))
)


def linked(db: Transaction, account_id: str, products: Collection[str]) -> dict[str, Target]:
    """The listing of each product on the account, by product."""
    rows = db.execute(_linked, {"account": account_id, "products": products})
    return {row.product_id: _target(row) for row in rows}


def loose(db: Transaction, merchant_id: str, account_id: str, keys: Collection[str]) -> dict[str, str]:
    """Current listings of the account that no product has: SKU key to their ref."""
    rows = db.execute(_loose, {"merchant": merchant_id, "account": account_id, "keys": [key for key in keys if key]})
    return {row.sku_key: row.ref for row in rows}


def sources(db: Transaction, products: Collection[str]) -> dict[str, Target]:
    """The listing that each product began as, on whichever account; by product."""
    return {row.id: _target(row) for row in db.execute(_source, {"products": products})}


def _target(row: sa.Row[Any]) -> Target:  # Any: a listing beside its product
    return Target(ref=row.ref, category_ref=(row.details or {}).get("category_ref", ""), quantity=row.quantity)
