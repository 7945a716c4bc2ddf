"""How the tests of the engine ask for work, take it and look at it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hub.kernel import gate, jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import HubError

GREET = jobs.JobKind("test.greet", lane="urgent", max_attempts=3)
PUSH = jobs.JobKind("test.push", can_be_unknown=True)
LANES = {GREET: "urgent", PUSH: "bulk"}


def ask(database: Database, kind: jobs.JobKind, *, account_id: str = "", key: str = "", payload: object = None) -> str:
    with database.writing() as db:
        ticket = jobs.enqueue(db, kind, account_id=account_id, key=key, payload=payload)
    return ticket.job_id


def claim(database: Database, kind: jobs.JobKind) -> jobs.Job:
    job = jobs.claim_next(database, LANES[kind])
    assert job is not None
    return job


def find(database: Database, job_id: str) -> jobs.Job:
    with database.reading() as db:
        job = jobs.find(db, job_id)
    assert job is not None
    return job


def answering(database: Database, answer: jobs.Settled | BaseException) -> jobs.Runner:
    handler = raising(answer) if isinstance(answer, BaseException) else lambda job: answer
    return jobs.Runner(jobs.Runtime(database=database, handlers={GREET: handler, PUSH: handler}))


def ask_and_undo(database: Database) -> None:
    with database.writing() as db:
        jobs.enqueue(db, GREET)
        raise HubError("changed my mind")


def pausing(db: Transaction, job: jobs.Job, error: Exception) -> None:
    gate.pause(db, f"account:{job.account_id}")


def raising(error: BaseException) -> Callable[[jobs.Job], jobs.Settled]:
    def handler(job: jobs.Job) -> jobs.Settled:
        raise error

    return handler


def note(greeted: threading.Event, name: str) -> jobs.Settled:
    greeted.set()
    return jobs.Done(name)
