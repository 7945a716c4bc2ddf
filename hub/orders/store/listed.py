"""What an account sells: its linked listings, by their own ids or by what is linked to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import listing
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now
from hub.kernel.types import Key


class Listed(NamedTuple):
    """A listing that an order of its account can contain; `at` is when it was, by the clock of all workers."""

    id: str
    product_id: str
    ref: str
    sku: str
    name: str
    at: datetime


# Looked up by its own id or its product's: said plainly, the account would lead SQLite through all that it sells.
_own = sa.func.coalesce(listing.c.account_id, "") == sa.bindparam("account", type_=Key)
_sold = sa.select(*(listing.c[name] for name in Listed._fields if name != "at")).where(
    _own, listing.c.state == "linked", listing.c.current
)
_either = sa.union(
    _sold.where(among(listing.c.id, "listings")), _sold.where(among(listing.c.product_id, "products"))
).subquery("chosen")
_chosen = sa.select(*_either.c, now().label("at")).order_by(_either.c.id)


def chosen(
    db: Transaction, account_id: str, *, listing_ids: Collection[str], product_ids: Collection[str]
) -> list[Listed]:  # fmt: skip
    """Those of these that the account sells, the oldest listing first."""
    given = {"account": account_id, "listings": listing_ids, "products": product_ids}
    return [Listed._make(row) for row in db.execute(_chosen, given)]
