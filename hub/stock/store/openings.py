"""What linking needs to know of listings for the stock of their products."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import listing, product
from hub.channels.rules import State
from hub.channels.tables import account, place_map
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.stock.tables import movement


class Opening(NamedTuple):
    """A linked listing of an open account, with what an import saw of it at `seen_at`.

    `known`: its product has a movement. `warehouse`: where its account opens stock. `place`: the one that is told of
    it; None: the account is told at several, or at none.
    """

    id: str
    account_id: str
    product_id: str
    quantity: int | None
    pack: int
    seen_at: datetime
    bundle: bool
    known: bool
    warehouse: str
    place: str | None


_moved = sa.select(movement.c.id).where(movement.c.product_id == product.c.id).order_by(movement.c.id).limit(1)
_known = _moved.correlate(product).scalar_subquery().is_not(None)
_first, _last = (
    sa.select(which(place_map.c.place_ref))
    .where(place_map.c.account_id == account.c.id)
    .correlate(account)
    .scalar_subquery()
    for which in (sa.func.min, sa.func.max)
)
_of_listings = (
    sa.select(
        listing.c.id, listing.c.account_id, listing.c.product_id, listing.c.quantity, listing.c.pack, listing.c.seen_at,
        product.c.bundle, _known.label("known"), account.c.opening_warehouse.label("warehouse"),
        sa.case((_first == _last, _first)).label("place"),
    )
    .join_from(listing, product, product.c.id == listing.c.product_id)
    .join(account, sa.and_(account.c.id == listing.c.account_id, account.c.state != State.CLOSED))
    .where(among(listing.c.id, "ids"))
    .order_by(listing.c.id)
)  # fmt: skip


def of_listings(db: Transaction, ids: Collection[str]) -> list[Opening]:
    """Those of these that are linked, the oldest first."""
    return [Opening._make(row) for row in db.execute(_of_listings, {"ids": ids})]
