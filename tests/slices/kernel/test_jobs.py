"""What the engine promises to a slice: when work begins, how a run ends, and what a person may ask."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest
import sqlalchemy as sa
from hub_hookspecs.errors import ActionRequired, RateLimited, Rejected, Temporary, UnknownOutcome

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.errors import HubError, Refused
from hub.kernel.jobs.settle import AWAY, LONGEST_WAIT, REFUSED
from hub.settings import Settings
from hub.worker import run_embedded
from tests.slices.kernel.job_desk import GREET, PUSH, answering, ask, ask_and_undo, claim, find, note


def test_work_asked_for_in_a_transaction_starts_when_it_is_committed(database: Database) -> None:
    greeted = threading.Event()
    runtime = jobs.Runtime(database=database, handlers={GREET: lambda job: note(greeted, job.payload["name"])})

    with run_embedded(runtime, Settings(threads=2)):
        with database.writing() as db:
            ticket = jobs.enqueue(db, GREET, key="sari", payload={"name": "Sari"})
        assert greeted.wait(10)

    job = find(database, ticket.job_id)
    assert (job.state, job.outcome) == ("done", "Sari")


def test_work_asked_for_in_a_transaction_that_is_undone_never_starts(database: Database) -> None:
    with pytest.raises(HubError):
        ask_and_undo(database)

    assert jobs.claim_next(database, "urgent") is None


def test_two_requests_for_the_same_work_are_one_job_while_it_is_ready(database: Database) -> None:
    first, second = ask(database, GREET, key="a"), ask(database, GREET, key="a")

    assert first == second


def test_a_request_during_a_run_is_a_job_of_its_own_that_begins_when_the_run_has_ended(database: Database) -> None:
    first = ask(database, GREET)
    running = claim(database, GREET)

    second = ask(database, GREET)

    assert second != first
    assert jobs.claim_next(database, "urgent") is None
    answering(database, jobs.Done()).run(running)
    assert claim(database, GREET).id == second


def test_a_request_in_one_transaction_keeps_the_earliest_time(database: Database) -> None:
    later = database.clock.now() + timedelta(hours=1)
    with database.writing() as db:
        ticket = jobs.enqueue(db, GREET, run_at=later)
        assert jobs.enqueue(db, GREET, run_at=later - timedelta(minutes=5)) is ticket

    assert find(database, ticket.job_id).run_at == later - timedelta(minutes=5)


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
        pytest.param(
            sa.exc.OperationalError("", {}, psycopg.errors.ProgramLimitExceeded()),
            "dead",
            0,
            id="a row that no index bears",
        ),
        pytest.param(jobs.Done(object()), "dead", 0, id="an outcome that is no JSON"),
    ],
)
def test_a_run_ends_by_what_its_handler_answers_or_raises(
    database: Database, answer: jobs.Settled | BaseException, state: str, attempts: int
) -> None:
    asked = ask(database, GREET)

    answering(database, answer).run_lane("urgent")

    job = find(database, asked)
    assert (job.state, job.attempts) == (state, attempts)


def test_a_database_that_went_away_during_a_call_leaves_its_outcome_unknown(database: Database) -> None:
    asked = ask(database, PUSH)

    answering(database, sa.exc.OperationalError("", {}, Exception())).run_lane("bulk")

    assert find(database, asked).state == "unknown"


def test_a_job_is_dead_after_its_last_attempt_and_says_why(database: Database) -> None:
    asked = ask(database, GREET)
    runner = answering(database, Temporary("busy", code="maintenance"))

    for _ in range(GREET.max_attempts):
        database.clock.offset += LONGEST_WAIT
        runner.run_lane("urgent")

    job = find(database, asked)
    assert (job.state, job.error) == ("dead", jobs.Trouble("Temporary", "busy", "maintenance"))
    with database.reading() as db:
        assert "Temporary: busy" in jobs.traceback_of(db, asked)


def test_a_statement_that_the_database_refuses_is_told_in_plain_words(database: Database) -> None:
    asked = ask(database, GREET)

    def breaks(job: jobs.Job) -> jobs.Settled:
        with database.writing() as db:
            db.execute(sa.text("INSERT INTO job (id, kind) VALUES (:id, 'test.greet')"), {"id": "a-value"})
        return jobs.Done()

    jobs.Runner(jobs.Runtime(database=database, handlers={GREET: breaks})).run_lane("urgent")

    job = find(database, asked)
    assert job.state == "dead"
    assert job.error == jobs.Trouble("IntegrityError", REFUSED, "database")
    with database.reading() as db:
        kept = jobs.traceback_of(db, asked)
    assert "INSERT INTO job (id, kind)" in kept
    assert "a-value" not in job.error.message


def test_a_database_that_is_away_is_told_as_that(database: Database) -> None:
    asked = ask(database, GREET)

    answering(database, sa.exc.TimeoutError("QueuePool limit of size 16 overflow 8 reached")).run_lane("urgent")

    assert find(database, asked).error == jobs.Trouble("TimeoutError", AWAY, "database")


def test_what_looks_like_a_secret_is_in_no_text_that_a_job_keeps(database: Database) -> None:
    asked = ask(database, GREET)
    secret = "-".join(("sesame", "open"))

    answering(database, ValueError({"access_token": secret}, f"?api-key={secret}")).run_lane("urgent")

    with database.reading() as db:
        kept = jobs.traceback_of(db, asked)
    assert "ValueError: ({'access_token'" in kept
    assert "\n  File " in kept, "a traceback keeps its lines"
    assert secret not in f"{kept} {find(database, asked).error}"


def test_a_step_resets_what_went_wrong_before(database: Database) -> None:
    asked = ask(database, GREET)
    answering(database, Temporary("busy")).run_lane("urgent")
    database.clock.offset += LONGEST_WAIT
    running = claim(database, GREET)

    with database.writing() as db:
        advanced = jobs.advance(db, running, progress={"pages": 3}, resume="cursor")

    assert (running.attempts, advanced.attempts) == (1, 0)
    job = find(database, asked)
    assert (job.progress, job.resume, job.attempts) == ({"pages": 3}, "cursor", 0)


def test_a_run_that_would_begin_anew_tells_how_far_it_is_and_is_not_repeated_for_ever(database: Database) -> None:
    asked = ask(database, GREET)

    for pages in range(3):
        running = claim(database, GREET)
        with database.writing() as db:
            assert jobs.report(db, running, progress={"pages": pages}).rescues == pages
        database.clock.offset += timedelta(seconds=31)
        jobs.sweep(database)

    job = find(database, asked)
    assert (job.state, job.progress, job.rescues) == ("dead", {"pages": 2}, 3)


def test_who_lost_the_lease_writes_nothing_more(database: Database) -> None:
    asked = ask(database, GREET)
    frozen = claim(database, GREET)
    database.clock.offset += timedelta(seconds=31)
    jobs.sweep(database)
    taken_over = claim(database, GREET)

    with pytest.raises(jobs.LeaseLost), database.writing() as db:
        jobs.advance(db, frozen, progress="stale")
    assert answering(database, jobs.Done("stale")).run(frozen) is None

    job = find(database, asked)
    assert (job.state, job.progress, job.outcome) == ("running", None, None)
    assert (job.lease_token, job.rescues) == (taken_over.lease_token, 1)


def test_a_lost_call_is_read_back_and_not_sent_again(database: Database) -> None:
    asked = ask(database, PUSH)
    claim(database, PUSH)
    database.clock.offset += timedelta(seconds=31)

    jobs.sweep(database)

    assert find(database, asked).state == "unknown"
    again = claim(database, PUSH)
    assert again.unknown
    with database.writing() as db:
        assert not jobs.advance(db, again).unknown


def test_an_unknown_outcome_never_dies_by_itself_and_a_person_may_end_it(database: Database) -> None:
    asked = ask(database, PUSH)
    runner = answering(database, UnknownOutcome("no answer"))
    for _ in range(3 * PUSH.max_attempts):
        database.clock.offset += timedelta(hours=1)
        runner.run_lane("bulk")
    assert find(database, asked).state == "unknown"

    with database.writing() as db:
        ended = jobs.conclude(db, asked, message="looked it up: it arrived")

    assert ended.state == "failed"


def test_a_request_to_stop_reaches_a_run_before_its_next_call_but_keeps_its_step(database: Database) -> None:
    asked = ask(database, GREET)
    running = claim(database, GREET)
    with database.writing() as db:
        jobs.cancel(db, asked)

    with database.writing() as db:
        advanced = jobs.advance(db, running, progress=1)

    assert advanced.cancel_requested
    with pytest.raises(jobs.CancelRequested), database.writing() as db:
        jobs.hold(db, advanced)
    answering(database, jobs.Again()).run(advanced)
    assert (find(database, asked).state, find(database, asked).progress) == ("cancelled", 1)


def test_an_unknown_job_is_cancelled_only_after_its_read_back(database: Database) -> None:
    asked = ask(database, PUSH)
    answering(database, UnknownOutcome("no answer")).run_lane("bulk")
    with database.writing() as db:
        assert jobs.cancel(db, asked).state == "unknown"
    database.clock.offset += timedelta(hours=1)
    doubtful = claim(database, PUSH)

    with database.writing() as db:
        jobs.hold(db, doubtful)
        known = jobs.advance(db, doubtful)

    with pytest.raises(jobs.CancelRequested), database.writing() as db:
        jobs.hold(db, known)


def test_a_retry_is_a_new_job_that_goes_on_where_the_old_one_stood(database: Database) -> None:
    asked = ask(database, GREET, payload={"name": "Sari"})
    running = claim(database, GREET)
    with database.writing() as db:
        running = jobs.advance(db, running, progress={"pages": 3}, resume="page 4")
    with pytest.raises(Refused), database.writing() as db:
        jobs.retry(db, asked, {})
    answering(database, Rejected("no")).run(running)

    with database.writing() as db:
        ticket = jobs.retry(db, asked, {})

    again = find(database, ticket.job_id)
    assert ticket.job_id != asked
    assert (again.payload, again.progress, again.resume) == ({"name": "Sari"}, {"pages": 3}, "page 4")
    assert find(database, asked).state == "failed"
