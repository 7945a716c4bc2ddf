"""Products: made from the listing confirmed first, found by SKU."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from hub.catalog.tables import listing, product
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now

_TAKEN_OVER = ("merchant_id", "sku", "sku_key", "name", "name_key", "price", "currency", "details")
_source = sa.select(sa.bindparam("id"), listing.c.id, now(), *(listing.c[name] for name in _TAKEN_OVER)).where(
    listing.c.id == sa.bindparam("listing")
)
_make = sa.insert(product).from_select(["id", "source_listing_id", "created_at", *_TAKEN_OVER], _source)


def make_from(db: Transaction, product_of: Mapping[str, str]) -> None:
    """Make products with the data of listings: listing id to the new product's id."""
    if not product_of:
        return  # an empty list of parameters would mean none at all
    db.execute(_make, [{"listing": listing_id, "id": product_id} for listing_id, product_id in product_of.items()])


_by_key = sa.select(product.c.sku_key, product.c.id).where(
    product.c.merchant_id == sa.bindparam("merchant"), among(product.c.sku_key, "keys")
)


def by_key(db: Transaction, merchant_id: str, keys: Collection[str]) -> dict[str, str]:
    return {row.sku_key: row.id for row in db.execute(_by_key, {"merchant": merchant_id, "keys": keys})}
