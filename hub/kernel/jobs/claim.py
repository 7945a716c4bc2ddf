"""Takes the next job of a lane: one short transaction that waits for no row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.kernel import gate
from hub.kernel.db import Database, Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.jobs.queries import SHOWN, opened
from hub.kernel.jobs.records import Job, State
from hub.kernel.jobs.tables import Condition, is_claimable, is_ready, is_started, job, moment_after, this_moment
from hub.kernel.types import Key

LEASE = timedelta(seconds=30)
FRONT = 64  # due rows looked at one by one before each account is asked for its own
DEEP = 8  # rows per account that the second look offers, so that several workers find something
SEATLESS = 8  # accounts whose last seat went to others in the meantime, before we leave the rest to them


class _NoSeat(Exception):
    """The last seat went to another after we looked: roll back and look elsewhere."""


def claim_next(database: Database, lane: str, worker: str = "", *, lease: timedelta = LEASE) -> Job | None:
    """Take the first due job of this lane whose account is open and whose twin is not at work."""
    token = f"{worker}:{new_id()}" if worker else new_id()
    full: list[str] = []
    while len(full) < SEATLESS:
        try:
            with database.writing() as db:
                return _claim(db, lane, token, lease, full)
        except _NoSeat as none:
            full.append(str(none))
    return None


def _claim(db: Transaction, lane: str, token: str, lease: timedelta, full: Sequence[str]) -> Job | None:
    given: dict[str, Any] = {"of_lane": lane, "token": token, "wait": lease}  # Any: as the statement takes them
    for look in (_front, _account_by_account):
        take = _take(look, db.dialect, bool(full))
        row = db.execute(take, given | ({"full": full} if full else {})).mappings().first()
        if row is not None:
            seats = gate.sit(db, row["account_id"], row["id"])
            if seats is None:
                raise _NoSeat(row["account_id"])
            return opened(row, lease=lease, seats=seats)
        if db.execute(_BEYOND, given | {"seen": FRONT - 1}).first() is None:
            break  # the second look is dear to plan, and would see no more
    return None


@cache
def _take(look: Any, dialect: str, full: bool) -> sa.Executable:  # Any: one of the two looks below
    candidate: sa.ScalarSelect[str] = look(dialect, full)
    values = {"state": State.RUNNING.value, "lease_token": sa.bindparam("token"), "lease_until": moment_after()}
    started = sa.func.coalesce(job.c.started_at, now())
    return sa.update(job).where(job.c.id == candidate).values(started_at=started, **values).returning(*SHOWN)


def _front(dialect: str, full: bool) -> sa.ScalarSelect[str]:
    """The first that may start among the foremost due rows: nearly always the first of all."""
    foremost = _due().order_by(job.c.run_at, job.c.id).limit(FRONT).subquery("foremost")
    return _first_free(foremost, full)


def _account_by_account(dialect: str, full: bool) -> sa.ScalarSelect[str]:
    """The first that may start of any account, found without walking over the rows of closed ones.

    Only where more is due than the first look could see.
    """
    accounts = _accounts_with_work()
    own = _due().where(job.c.account_id == accounts.c.account_id, _untwinned(job)).order_by(job.c.run_at, job.c.id)
    open_accounts = sa.select(accounts).select_from(accounts).where(_is_open(accounts.c.account_id, full))
    if dialect == "postgresql":
        offered = own.limit(DEEP).lateral("own")
        found = open_accounts.join(offered, sa.true()).with_only_columns(offered.c.id, offered.c.run_at)
    else:
        chosen = own.with_only_columns(job.c.id).limit(1).scalar_subquery()
        at = own.with_only_columns(job.c.run_at).limit(1).scalar_subquery()
        found = open_accounts.with_only_columns(chosen.label("id"), at.label("run_at"))
    return _first_free(found.subquery("found"), full)


def _first_free(offered: sa.Subquery, full: bool) -> sa.ScalarSelect[str]:
    mine = job.alias("mine")
    return (
        sa.select(mine.c.id)
        .join(offered, offered.c.id == mine.c.id)
        .where(is_claimable(mine.c.state), mine.c.run_at <= this_moment(), _untwinned(mine))
        .where(_is_open(mine.c.account_id, full))
        .order_by(offered.c.run_at, offered.c.id)
        .limit(1)
        .with_for_update(of=mine, skip_locked=True)
        .scalar_subquery()
    )


def _due() -> sa.Select[Any]:  # Any: the columns of a job
    lane = sa.bindparam("of_lane", type_=Key)
    return sa.select(job.c.id, job.c.run_at).where(
        job.c.lane == lane, is_claimable(job.c.state), job.c.run_at <= this_moment()
    )


def _accounts_with_work() -> sa.CTE:
    """Leap from one account to the next through the index, without reading the rows between."""
    lane, mine, others = sa.bindparam("of_lane", type_=Key), job.alias("mine"), job.alias("others")
    first = sa.select(sa.func.min(mine.c.account_id).label("account_id"))
    leap = first.where(mine.c.lane == lane, is_claimable(mine.c.state)).cte("accounts", recursive=True)
    after = sa.select(sa.func.min(others.c.account_id)).where(
        others.c.lane == lane, is_claimable(others.c.state), others.c.account_id > leap.c.account_id
    )
    return leap.union_all(sa.select(after.scalar_subquery()).where(leap.c.account_id.is_not(None)))


def _untwinned(mine: sa.FromClause) -> Condition:
    twin = job.alias("twin")
    at_work = sa.exists().where(
        is_started(twin.c.state),
        twin.c.kind == mine.c.kind,
        twin.c.account_id == mine.c.account_id,
        twin.c.key == mine.c.key,
    )
    return sa.or_(sa.not_(is_ready(mine.c.state)), sa.not_(at_work))


def _is_open(account_id: sa.ColumnElement[str], full: bool) -> Condition:
    open_now = sa.not_(gate.is_shut(account_id, this_moment()))
    return sa.and_(open_now, account_id.not_in(sa.bindparam("full", expanding=True))) if full else open_now


_BEYOND = _due().order_by(job.c.run_at).offset(sa.bindparam("seen")).limit(1)
