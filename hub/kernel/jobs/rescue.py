"""Frees the jobs whose worker is gone: to wait, or to be read back where a call may have landed."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from prometheus_client import Counter

from hub.kernel import bulk, gate
from hub.kernel.db import Transaction, now
from hub.kernel.jobs.records import State, Trouble
from hub.kernel.jobs.settle import LONGEST_DOUBT, MAX_RESCUES, back_off
from hub.kernel.jobs.tables import Condition, is_running, job, this_moment
from hub.kernel.types import microseconds

BATCH = 100
RESCUED = Trouble("LeaseExpired", "its worker died, hung or lost the database", "rescued")
rescued = Counter("hub_job_rescues_total", "Runs whose worker was gone before they ended", ["kind"])
LOST = (
    job.c.id, job.c.kind, job.c.rescues, job.c.can_be_unknown, job.c.unknown, job.c.cancel_requested, job.c.run_at,
)  # fmt: skip
FREED = ("state", "rescues", "unknown", "run_at", "finished_at", "lease_token", "lease_until", "error")


def rescue(db: Transaction) -> int:
    """Free jobs whose lease has expired, a batch at a time."""
    return _free(db, job.c.lease_until < this_moment())


def rescue_from(db: Transaction, worker: str) -> int:
    """Free jobs that this worker held, a batch at a time: for its successor, who knows that it is gone."""
    return _free(db, job.c.lease_token.startswith(f"{worker}:", autoescape=True))


def _free(db: Transaction, lost: Condition) -> int:
    found = sa.select(*LOST).where(is_running(job.c.state), lost).order_by(job.c.lease_until).limit(BATCH)
    rows = db.execute(found.with_for_update(skip_locked=True)).all()
    if not rows:
        return 0
    moment = db.execute(sa.select(now())).scalar_one()
    bulk.update(db, job, "id", FREED, [_freed(row, moment) for row in rows])
    gate.give_back(db, [row.id for row in rows])
    for row in rows:
        rescued.labels(row.kind).inc()
    return len(rows)


def _freed(row: sa.Row[tuple[object, ...]], moment: datetime) -> bulk.StorageRow:
    state, wait = _after_rescue(row)
    unknown = row.unknown or state is State.UNKNOWN
    run_at = microseconds(row.run_at if wait is None else moment + wait)
    finished_at = microseconds(moment) if wait is None else None
    return row.id, state.value, row.rescues + 1, unknown, run_at, finished_at, "", None, _RESCUED


def _after_rescue(row: sa.Row[tuple[object, ...]]) -> tuple[State, timedelta | None]:
    """Say what becomes of the job, and how long it waits unless that is its end."""
    if row.can_be_unknown:
        # The first time at once; a job that takes its worker down each time is seen less and less.
        return State.UNKNOWN, back_off(row.rescues, LONGEST_DOUBT) if row.rescues else timedelta(0)
    if row.cancel_requested:
        return State.CANCELLED, None
    if row.rescues + 1 >= MAX_RESCUES:
        return State.DEAD, None
    return State.WAITING, timedelta(0)


_RESCUED = msgspec.json.encode(RESCUED).decode()
