"""Heals: rescues expired leases, ticks schedules, trims seats, forgets old jobs, and says which lanes have due work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import sqlalchemy as sa

from hub.kernel import gate
from hub.kernel.db import Database, Transaction
from hub.kernel.jobs.records import LANES
from hub.kernel.jobs.rescue import rescue
from hub.kernel.jobs.schedules import tick
from hub.kernel.jobs.tables import is_claimable, job, moment_before, this_moment

BATCH = 100
KEEP = timedelta(days=90)  # finished jobs, the dead ones too, for whoever asks what happened


def sweep(database: Database, *, threads: int = 1) -> dict[str, int]:
    """Do one round and answer how many wake-ups each lane should get."""
    for step in STEPS.values():
        step(database)
    return wakes(database, threads)


def wakes(database: Database, threads: int) -> dict[str, int]:
    """Say how many wake-ups each lane should get: no more than work is due, or than threads could take."""
    with database.reading() as db:
        return due(db, threads)


def due(db: Transaction, most: int) -> dict[str, int]:
    """Count the due rows of each lane, up to `most`."""
    counts: dict[str, int] = {}
    for lane in LANES:
        rows = sa.select(job.c.id).where(job.c.lane == lane, is_claimable(job.c.state), job.c.run_at <= this_moment())
        counts[lane] = db.execute(sa.select(sa.func.count()).select_from(rows.limit(most).subquery())).scalar_one()
    return counts


def forget(db: Transaction, keep: timedelta) -> int:
    """Delete some of the jobs that ended longer than `keep` ago."""
    ended = sa.select(job.c.id).where(job.c.finished_at < moment_before()).order_by(job.c.finished_at).limit(BATCH)
    old = ended.with_for_update(skip_locked=True)
    return db.execute(sa.delete(job).where(job.c.id.in_(old)), {"back": keep}).rowcount


def _rescue(database: Database) -> None:
    with database.writing() as db:
        rescue(db)


def _tick(database: Database) -> None:
    with database.writing() as db:
        tick(db)


def _trim_seats(database: Database) -> None:
    with database.reading() as db:
        spare = gate.spare_seats(db)
    for scope, cap in spare:
        with database.writing() as db:
            gate.fit(db, scope, cap=cap)


def _forget(database: Database) -> None:
    with database.writing() as db:
        forget(db, KEEP)


# The most urgent first; each stands on its own, so that the failure of one keeps nothing from the next.
STEPS: Mapping[str, Callable[[Database], None]] = {
    "rescue": _rescue, "tick": _tick, "trim_seats": _trim_seats, "forget": _forget,
}  # fmt: skip
