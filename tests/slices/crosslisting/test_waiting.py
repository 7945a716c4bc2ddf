"""A channel that takes its time: asked again for a day, then given up in words that say what may be there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hub_hookspecs import Listing, Product, Rejected, Temporary, Waiting

from tests.plugins.stall import Stall, Step
from tests.slices.crosslisting.conftest import Market
from tests.slices.crosslisting.steps import Seller, lost_before, raising, waiting


def test_a_channel_that_takes_its_time_is_asked_again_from_where_it_stood(market: Market, stall: Stall) -> None:
    resumed: list[str] = []

    def wait(stall: Stall, account: Seller, product: Product, resume: str) -> Waiting:
        resumed.append(resume)
        return Waiting(after=timedelta(minutes=1), state=f"upload-{len(resumed)}")

    def end(stall: Stall, account: Seller, product: Product, resume: str) -> Listing:
        resumed.append(resume)
        return stall.take(product)

    run_id = market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", wait, wait, lost_before, end)

    market.settles()

    assert resumed == ["", "upload-1", "upload-2"]
    assert (len(stall.of("TEE-M")), market.outcomes(run_id)) == (1, {"done": 1})


def test_a_channel_that_takes_its_time_is_asked_as_often_as_it_likes(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    polls: list[Step] = [waiting(timedelta(seconds=5))] * 20
    stall.then("TEE-M", *polls, lost_before, *polls)

    market.settles(rounds=100)

    assert market.outcomes(run_id) == {"done": 1}
    assert list(market.listings()) == stall.of("TEE-M")


@pytest.mark.parametrize("hours", [0, 1], ids=["soon", "now and then"])
def test_a_channel_that_never_ends_is_given_up_after_a_day_and_the_row_says_what_may_be_there(
    market: Market, stall: Stall, hours: int
) -> None:
    run_id = market.lists(*market.makes("TEE-S", "TEE-M"))
    stall.then("TEE-S", *[waiting(timedelta(hours=hours))] * 100)
    for _ in range(23):
        market.works()
        market.passes(timedelta(hours=1))
    market.works()
    assert market.rows(run_id)[0].state == "pushing"

    market.passes(timedelta(hours=2))
    market.settles()

    given_up, listed = market.rows(run_id)
    assert (given_up.state, given_up.code, listed.state) == ("failed", "never_finished", "done")
    assert given_up.reason == (
        "the channel took it and had not finished after 24 hours; it may be listed all the same: "
        "import the account's listings before you list it again"
    )


def test_a_channel_that_stays_away_after_it_took_a_product_says_that_it_may_be_there(
    market: Market, stall: Stall
) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", waiting(timedelta(seconds=5)), *[raising(Temporary("down"))] * 50)

    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, row.reason.partition(";")[0]) == ("failed", "down")
    assert "it may be listed all the same" in row.reason


def test_a_clear_no_after_a_while_leaves_nothing_open(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", waiting(timedelta(seconds=5)), raising(Rejected("the picture is too small")))

    market.settles()

    assert market.rows(run_id)[0].reason == "the picture is too small"
