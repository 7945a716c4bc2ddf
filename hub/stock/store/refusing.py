"""Accounts whose channels have refused figures that nobody is going to tell again."""

from __future__ import annotations

import sqlalchemy as sa

from hub.channels.rules import State
from hub.channels.tables import account
from hub.kernel.db import Transaction
from hub.stock.store.due import Marked
from hub.stock.store.stale import STAYS_REFUSED
from hub.stock.store.unasked import unasked
from hub.stock.tables import told

_RETELL = "stock.retell_refused"
_first = (
    sa.select(told.c.listing_id)
    .where(told.c.account_id == account.c.id, *STAYS_REFUSED)
    .order_by(told.c.refused_at)
    .limit(1)
    .correlate(account)
    .scalar_subquery()
)


_left = (
    sa.select(account.c.merchant_id, account.c.id)
    .where(
        account.c.tells_stock, account.c.state != State.CLOSED, _first.is_not(None), unasked(_RETELL)
    )
    .order_by(account.c.id)
    .limit(sa.bindparam("limit"))
)  # fmt: skip


def left(db: Transaction, *, limit: int) -> list[Marked]:
    """Accounts with a figure that was refused, and no job that would ask for it again; three looks at an index each."""
    return [Marked._make(row) for row in db.execute(_left, {"limit": limit})]
