"""Asking for work and having it done."""

from __future__ import annotations

import threading

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.settings import Settings
from hub.worker import run_embedded

GREET = jobs.JobKind("test.greet", lane="urgent")


def test_work_asked_for_in_a_transaction_starts_when_it_is_committed(database: Database) -> None:
    greeted: list[str] = []
    done = threading.Event()

    def greet(job: jobs.Job) -> jobs.Settled:
        greeted.append(job.payload["name"])
        done.set()
        return jobs.Done({"greeted": 1})

    runtime = jobs.Runtime(database=database, handlers={GREET: greet})
    with run_embedded(runtime, Settings(threads=2)):
        with database.writing() as db:
            ticket = jobs.enqueue(db, GREET, key="sari", payload={"name": "Sari"})
        assert done.wait(10)

    with database.reading() as db:
        job = jobs.find(db, ticket.job_id)
    assert greeted == ["Sari"]
    assert job is not None
    assert (job.state, job.outcome) == (jobs.State.DONE, {"greeted": 1})
