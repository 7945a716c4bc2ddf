"""Tells people what was announced since the last time."""

from __future__ import annotations

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import DISPATCH
from hub.kernel.jobs import Done, Handlers, Job, Settled
from hub.notices import service


def handlers(database: Database) -> Handlers:
    return {DISPATCH: lambda job: dispatch(job, database)}


def dispatch(job: Job, database: Database) -> Settled:
    """Make the notices of one merchant, a batch per transaction."""
    told, batch = 0, 1
    while batch:
        with database.writing() as db:
            batch = service.dispatch(db, job.key)
            job = jobs.advance(db, job)
        told += batch
    return Done({"events": told})
