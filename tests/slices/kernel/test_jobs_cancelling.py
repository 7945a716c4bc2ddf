"""What a request to stop a job promises, and which jobs may be tried again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.errors import Refused
from hub.kernel.jobs.settle import settle
from tests.servers import Pause
from tests.slices.kernel.job_desk import GREET, answering, ask, claim, find

PATIENCE = 10.0
BLOCKED = sa.text("SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0")


def test_a_cancel_that_meets_the_end_of_a_run_is_not_lost(postgres_url: str) -> None:
    database = Database(postgres_url)
    asked = ask(database, GREET)
    running = claim(database, GREET)

    with ThreadPoolExecutor(1) as person:
        with database.writing() as db:
            settle(db, running, jobs.Again())
            answer = person.submit(_cancel, database, asked)
            _until_blocked(database)
        assert answer.result(PATIENCE).state is jobs.State.CANCELLED

    assert find(database, asked).state is jobs.State.CANCELLED
    database.dispose()


def test_a_job_that_has_ended_is_not_cancelled_any_more(database: Database) -> None:
    asked = ask(database, GREET)
    answering(database, jobs.Done()).run_lane("urgent")

    answer = _cancel(database, asked)

    assert (answer.state, answer.cancel_requested) == ("done", False)


def test_a_finished_job_is_not_tried_again(database: Database) -> None:
    asked = ask(database, GREET)
    answering(database, jobs.Done()).run_lane("urgent")

    with pytest.raises(Refused) as refused, database.writing() as db:
        jobs.retry(db, asked, {})

    assert refused.value.code == "job_done"
    assert jobs.claim_next(database, "urgent") is None


def test_a_job_tells_its_state_by_the_member_it_is_compared_with(database: Database) -> None:
    asked = ask(database, GREET)

    answering(database, jobs.Done()).run_lane("urgent")

    assert find(database, asked).state is jobs.State.DONE


def _cancel(database: Database, job_id: str) -> jobs.Job:
    with database.writing() as db:
        return jobs.cancel(db, job_id)


def _until_blocked(database: Database) -> None:
    pause = Pause(PATIENCE)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        while not watcher.execute(BLOCKED).scalar_one():
            pause.briefly()
