"""What the sweep promises: lost jobs are found whatever else goes wrong, and what is past its time goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from hub.kernel import jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.jobs import schedules
from hub.kernel.jobs.rescue import rescue
from hub.kernel.jobs.sweep import KEEP
from hub.settings import Settings
from hub.worker import run_embedded
from tests.servers import Pause
from tests.slices.kernel.job_desk import GREET, PUSH, ask, claim, find

PATIENCE = 10.0
SETTINGS = Settings(threads=1, sweep=0.05)
LOST = timedelta(seconds=31)
MANY = 40


def test_a_lost_job_is_found_though_a_schedule_cannot_be_read(database: Database) -> None:
    asked = _lost(database)
    _spoil_a_schedule(database)
    before = _failures("tick")

    with run_embedded(_runtime(database), SETTINGS):
        _until(lambda: find(database, asked).state == "done")
        _until(lambda: _failures("tick") > before + 1)

    assert find(database, asked).rescues == 1


def test_a_caretaker_works_until_nothing_is_left_and_another_that_fails_does_not_keep_it_from_it(
    database: Database,
) -> None:
    left, before, tidy = [2, 1, 0], _failures("broken"), threading.Event()

    def tidy_up(db: Transaction) -> int:
        done = left.pop(0)
        if not done:
            tidy.set()
        return done

    caretakers = {"broken": lambda db: 1 // 0, "tidy": tidy_up}
    with run_embedded(jobs.Runtime(database=database, handlers={}, caretakers=caretakers), SETTINGS):
        assert tidy.wait(PATIENCE)

    assert (left, _failures("broken")) == ([], before + 1)


@pytest.mark.parametrize(
    ("kind", "cancelled", "state"),
    [
        pytest.param(GREET, False, "waiting", id="to begin again"),
        pytest.param(PUSH, False, "unknown", id="to be read back"),
        pytest.param(GREET, True, "cancelled", id="stopped as it was asked to be"),
    ],
)
def test_a_rescue_leaves_a_job_as_its_kind_allows(
    database: Database, kind: jobs.JobKind, cancelled: bool, state: str
) -> None:
    asked = _lost(database, kind=kind)
    if cancelled:
        with database.writing() as db:
            jobs.cancel(db, asked)

    jobs.sweep(database)

    job = find(database, asked)
    assert (job.state, job.rescues, job.lease_token, job.lease_until) == (state, 1, "", None)
    assert (job.error and job.error.code, job.finished_at is None) == ("rescued", state != "cancelled")


def test_lost_jobs_are_freed_together_and_not_one_by_one(database: Database) -> None:
    for number in range(MANY):
        ask(database, GREET, key=str(number))
        claim(database, GREET)
    database.clock.offset += LOST

    with database.writing() as db, _counted(database) as statements:
        freed = rescue(db)

    assert (freed, len(statements) < 6) == (MANY, True)


def test_schedules_move_on_together_and_not_one_by_one(database: Database) -> None:
    with database.writing() as db:
        for number in range(MANY):
            jobs.every(db, GREET, key=str(number), rule="* * * * *")
    database.clock.offset += timedelta(minutes=2)

    with database.writing() as db, _counted(database) as statements:
        due = schedules.tick(db)
        again = schedules.tick(db)

    assert (due, again, len(statements) < 8) == (MANY, 0, True)


def test_jobs_that_ended_long_ago_are_forgotten(database: Database) -> None:
    asked = ask(database, GREET)
    with database.writing() as db:
        jobs.cancel(db, asked)
    database.clock.offset += KEEP + timedelta(hours=1)

    jobs.sweep(database)

    with database.reading() as db:
        assert jobs.find(db, asked) is None


def _runtime(database: Database) -> jobs.Runtime:
    return jobs.Runtime(database=database, handlers={GREET: lambda job: jobs.Done()})


def _lost(database: Database, *, kind: jobs.JobKind = GREET) -> str:
    """A job whose worker is gone and whose lease has expired."""
    asked = ask(database, kind)
    claim(database, kind)
    database.clock.offset += LOST
    return asked


def _spoil_a_schedule(database: Database) -> None:
    with database.writing() as db:
        jobs.every(db, GREET, key="spoilt", rule="* * * * *")
        db.execute(sa.text("UPDATE schedule SET payload = 'no JSON', next_at = 0"))


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    """The statements of the block, a batch of the driver counted as one."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)


def _failures(step: str) -> float:
    return REGISTRY.get_sample_value("hub_sweep_failures_total", {"step": step}) or 0.0


def _until(true: Callable[[], bool]) -> None:
    pause = Pause(PATIENCE)
    while not true():
        pause.briefly()
