"""Heals: rescues expired leases, ticks schedules, trims seats and says which lanes have due work."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from prometheus_client import Counter

from hub.kernel import gate
from hub.kernel.db import Database, Transaction, now
from hub.kernel.jobs.records import LANES, State, Trouble
from hub.kernel.jobs.schedules import tick
from hub.kernel.jobs.settle import LONGEST_DOUBT, MAX_RESCUES, Values, back_off
from hub.kernel.jobs.tables import is_claimable, is_running, job, moment_after, moment_before, this_moment

BATCH = 100
KEEP = timedelta(days=90)  # finished jobs, the dead ones too, for whoever asks what happened
rescued = Counter("hub_job_rescues_total", "Runs whose lease expired", ["kind"])
RESCUED = Trouble("LeaseExpired", "its worker died, hung or lost the database", "rescued")


def sweep(database: Database, *, threads: int = 1) -> dict[str, int]:
    """Do one round and answer how many wake-ups each lane should get."""
    with database.writing() as db:
        forget(db, KEEP)
    with database.writing() as db:
        rescue(db)
    with database.writing() as db:
        tick(db)
    with database.reading() as db:
        spare = gate.spare_seats(db)
        wakes = due(db, threads)
    for scope, cap in spare:
        with database.writing() as db:
            gate.fit(db, scope, cap=cap)
    return wakes


def rescue(db: Transaction) -> int:
    """Free the jobs whose worker is gone: to wait, or to be read back where a call may have landed."""
    lost = sa.select(job).where(is_running(job.c.state), job.c.lease_until < this_moment()).order_by(job.c.lease_until)
    rows = db.execute(lost.limit(BATCH).with_for_update(skip_locked=True)).mappings().all()
    for row in rows:
        freed = {"rescues": row["rescues"] + 1, "lease_token": "", "lease_until": None, "error": RESCUED}
        then = _after_rescue(row)
        rescued.labels(row["kind"]).inc()
        db.execute(_END if "wait" not in then else _PAUSE, {**freed, **then, "lost_id": row["id"]})
    gate.give_back(db, [row["id"] for row in rows])
    return len(rows)


def forget(db: Transaction, keep: timedelta) -> int:
    """Delete some of the jobs that ended longer than `keep` ago."""
    old = sa.select(job.c.id).where(job.c.finished_at < moment_before()).order_by(job.c.finished_at).limit(BATCH)
    return db.execute(sa.delete(job).where(job.c.id.in_(old)), {"back": keep}).rowcount


def _after_rescue(row: sa.RowMapping) -> Values:
    if row["can_be_unknown"]:
        # The first time at once; a job that takes its worker down each time is seen less and less.
        wait = back_off(row["rescues"], LONGEST_DOUBT) if row["rescues"] else timedelta(0)
        return {"state": State.UNKNOWN, "unknown": True, "wait": wait}
    if row["cancel_requested"]:
        return {"state": State.CANCELLED}
    if row["rescues"] + 1 >= MAX_RESCUES:
        return {"state": State.DEAD}
    return {"state": State.WAITING, "wait": timedelta(0)}


def due(db: Transaction, most: int) -> dict[str, int]:
    """Count the due rows of each lane, up to `most`."""
    counts: dict[str, int] = {}
    for lane in LANES:
        rows = sa.select(job.c.id).where(job.c.lane == lane, is_claimable(job.c.state), job.c.run_at <= this_moment())
        counts[lane] = db.execute(sa.select(sa.func.count()).select_from(rows.limit(most).subquery())).scalar_one()
    return counts


_LOST = sa.update(job).where(job.c.id == sa.bindparam("lost_id"))
_END = _LOST.values(finished_at=now())
_PAUSE = _LOST.values(run_at=moment_after())
