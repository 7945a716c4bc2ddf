"""How far the orders of each account have been read; the cursor is kept in the transaction of what came before it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.db import Transaction
from hub.kernel.types import microseconds
from hub.orders.tables import feed

_mine = sa.and_(feed.c.account_id == sa.bindparam("account"), feed.c.hook == sa.bindparam("hook"))
_cursor = sa.select(feed.c.cursor).where(_mine)


def cursor_of(db: Transaction, account_id: str, hook: str) -> str:
    """Where to go on; "" is the start."""
    return str(db.execute(_cursor, {"account": account_id, "hook": hook}).scalar() or "")


def keep(db: Transaction, account_id: str, hook: str, cursor: str) -> None:
    columns = ("account_id", "hook", "cursor")
    bulk.upsert(db, feed, columns, [(account_id, hook, cursor)], conflict=columns[:2], update=("cursor",))


def ended(db: Transaction, account_id: str, hook: str, *, began_at: datetime, at: datetime) -> None:
    """Note a read that has come to its end."""
    columns = ("account_id", "hook", "cursor", "began_at", "ended_at")
    row = (account_id, hook, "", microseconds(began_at), microseconds(at))
    bulk.upsert(db, feed, columns, [row], conflict=columns[:2], update=columns[3:])
