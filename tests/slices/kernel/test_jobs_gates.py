"""What holds work back or spreads it: gates, caps, schedules and lanes; and what is shown of it."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs.errors import ActionRequired

from hub.kernel import gate, jobs
from hub.kernel.db import Database
from hub.kernel.errors import Invalid
from hub.kernel.jobs.lanes import Lanes
from hub.kernel.jobs.settle import LONGEST_WAIT, back_off
from hub.kernel.jobs.tables import job as rows
from tests.slices.kernel.job_desk import GREET, answering, ask, claim, find, pausing, raising


def test_a_cap_lets_so_many_jobs_run_and_lowering_it_waits_for_those_that_do(database: Database) -> None:
    with database.writing() as db:
        gate.ensure(db, "credentials:x", cap=2)
        gate.join(db, "A", ["credentials:x"])
        for key in "1234":
            jobs.enqueue(db, GREET, account_id="A", key=key)
    first, second = claim(database, GREET), claim(database, GREET)
    assert jobs.claim_next(database, "urgent") is None

    with database.writing() as db:
        gate.ensure(db, "credentials:x", cap=1)
    runner = answering(database, jobs.Done())
    runner.run(first)
    jobs.sweep(database)

    assert jobs.claim_next(database, "urgent") is None
    runner.run(second)
    jobs.sweep(database)
    claim(database, GREET)
    assert jobs.claim_next(database, "urgent") is None


@pytest.mark.parametrize("due", [3, 200], ids=["a few due rows", "more due rows than one look sees"])
def test_a_paused_account_holds_nobody_else_up(database: Database, due: int) -> None:
    with database.writing() as db:
        gate.pause(db, "account:A")
        gate.join(db, "A", ["account:A"])
        for key in range(due):
            jobs.enqueue(db, GREET, account_id="A", key=str(key))
    ask(database, GREET, account_id="B")

    assert claim(database, GREET).account_id == "B"
    assert jobs.claim_next(database, "urgent") is None
    with database.writing() as db:
        gate.resume(db, "account:A")
    assert claim(database, GREET).account_id == "A"


def test_a_gate_held_until_an_instant_opens_by_itself_and_is_never_shortened(database: Database) -> None:
    with database.writing() as db:
        gate.join(db, "A", ["account:A"])
        gate.hold_until(db, "account:A", database.clock.now() + timedelta(seconds=60))
        gate.hold_until(db, "account:A", database.clock.now() + timedelta(seconds=5))
    ask(database, GREET, account_id="A")

    database.clock.offset += timedelta(seconds=30)
    assert jobs.claim_next(database, "urgent") is None
    database.clock.offset += timedelta(seconds=31)
    assert claim(database, GREET).account_id == "A"


def test_troubles_are_told_in_the_transaction_that_settles(database: Database) -> None:
    with database.writing() as db:
        gate.join(db, "A", ["account:A"])
        jobs.enqueue(db, GREET, account_id="A", key="1")
        jobs.enqueue(db, GREET, account_id="A", key="2")
    handlers = {GREET: raising(ActionRequired("consent ended"))}
    runtime = jobs.Runtime(database=database, handlers=handlers, troubles=pausing)

    assert jobs.Runner(runtime).run_lane("urgent") == 1


def test_a_schedule_catches_up_once_and_moves_on(database: Database) -> None:
    with database.writing() as db:
        jobs.every(db, GREET, rule="0 * * * *", zone="Asia/Jakarta", key="hourly")
    database.clock.offset += timedelta(hours=5)

    jobs.sweep(database)
    jobs.sweep(database)

    assert answering(database, jobs.Done()).run_lane("urgent") == 1


@pytest.mark.parametrize(
    ("rule", "zone"),
    [
        pytest.param("every day", "UTC", id="no rule"),
        pytest.param("0 0 30 2 *", "UTC", id="a rule that never comes"),
        pytest.param("0 * * * *", "Asia/Jakartaa", id="no zone"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused(database: Database, rule: str, zone: str) -> None:
    with pytest.raises(Invalid), database.writing() as db:
        jobs.every(db, GREET, rule=rule, zone=zone)


def test_a_job_without_a_handler_here_is_put_back_for_others(database: Database) -> None:
    asked = ask(database, GREET)

    jobs.Runner(jobs.Runtime(database=database, handlers={})).run_lane("urgent")

    job = find(database, asked)
    assert (job.state, job.attempts) == ("waiting", 0)
    assert job.error is not None
    assert job.error.code == "no_handler"


def test_a_merchant_pages_through_its_jobs_newest_first(database: Database) -> None:
    with database.writing() as db:
        for key in "123":
            jobs.enqueue(db, GREET, merchant_id="m", key=key)
        jobs.enqueue(db, GREET, merchant_id="other")

    with database.reading() as db:
        page = jobs.listing(db, "m", limit=2)
        rest = jobs.listing(db, "m", limit=2, before=page[-1].id)

    assert [job.key for job in page + rest] == ["3", "2", "1"]


def test_a_thousand_requests_are_written_by_one_statement_or_two(database: Database) -> None:
    statements: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda c, cursor, text, *rest: statements.append(text))

    with database.writing() as db:
        for key in range(1000):
            jobs.enqueue(db, GREET, key=str(key))

    assert sum(text.startswith("INSERT") for text in statements) <= 2
    with database.reading() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(rows)).scalar() == 1000


def test_bulk_work_leaves_threads_for_what_is_urgent() -> None:
    at_work, finish = threading.Semaphore(0), threading.Event()
    began: list[str] = []

    def run_lane(lane: str) -> int:
        began.append(lane)
        at_work.release()
        if lane == "bulk":
            finish.wait(10)
        return 1

    lanes = Lanes(run_lane, threads=4)
    threads = [threading.Thread(target=lanes.wake, args=("bulk",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        at_work.acquire(timeout=10)
    lanes.wake("urgent")

    assert sorted(began) == ["bulk", "bulk", "bulk", "urgent"]
    finish.set()
    for thread in threads:
        thread.join(10)


@pytest.mark.parametrize("failures", [0, 1, 5, 12, 1000])
def test_waits_double_with_full_jitter_up_to_a_limit(failures: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.kernel.jobs.settle.random", random.Random(failures))
    most = min(LONGEST_WAIT, timedelta(seconds=2) * 2 ** min(failures, 20))

    waits = [back_off(failures, LONGEST_WAIT) for _ in range(200)]

    assert all(timedelta(0) <= wait <= most for wait in waits)
    assert max(waits) > most / 2 > min(waits)
