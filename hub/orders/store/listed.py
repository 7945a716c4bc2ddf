"""What an account sells: its linked listings, by their own ids or by what is linked to them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import listing
from hub.kernel.bulk import among
from hub.kernel.db import Transaction


class Listed(NamedTuple):
    """A listing that an order of its account can contain."""

    id: str
    product_id: str
    ref: str
    sku: str
    name: str


_sold = sa.select(*(listing.c[name] for name in Listed._fields)).where(
    listing.c.account_id == sa.bindparam("account"), listing.c.state == "linked", listing.c.current
)
_chosen = sa.union(
    _sold.where(among(listing.c.id, "listings")), _sold.where(among(listing.c.product_id, "products"))
).order_by("id")


def chosen(
    db: Transaction, account_id: str, *, listing_ids: Collection[str], product_ids: Collection[str]
) -> list[Listed]:  # fmt: skip
    """Those of these that the account sells, the oldest listing first."""
    given = {"account": account_id, "listings": listing_ids, "products": product_ids}
    return [Listed._make(row) for row in db.execute(_chosen, given)]
