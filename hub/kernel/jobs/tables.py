"""The tables of the job engine and the conditions that its partial indexes share with its statements."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hub.kernel.db import metadata, now
from hub.kernel.jobs.records import State
from hub.kernel.types import MICROSECOND, Instant, Json, Key

Condition = sa.ColumnElement[bool]


def among(state: sa.ColumnElement[Any], *states: State) -> Condition:  # Any: a column of any table alias
    """Compare with literals: a partial index is only used where the statement says its condition word for word."""
    return state.in_([sa.literal_column(f"'{each.value}'") for each in states])


def is_ready(state: sa.ColumnElement[Any]) -> Condition:  # Any: see among
    return state == sa.literal_column("'ready'")


def is_started(state: sa.ColumnElement[Any]) -> Condition:  # Any: see among
    return among(state, State.RUNNING, State.WAITING, State.UNKNOWN)


def is_claimable(state: sa.ColumnElement[Any]) -> Condition:  # Any: see among
    return among(state, State.READY, State.WAITING, State.UNKNOWN)


def is_running(state: sa.ColumnElement[Any]) -> Condition:  # Any: see among
    return state == sa.literal_column("'running'")


def this_moment() -> sa.ScalarSelect[datetime]:
    """Ask the clock once per statement, so that an index can be searched by it."""
    return sa.select(now()).scalar_subquery()


class _Span(sa.types.TypeDecorator[timedelta]):
    """A length of time in microseconds, to be added to an `Instant`."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else value // MICROSECOND


def moment_after() -> sa.ColumnElement[datetime]:
    """The moment `wait` from now, which the statement is given."""
    moment = sa.type_coerce(now(), sa.BigInteger)
    return sa.type_coerce(moment + sa.bindparam("wait", type_=_Span()), Instant())


def moment_before() -> sa.ScalarSelect[datetime]:
    """The moment that lies `back` in the past, which the statement is given."""
    moment = sa.type_coerce(now(), sa.BigInteger)
    return sa.select(sa.type_coerce(moment - sa.bindparam("back", type_=_Span()), Instant())).scalar_subquery()


job = sa.Table(
    "job",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("kind", Key, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("key", Key, nullable=False),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("account_id", Key, nullable=False),
    sa.Column("lane", Key, nullable=False),
    sa.Column("payload", Json),
    sa.Column("state", Key, nullable=False),
    sa.Column("run_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("rescues", sa.Integer, nullable=False),
    sa.Column("can_be_unknown", sa.Boolean, nullable=False),
    sa.Column("unknown", sa.Boolean, nullable=False),
    sa.Column("lease_token", Key, nullable=False),
    sa.Column("lease_until", Instant),
    sa.Column("progress", Json),
    sa.Column("resume", Json),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("outcome", Json),
    sa.Column("error", Json),
    sa.Column("traceback", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
)
same_work = (job.c.kind, job.c.account_id, job.c.key)


def _partial(name: str, *columns: sa.Column[Any], where: Condition, unique: bool = False) -> sa.Index:  # Any: columns
    return sa.Index(name, *columns, unique=unique, postgresql_where=where, sqlite_where=where)


_partial("uq_job_ready", *same_work, where=is_ready(job.c.state), unique=True)
_partial("uq_job_started", *same_work, where=is_started(job.c.state), unique=True)
_partial("ix_job_due", job.c.lane, job.c.run_at, job.c.id, where=is_claimable(job.c.state))
_partial("ix_job_due_account", job.c.lane, job.c.account_id, job.c.run_at, job.c.id, where=is_claimable(job.c.state))
_partial("ix_job_lease", job.c.lease_until, where=is_running(job.c.state))
_partial("ix_job_finished", job.c.finished_at, where=job.c.finished_at.is_not(None))
sa.Index("ix_job_merchant", job.c.merchant_id, job.c.id)

schedule = sa.Table(
    "schedule",
    metadata,
    sa.Column("kind", Key, primary_key=True),
    sa.Column("account_id", Key, primary_key=True),
    sa.Column("key", Key, primary_key=True),
    sa.Column("merchant_id", Key, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("lane", Key, nullable=False),
    sa.Column("can_be_unknown", sa.Boolean, nullable=False),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("payload", Json),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Index("ix_schedule_next_at", "next_at"),
)
