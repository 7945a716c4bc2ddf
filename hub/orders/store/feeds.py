"""How far the orders of each account have been read: where the walk through a feed stands, and when it was begun.

The cursor is kept in the transaction of what came before it. A walk is under way until it is noted to have ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.db import Transaction
from hub.kernel.types import Instant
from hub.orders.tables import feed

_F = feed.c
_mine = sa.and_(_F.account_id == sa.bindparam("account"), _F.hook == sa.bindparam("of_hook"))
_under_way = sa.and_(_F.began_at.is_not(None), _F.ended_at.is_(None))
_start = (
    sa.update(feed)
    .where(_mine, sa.not_(_under_way))
    .values(began_at=sa.bindparam("at", type_=Instant()), ended_at=None)
)
_this_walk = sa.and_(_mine, _under_way, _F.began_at == sa.bindparam("began", type_=Instant()))
_move = (
    sa.update(feed).where(_this_walk, _F.cursor == sa.bindparam("stood")).values(cursor=sa.bindparam("to"))
)  # fmt: skip
_end = sa.update(feed).where(_this_walk).values(ended_at=sa.bindparam("at", type_=Instant()))
_stand = sa.select(_F.began_at, _F.cursor).where(_mine, _under_way)


class Walk(NamedTuple):
    """A walk that is under way, and how far it has come; the cursor "" is the start."""

    began_at: datetime
    cursor: str


def start(db: Transaction, account_id: str, hook: str, *, at: datetime) -> Walk:
    """Go on with the walk that is under way, however long ago it was begun; without one, begin to walk now."""
    columns = ("account_id", "hook", "cursor")
    bulk.upsert(db, feed, columns, [(account_id, hook, "")], conflict=columns[:2])
    db.execute(_start, {"account": account_id, "of_hook": hook, "at": at})
    found = under_way(db, account_id, hook)
    if found is None:
        raise RuntimeError("a walk was begun and is not under way")
    return found


def under_way(db: Transaction, account_id: str, hook: str) -> Walk | None:
    row = db.execute(_stand, {"account": account_id, "of_hook": hook}).first()
    return None if row is None else Walk(row.began_at, row.cursor)


def move(db: Transaction, account_id: str, hook: str, walk: Walk, cursor: str) -> None:
    """Let the walk stand at this cursor, unless it has left the place where `walk` has it, or is over."""
    here = {"account": account_id, "of_hook": hook, "began": walk.began_at, "stood": walk.cursor}
    db.execute(_move, here | {"to": cursor})


def end(db: Transaction, account_id: str, hook: str, *, began_at: datetime, at: datetime) -> bool:
    """Note that the walk begun then has come to its end; False where it was noted before."""
    values = {"account": account_id, "of_hook": hook, "began": began_at, "at": at}
    return db.execute(_end, values).rowcount > 0
