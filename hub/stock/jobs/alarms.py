"""Looks once a minute whether the figures of any account have been behind too long."""

from __future__ import annotations

from hub.kernel import jobs
from hub.kernel.jobs import Done, Job, Settled
from hub.stock.service import alarming
from hub.stock.service.desk import Desk


def look(job: Job, desk: Desk) -> Settled:
    """One round over all accounts, in one transaction with the proof that the job is still ours."""
    with desk.database.writing() as db:
        done = alarming.go_round(db, after=desk.alarm_after)
        jobs.advance(db, job, progress=done)
    return Done(done)
