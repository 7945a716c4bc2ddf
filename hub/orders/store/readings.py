"""What channels were read to show, and no import of orders has explained yet."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import Transaction
from hub.stock.store.due import Outlet
from hub.stock.tables import told

_open = (
    sa.select(told.c.listing_id, told.c.place_ref)
    .where(told.c.account_id == sa.bindparam("account"), told.c.reading.is_not(None))
    .order_by(told.c.listing_id, told.c.place_ref)
)


def open_of(db: Transaction, account_id: str) -> list[Outlet]:
    return [(row.listing_id, row.place_ref) for row in db.execute(_open, {"account": account_id})]
