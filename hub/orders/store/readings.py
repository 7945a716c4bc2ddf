"""What channels were read to show, and no import of orders has explained yet; an index has just these, by their age."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from hub.kernel.db import Transaction
from hub.kernel.types import Instant
from hub.stock.store.due import Outlet
from hub.stock.tables import told

_open = (told.c.account_id == sa.bindparam("account"), told.c.reading.is_not(None))
_until = sa.bindparam("until", type_=Instant())
_some = (
    sa.select(told.c.listing_id, told.c.place_ref)
    .where(*_open, told.c.read_at <= _until)
    .order_by(told.c.read_at, told.c.listing_id, told.c.place_ref)
    .limit(sa.bindparam("limit"))
)
_younger = sa.select(told.c.read_at).where(*_open, told.c.read_at > _until).order_by(told.c.read_at).limit(1)


def some(db: Transaction, account_id: str, *, until: datetime, limit: int) -> list[Outlet]:
    """Those of an account that were read by then, some of them."""
    found = db.execute(_some, {"account": account_id, "until": until, "limit": limit})
    return [(row.listing_id, row.place_ref) for row in found]


def next_after(db: Transaction, account_id: str, *, after: datetime) -> datetime | None:
    """When the first of those was read that were read later than that."""
    found: datetime | None = db.execute(_younger, {"account": account_id, "until": after}).scalar()
    return found
