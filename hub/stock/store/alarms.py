"""Alarms that ring: one row for each, so that each is raised once and ends once, whoever looks and however often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.channels.tables import account
from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.rules.freshness import Alarm
from hub.stock.tables import stock_alarm

_A = stock_alarm.c


class Ringing(NamedTuple):
    """An alarm of an account: how many listings were behind when it began, and since when the oldest of them."""

    account_id: str
    kind: Alarm
    merchant_id: str
    listings: int
    since: datetime


_ringing = sa.select(*(_A[name] for name in Ringing._fields), _A.behind, account.c.plugin, account.c.name).join_from(
    stock_alarm, account, account.c.id == _A.account_id
)


class Known(NamedTuple):
    """One that rings already, how many listings were behind when it was looked at last, and the account's names."""

    alarm: Ringing
    behind: int
    plugin: str
    name: str


def ringing(db: Transaction) -> list[Known]:
    """All that ring now."""
    found = db.execute(_ringing)
    return [
        Known(
            Ringing(row.account_id, Alarm(row.kind), row.merchant_id, row.listings, row.since),
            row.behind,
            row.plugin,
            row.name,
        )
        for row in found
    ]


_new = rows("alarms", account_id=Key, kind=Key, merchant_id=Key, listings=sa.Integer(), since=Instant())


def _raising(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    chosen = sa.select(*_new.c, _new.c.listings, now()).where(sa.true()).order_by(_new.c.account_id, _new.c.kind)
    written = insert(stock_alarm).from_select([*Ringing._fields, "behind", "raised_at"], chosen)
    return written.on_conflict_do_nothing().returning(_A.account_id, _A.kind)


_raise = {"postgresql": _raising(postgresql.insert), "sqlite": _raising(sqlite.insert)}


def ring(db: Transaction, new: Sequence[Ringing]) -> set[tuple[str, Alarm]]:
    """Let these ring; gives those that did not ring yet."""
    given = [(one.account_id, one.kind.value, one.merchant_id, one.listings, microseconds(one.since)) for one in new]
    found = db.execute(_raise[db.dialect], {"alarms": sorted(given)}) if given else ()
    return {(row.account_id, Alarm(row.kind)) for row in found}


_now = rows("alarms", account_id=Key, kind=Key, behind=sa.Integer())
_keep = (
    sa.update(stock_alarm)
    .where(_A.account_id == _now.c.account_id, _A.kind == _now.c.kind)
    .values(behind=_now.c.behind)
)  # fmt: skip


def keep(db: Transaction, rung: Sequence[Ringing]) -> None:
    """Note how many listings are behind by now of these, which ring already."""
    given = sorted((one.account_id, one.kind.value, one.listings) for one in rung)
    if given:
        db.execute(_keep, {"alarms": given})


_behind = sa.select(_A.kind, sa.func.sum(_A.behind).label("listings")).group_by(_A.kind)


def behind(db: Transaction) -> dict[Alarm, int]:
    """How many listings were behind when somebody looked last, all accounts together; one row for each that rings."""
    return {Alarm(row.kind): int(row.listings) for row in db.execute(_behind)}


_over = rows("alarms", account_id=Key, kind=Key)
_end = (
    sa.delete(stock_alarm)
    .where(sa.tuple_(_A.account_id, _A.kind).in_(sa.select(*_over.c)))
    .returning(_A.account_id, _A.kind)
)


def end(db: Transaction, over: Sequence[Ringing]) -> set[tuple[str, Alarm]]:
    """Let these ring no more; gives those that still did."""
    given = sorted((one.account_id, one.kind.value) for one in over)
    found = db.execute(_end, {"alarms": given}) if given else ()
    return {(row.account_id, Alarm(row.kind)) for row in found}


def forget(db: Transaction, account_id: str) -> None:
    """A closed account is behind with nothing."""
    db.execute(sa.delete(stock_alarm).where(_A.account_id == account_id))
