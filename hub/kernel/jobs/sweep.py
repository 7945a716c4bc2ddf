"""Heals: rescues expired leases, ticks schedules, trims seats and wakes lanes that have due work."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from hub.kernel.db import Database, Transaction, now
from hub.kernel.gate import seat
from hub.kernel.jobs.records import LANES, State
from hub.kernel.jobs.schedules import tick
from hub.kernel.jobs.settle import MAX_RESCUES
from hub.kernel.jobs.tables import is_claimable, is_running, job, this_moment

BATCH = 100


def sweep(database: Database, *, threads: int = 1) -> dict[str, int]:
    """Do one round and answer how many wake-ups each lane should get."""
    with database.writing() as db:
        rescue(db)
    with database.writing() as db:
        tick(db)
    with database.reading() as db:
        return due(db, threads)


def rescue(db: Transaction) -> int:
    """Free the jobs whose worker is gone: to wait, or to be read back where a call may have landed."""
    lost = (
        sa.select(job.c.id)
        .where(is_running(job.c.state), job.c.lease_until < this_moment())
        .order_by(job.c.lease_until)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    dead = sa.and_(sa.not_(job.c.can_be_unknown), job.c.rescues + 1 >= MAX_RESCUES)
    cancelled = sa.and_(sa.not_(job.c.can_be_unknown), job.c.cancel_requested)
    after = sa.case(
        (job.c.can_be_unknown, State.UNKNOWN.value),
        (cancelled, State.CANCELLED.value),
        (dead, State.DEAD.value),
        else_=State.WAITING.value,
    )
    values: dict[str, Any]  # Any: expressions and plain values
    values = {"state": after, "unknown": job.c.can_be_unknown, "rescues": job.c.rescues + 1, "run_at": now()}
    values |= {"lease_token": "", "lease_until": None, "finished_at": sa.case((sa.or_(dead, cancelled), now()))}
    ids = db.execute(sa.update(job).where(job.c.id.in_(lost)).values(values).returning(job.c.id)).scalars().all()
    if ids:
        db.execute(sa.update(seat).where(seat.c.job_id.in_(ids)).values(job_id=None))
    return len(ids)


def due(db: Transaction, most: int) -> dict[str, int]:
    """Count the due rows of each lane, up to `most`."""
    counts: dict[str, int] = {}
    for lane in LANES:
        rows = sa.select(job.c.id).where(job.c.lane == lane, is_claimable(job.c.state), job.c.run_at <= this_moment())
        counts[lane] = db.execute(sa.select(sa.func.count()).select_from(rows.limit(most).subquery())).scalar_one()
    return counts
