"""What the engine promises to a slice: when work begins, how a run ends, and what a person may ask."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs.errors import ActionRequired, RateLimited, Rejected, Temporary, UnknownOutcome

from hub.kernel import gate, jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import HubError, Invalid, Refused
from hub.kernel.jobs.lanes import Lanes
from hub.kernel.jobs.settle import LONGEST_WAIT, back_off
from hub.kernel.jobs.tables import job as rows
from hub.settings import Settings
from hub.worker import run_embedded

GREET = jobs.JobKind("test.greet", lane="urgent", max_attempts=3)
PUSH = jobs.JobKind("test.push", can_be_unknown=True)
LANES = {GREET: "urgent", PUSH: "bulk"}


def test_work_asked_for_in_a_transaction_starts_when_it_is_committed(database: Database) -> None:
    greeted = threading.Event()
    runtime = jobs.Runtime(database=database, handlers={GREET: lambda job: _note(greeted, job.payload["name"])})

    with run_embedded(runtime, Settings(threads=2)):
        with database.writing() as db:
            ticket = jobs.enqueue(db, GREET, key="sari", payload={"name": "Sari"})
        assert greeted.wait(10)

    job = _find(database, ticket.job_id)
    assert (job.state, job.outcome) == ("done", "Sari")


def test_work_asked_for_in_a_transaction_that_is_undone_never_starts(database: Database) -> None:
    with pytest.raises(HubError):
        _ask_and_undo(database)

    assert jobs.claim_next(database, "urgent") is None


def test_two_requests_for_the_same_work_are_one_job_while_it_is_ready(database: Database) -> None:
    first, second = _ask(database, GREET, key="a"), _ask(database, GREET, key="a")

    assert first == second


def test_a_request_during_a_run_is_a_job_of_its_own_that_begins_when_the_run_has_ended(database: Database) -> None:
    first = _ask(database, GREET)
    running = _claim(database, GREET)

    second = _ask(database, GREET)

    assert second != first
    assert jobs.claim_next(database, "urgent") is None
    _runner(database, jobs.Done()).run(running)
    assert _claim(database, GREET).id == second


def test_a_request_in_one_transaction_keeps_the_earliest_time(database: Database) -> None:
    later = database.clock.now() + timedelta(hours=1)
    with database.writing() as db:
        ticket = jobs.enqueue(db, GREET, run_at=later)
        assert jobs.enqueue(db, GREET, run_at=later - timedelta(minutes=5)) is ticket

    assert _find(database, ticket.job_id).run_at == later - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("answer", "state", "attempts"),
    [
        pytest.param(jobs.Done({"n": 1}), "done", 0, id="done"),
        pytest.param(jobs.Failed("no such shop"), "failed", 0, id="failed"),
        pytest.param(jobs.Cancelled(), "cancelled", 0, id="cancelled"),
        pytest.param(jobs.Again(after=timedelta(hours=1)), "waiting", 0, id="to go on later"),
        pytest.param(Temporary("busy"), "waiting", 1, id="a temporary error"),
        pytest.param(RateLimited("slow down"), "waiting", 1, id="a rate limit"),
        pytest.param(ActionRequired("consent ended"), "waiting", 0, id="something a person must do"),
        pytest.param(Rejected("unknown SKU"), "failed", 0, id="the channel's no"),
        pytest.param(HubError("refused"), "failed", 0, id="the hub's no"),
        pytest.param(UnknownOutcome("no answer"), "unknown", 1, id="an unknown outcome"),
        pytest.param(ValueError("a bug"), "dead", 0, id="a bug"),
        pytest.param(SystemExit(0), "dead", 0, id="a plugin that wants to leave"),
        pytest.param(RecursionError(), "dead", 0, id="a plugin without a bottom"),
        pytest.param(sa.exc.OperationalError("", {}, Exception()), "waiting", 1, id="a database that went away"),
        pytest.param(jobs.Done(object()), "dead", 0, id="an outcome that is no JSON"),
    ],
)
def test_a_run_ends_by_what_its_handler_answers_or_raises(
    database: Database, answer: jobs.Settled | BaseException, state: str, attempts: int
) -> None:
    asked = _ask(database, GREET)

    _runner(database, answer).run_lane("urgent")

    job = _find(database, asked)
    assert (job.state, job.attempts) == (state, attempts)


def test_a_database_that_went_away_during_a_call_leaves_its_outcome_unknown(database: Database) -> None:
    asked = _ask(database, PUSH)

    _runner(database, sa.exc.OperationalError("", {}, Exception())).run_lane("bulk")

    assert _find(database, asked).state == "unknown"


def test_a_job_is_dead_after_its_last_attempt_and_says_why(database: Database) -> None:
    asked = _ask(database, GREET)
    runner = _runner(database, Temporary("busy", code="maintenance"))

    for _ in range(GREET.max_attempts):
        database.clock.offset += LONGEST_WAIT
        runner.run_lane("urgent")

    job = _find(database, asked)
    assert (job.state, job.error) == ("dead", jobs.Trouble("Temporary", "busy", "maintenance"))
    with database.reading() as db:
        assert "Temporary: busy" in jobs.traceback_of(db, asked)


def test_a_step_resets_what_went_wrong_before(database: Database) -> None:
    asked = _ask(database, GREET)
    _runner(database, Temporary("busy")).run_lane("urgent")
    database.clock.offset += LONGEST_WAIT
    running = _claim(database, GREET)

    with database.writing() as db:
        advanced = jobs.advance(db, running, progress={"pages": 3}, resume="cursor")

    assert (running.attempts, advanced.attempts) == (1, 0)
    job = _find(database, asked)
    assert (job.progress, job.resume, job.attempts) == ({"pages": 3}, "cursor", 0)


def test_who_lost_the_lease_writes_nothing_more(database: Database) -> None:
    asked = _ask(database, GREET)
    frozen = _claim(database, GREET)
    database.clock.offset += timedelta(seconds=31)
    jobs.sweep(database)
    taken_over = _claim(database, GREET)

    with pytest.raises(jobs.LeaseLost), database.writing() as db:
        jobs.advance(db, frozen, progress="stale")
    assert _runner(database, jobs.Done("stale")).run(frozen) is None

    job = _find(database, asked)
    assert (job.state, job.progress, job.outcome) == ("running", None, None)
    assert (job.lease_token, job.rescues) == (taken_over.lease_token, 1)


def test_a_lost_call_is_read_back_and_not_sent_again(database: Database) -> None:
    asked = _ask(database, PUSH)
    _claim(database, PUSH)
    database.clock.offset += timedelta(seconds=31)

    jobs.sweep(database)

    assert _find(database, asked).state == "unknown"
    again = _claim(database, PUSH)
    assert again.unknown
    with database.writing() as db:
        assert not jobs.advance(db, again).unknown


def test_an_unknown_outcome_never_dies_by_itself_and_a_person_may_end_it(database: Database) -> None:
    asked = _ask(database, PUSH)
    runner = _runner(database, UnknownOutcome("no answer"))
    for _ in range(3 * PUSH.max_attempts):
        database.clock.offset += timedelta(hours=1)
        runner.run_lane("bulk")
    assert _find(database, asked).state == "unknown"

    with database.writing() as db:
        ended = jobs.conclude(db, asked, message="looked it up: it arrived")

    assert ended.state == "failed"


def test_a_request_to_stop_reaches_a_run_before_its_next_call_but_keeps_its_step(database: Database) -> None:
    asked = _ask(database, GREET)
    running = _claim(database, GREET)
    with database.writing() as db:
        jobs.cancel(db, asked)

    with database.writing() as db:
        advanced = jobs.advance(db, running, progress=1)

    assert advanced.cancel_requested
    with pytest.raises(jobs.CancelRequested), database.writing() as db:
        jobs.hold(db, advanced)
    _runner(database, jobs.Again()).run(advanced)
    assert (_find(database, asked).state, _find(database, asked).progress) == ("cancelled", 1)


def test_an_unknown_job_is_cancelled_only_after_its_read_back(database: Database) -> None:
    asked = _ask(database, PUSH)
    _runner(database, UnknownOutcome("no answer")).run_lane("bulk")
    with database.writing() as db:
        assert jobs.cancel(db, asked).state == "unknown"
    database.clock.offset += timedelta(hours=1)
    doubtful = _claim(database, PUSH)

    with database.writing() as db:
        jobs.hold(db, doubtful)
        known = jobs.advance(db, doubtful)

    with pytest.raises(jobs.CancelRequested), database.writing() as db:
        jobs.hold(db, known)


def test_a_retry_is_a_new_job_that_goes_on_where_the_old_one_stood(database: Database) -> None:
    asked = _ask(database, GREET, payload={"name": "Sari"})
    running = _claim(database, GREET)
    with database.writing() as db:
        running = jobs.advance(db, running, progress={"pages": 3}, resume="page 4")
    with pytest.raises(Refused), database.writing() as db:
        jobs.retry(db, asked)
    _runner(database, Rejected("no")).run(running)

    with database.writing() as db:
        ticket = jobs.retry(db, asked)

    again = _find(database, ticket.job_id)
    assert ticket.job_id != asked
    assert (again.payload, again.progress, again.resume) == ({"name": "Sari"}, {"pages": 3}, "page 4")
    assert _find(database, asked).state == "failed"


def test_a_cap_lets_so_many_jobs_run_and_lowering_it_waits_for_those_that_do(database: Database) -> None:
    with database.writing() as db:
        gate.ensure(db, "credentials:x", cap=2)
        gate.join(db, "A", ["credentials:x"])
        for key in "1234":
            jobs.enqueue(db, GREET, account_id="A", key=key)
    first, second = _claim(database, GREET), _claim(database, GREET)
    assert jobs.claim_next(database, "urgent") is None

    with database.writing() as db:
        gate.ensure(db, "credentials:x", cap=1)
    runner = _runner(database, jobs.Done())
    runner.run(first)
    jobs.sweep(database)

    assert jobs.claim_next(database, "urgent") is None
    runner.run(second)
    jobs.sweep(database)
    _claim(database, GREET)
    assert jobs.claim_next(database, "urgent") is None


@pytest.mark.parametrize("due", [3, 200], ids=["a few due rows", "more due rows than one look sees"])
def test_a_paused_account_holds_nobody_else_up(database: Database, due: int) -> None:
    with database.writing() as db:
        gate.pause(db, "account:A")
        gate.join(db, "A", ["account:A"])
        for key in range(due):
            jobs.enqueue(db, GREET, account_id="A", key=str(key))
    _ask(database, GREET, account_id="B")

    assert _claim(database, GREET).account_id == "B"
    assert jobs.claim_next(database, "urgent") is None
    with database.writing() as db:
        gate.resume(db, "account:A")
    assert _claim(database, GREET).account_id == "A"


def test_a_gate_held_until_an_instant_opens_by_itself_and_is_never_shortened(database: Database) -> None:
    with database.writing() as db:
        gate.join(db, "A", ["account:A"])
        gate.hold_until(db, "account:A", database.clock.now() + timedelta(seconds=60))
        gate.hold_until(db, "account:A", database.clock.now() + timedelta(seconds=5))
    _ask(database, GREET, account_id="A")

    database.clock.offset += timedelta(seconds=30)
    assert jobs.claim_next(database, "urgent") is None
    database.clock.offset += timedelta(seconds=31)
    assert _claim(database, GREET).account_id == "A"


def test_troubles_are_told_in_the_transaction_that_settles(database: Database) -> None:
    with database.writing() as db:
        gate.join(db, "A", ["account:A"])
        jobs.enqueue(db, GREET, account_id="A", key="1")
        jobs.enqueue(db, GREET, account_id="A", key="2")
    handlers = {GREET: _raising(ActionRequired("consent ended"))}
    runtime = jobs.Runtime(database=database, handlers=handlers, troubles=_pausing)

    assert jobs.Runner(runtime).run_lane("urgent") == 1


def test_a_schedule_catches_up_once_and_moves_on(database: Database) -> None:
    with database.writing() as db:
        jobs.every(db, GREET, rule="0 * * * *", zone="Asia/Jakarta", key="hourly")
    database.clock.offset += timedelta(hours=5)

    jobs.sweep(database)
    jobs.sweep(database)

    assert _runner(database, jobs.Done()).run_lane("urgent") == 1


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
    asked = _ask(database, GREET)

    jobs.Runner(jobs.Runtime(database=database, handlers={})).run_lane("urgent")

    job = _find(database, asked)
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
def test_waits_double_with_full_jitter_up_to_a_limit(failures: int) -> None:
    most = min(LONGEST_WAIT, timedelta(seconds=2) * 2 ** min(failures, 20))

    waits = [back_off(failures, LONGEST_WAIT) for _ in range(200)]

    assert all(timedelta(0) <= wait <= most for wait in waits)
    assert max(waits) > most / 2 > min(waits)


def _ask(database: Database, kind: jobs.JobKind, *, account_id: str = "", key: str = "", payload: object = None) -> str:
    with database.writing() as db:
        ticket = jobs.enqueue(db, kind, account_id=account_id, key=key, payload=payload)
    return ticket.job_id


def _claim(database: Database, kind: jobs.JobKind) -> jobs.Job:
    job = jobs.claim_next(database, LANES[kind])
    assert job is not None
    return job


def _find(database: Database, job_id: str) -> jobs.Job:
    with database.reading() as db:
        job = jobs.find(db, job_id)
    assert job is not None
    return job


def _runner(database: Database, answer: jobs.Settled | BaseException) -> jobs.Runner:
    handler = _raising(answer) if isinstance(answer, BaseException) else lambda job: answer
    return jobs.Runner(jobs.Runtime(database=database, handlers={GREET: handler, PUSH: handler}))


def _ask_and_undo(database: Database) -> None:
    with database.writing() as db:
        jobs.enqueue(db, GREET)
        raise HubError("changed my mind")


def _pausing(db: Transaction, job: jobs.Job, error: Exception) -> None:
    gate.pause(db, f"account:{job.account_id}")


def _raising(error: BaseException) -> Callable[[jobs.Job], jobs.Settled]:
    def handler(job: jobs.Job) -> jobs.Settled:
        raise error

    return handler


def _note(greeted: threading.Event, name: str) -> jobs.Settled:
    greeted.set()
    return jobs.Done(name)
