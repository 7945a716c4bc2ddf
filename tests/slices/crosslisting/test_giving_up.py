"""Every cross-listing ends and tells people, whatever becomes of its jobs or its account."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

import pytest
from hub_hookspecs import Product, Temporary

from hub.channels.service import closing
from hub.kernel import jobs
from hub.kernel.events import CLI
from tests.plugins.stall import Stall
from tests.slices.crosslisting.conftest import Market
from tests.slices.crosslisting.steps import Seller, lost_after, raising, waiting

MAY_BE_THERE = "it may be listed all the same: import the account's listings before you list it again"


def cancels(market: Market, kind: str) -> None:
    """A person stops every job of this kind that has not ended."""
    for job in market.jobs(f"crosslisting.{kind}"):
        if job.state not in jobs.FINISHED:
            with market.database.writing() as db:
                jobs.cancel(db, job.id)


def closes(market: Market) -> None:
    channels, account_id = market.runtime.channels, market.accounts["counter"]
    closing.prepare_closing(channels, market.merchant_id, account_id, actor=CLI)
    with market.database.writing() as db:
        closing.close(channels, db, market.merchant_id, account_id, actor=CLI)


def concludes(market: Market) -> None:
    with market.database.writing() as db:
        jobs.conclude(db, market.pushing().id, message="looked at it")


def reaches(market: Market, stage: str) -> str:
    """A cross-listing of two products whose next job is of this kind, and ready."""
    run_id = market.begins(*market.makes("TEE-S", "TEE-M"))
    if stage == "draft":
        return run_id
    market.works("default")
    market.hands_in(run_id, market.fills(run_id))
    if stage == "check":
        return run_id
    market.works_but(f"crosslisting.{stage}")
    return run_id


@pytest.mark.parametrize(
    ("stage", "state", "rows", "notice"),
    [
        ("draft", "failed", {}, "No workbook could be made"),
        ("check", "ready", {}, "cannot be used"),
        ("push", "done", {"failed": 2}, "0 of 2 rows listed"),
        ("finish", "done", {"done": 2}, "has ended"),
    ],
)
def test_a_cross_listing_whose_job_was_cancelled_ends_and_people_are_told(
    market: Market, stage: str, state: str, rows: dict[str, int], notice: str
) -> None:
    run_id = reaches(market, stage)

    cancels(market, stage)
    market.settles()
    market.is_looked_after()
    market.settles()

    assert (market.run(run_id).state, market.run(run_id).open_rows, market.outcomes(run_id)) == (state, 0, rows)
    assert notice in market.notices()[0].title


@pytest.mark.parametrize("stage", ["draft", "check", "push", "finish"])
def test_a_cross_listing_that_somebody_goes_on_with_is_left_alone(market: Market, stage: str) -> None:
    run_id = reaches(market, stage)
    before = market.run(run_id)

    market.is_looked_after()

    assert market.run(run_id) == before
    market.settles()
    assert market.run(run_id).state == ("ready" if stage == "draft" else "done")


def test_a_workbook_whose_check_was_cancelled_is_taken_again(market: Market, stall: Stall) -> None:
    run_id = reaches(market, "check")
    cancels(market, "check")
    market.is_looked_after()

    market.hands_in(run_id, market.fills(run_id))
    market.settles()

    assert (market.run(run_id).state, len(stall.shown)) == ("done", 2)


@pytest.mark.parametrize("ends", [concludes, lambda market: cancels(market, "push")], ids=["concluded", "cancelled"])
def test_what_was_with_the_channel_when_its_job_ended_may_be_there(market: Market, stall: Stall, ends: object) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", lost_after if ends is concludes else waiting(timedelta(minutes=1)))
    market.works()

    ends(market)  # type: ignore[operator]  # one of the two above
    market.is_looked_after()
    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, row.code, market.run(run_id).state) == ("failed", "job_ended", "done")
    assert row.reason == f"its job was cancelled or broke off before the channel had answered; {MAY_BE_THERE}"


def test_a_job_that_is_cancelled_while_it_runs_leaves_no_row_of_another_cross_listing_open(
    market: Market, stall: Stall
) -> None:
    def cancelled_and_down(stall: Stall, account: Seller, product: Product, resume: str) -> NoReturn:
        cancels(market, "push")
        raise Temporary("down")

    made = market.makes("TEE-M")
    both = [market.lists(*made) for _ in range(2)]
    stall.then("TEE-M", cancelled_and_down)

    market.settles()
    market.is_looked_after()
    market.settles()

    assert [(market.run(each).state, market.outcomes(each)) for each in both] == [("done", {"failed": 1})] * 2


def test_a_broken_plugin_fails_its_row_and_the_next_cross_listing_gets_its_own_try(
    market: Market, stall: Stall
) -> None:
    made = market.makes("TEE-M")
    both = [market.lists(*made) for _ in range(2)]
    stall.then("TEE-M", raising(ZeroDivisionError("oops")))

    market.settles()

    assert [(market.run(each).state, market.outcomes(each)) for each in both] == [
        ("done", {"failed": 1}), ("done", {"done": 1}),
    ]  # fmt: skip
    assert sorted(job.state for job in market.jobs("crosslisting.push")) == ["done", "failed"]


@pytest.mark.parametrize(
    ("stage", "state", "rows", "notice"),
    [
        ("draft", "cancelled", {}, "has ended"),
        ("check", "cancelled", {}, "has ended"),
        ("push", "done", {"failed": 2}, "0 of 2 rows listed"),
    ],
)
def test_closing_the_account_ends_what_is_under_way_there_at_once(
    market: Market, stall: Stall, stage: str, state: str, rows: dict[str, int], notice: str
) -> None:
    run_id = reaches(market, stage)

    closes(market)
    market.settles()

    assert (market.run(run_id).state, market.outcomes(run_id), stall.pushes) == (state, rows, [])
    assert notice in market.notices()[0].title


def test_what_was_in_doubt_when_its_account_was_closed_may_be_there(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-S", "TEE-M"))
    stall.then("TEE-S", lost_after)
    market.works("bulk")
    concludes(market)

    closes(market)
    market.settles()

    doubtful, listed = market.rows(run_id)
    assert (doubtful.state, doubtful.code, listed.state) == ("failed", "account_closed", "done")
    assert doubtful.reason == f"the account was closed before the channel had answered; {MAY_BE_THERE}"
    assert market.run(run_id).state == "done"


def test_rows_that_were_never_queued_end_with_the_others(market: Market, stall: Stall) -> None:
    run_id = reaches(market, "push")
    with market.database.writing() as db:  # as a job leaves it that dies between two batches, and is then cancelled
        db.connection.exec_driver_sql("UPDATE crosslisting_row SET state = 'checked' WHERE number = 3")
    cancels(market, "push")

    market.is_looked_after()
    market.settles()

    assert (market.run(run_id).state, market.outcomes(run_id), stall.pushes) == ("done", {"failed": 2}, [])
