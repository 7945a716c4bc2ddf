"""No lost and no doubled listing, whatever a channel answers and whenever the process dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

import pytest
from hub_hookspecs import (
    ActionRequired,
    NotSupported,
    Product,
    RateLimited,
    Rejected,
    Temporary,
    UnknownOutcome,
)

from hub.channels.service import standing
from hub.crosslisting.jobs import pushing as pushing_job
from hub.crosslisting.service import asking, pushing
from hub.crosslisting.store.rows import Row
from hub.kernel import jobs
from hub.kernel.events import CLI
from tests.dying import Life, dying_at
from tests.plugins.stall import INVISIBLE, Stall, Step
from tests.sheets import Line
from tests.slices.crosslisting.conftest import LATER, LOST, Market
from tests.slices.crosslisting.steps import Seller, lost_after, lost_after_and_unseen, lost_before, nameless, raising

LONGEST_LIFE = 50  # statements; a push takes fewer


def killing(lives: list[Life], *, after: bool) -> Step:
    """A call in which the process that makes it is killed, before or after the channel took it."""

    def step(stall: Stall, account: Seller, product: Product, resume: str) -> NoReturn:
        if after:
            stall.take(product)
        lives[-1].end()
        raise UnknownOutcome("nobody hears this")

    return step


def naming(name: str) -> Callable[[list[Line]], list[Line]]:
    """Fill in this name."""
    return lambda found: [line | {"Name": name} for line in found]


def test_rows_are_listed_recorded_and_linked_to_their_products(market: Market, stall: Stall) -> None:
    made = market.makes("TEE-S", "TEE-M", weight_g=200, image_urls=("https://img.example/1.jpg",))

    run_id = market.lists(*made)
    market.settles()

    assert market.outcomes(run_id) == {"done": 2}
    assert set(market.listings().values()) == set(made)
    assert [(product.sku, product.weight_g, product.image_urls) for product in stall.shown.values()] == [
        ("TEE-S", 200, ("https://img.example/1.jpg",)),
        ("TEE-M", 200, ("https://img.example/1.jpg",)),
    ]
    assert market.run(run_id).state == "done"


@pytest.mark.parametrize(
    ("trouble", "sent"),
    [
        pytest.param((lost_after,), 1, id="the answer was lost, the effect was not"),
        pytest.param((lost_before,), 2, id="the request was lost"),
        pytest.param((lost_before, lost_after), 2, id="first the request, then the answer"),
        pytest.param((lost_before, lost_before, lost_before), 4, id="three requests"),
        pytest.param((raising(Temporary("down")),), 2, id="unreachable"),
        pytest.param((raising(RateLimited("slow", retry_after=timedelta(seconds=5))),), 2, id="asked to slow down"),
    ],
)
def test_what_a_channel_was_told_is_listed_once_however_the_call_ended(
    market: Market, stall: Stall, trouble: tuple[Step, ...], sent: int
) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", *trouble)

    market.settles()

    assert (len(stall.of("TEE-M")), len(stall.pushes)) == (1, sent)
    assert market.outcomes(run_id) == {"done": 1}
    assert list(market.listings()) == stall.of("TEE-M")


def test_a_listing_that_is_not_seen_at_once_is_waited_for_and_not_sent_again(market: Market, stall: Stall) -> None:
    market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", lost_after_and_unseen)
    market.works()
    market.passes(timedelta(seconds=10))  # the first read-back: nothing there
    market.works()
    assert market.pushing().unknown

    stall.hidden.clear()
    market.settles()

    assert (len(stall.of("TEE-M")), len(stall.pushes)) == (1, 1)


def test_only_a_lasting_absence_allows_another_call(market: Market, stall: Stall) -> None:
    market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", lost_before)
    market.works()
    market.passes(INVISIBLE - timedelta(seconds=20))
    market.works()
    assert (len(stall.pushes), stall.searches) == (1, ["TEE-M"])

    market.settles()

    assert len(stall.pushes) == 2


def test_a_process_that_dies_at_any_statement_neither_loses_nor_doubles_a_listing(market: Market, stall: Stall) -> None:
    """Each life is one statement longer than the last; what it left behind is taken up, and may be killed again."""
    skus = [f"TEE-{number}" for number in range(LONGEST_LIFE)]
    run_id, lives = market.lists(*market.makes(*skus)), list[Life]()

    for statements in range(LONGEST_LIFE):
        with dying_at(market.database, statements) as life:
            lives.append(life)
            _does_one_job(market)
        market.passes(LOST)
    market.settles()

    assert sum(life.over for life in lives) > 25
    assert not all(life.over for life in lives)
    assert {sku: len(stall.of(sku)) for sku in skus} == dict.fromkeys(skus, 1)
    assert market.outcomes(run_id) == {"done": LONGEST_LIFE}
    assert len(market.listings()) == LONGEST_LIFE


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_process_that_dies_within_the_call_neither_loses_nor_doubles_a_listing(
    market: Market, stall: Stall, after: bool, times: int
) -> None:
    run_id, lives = market.lists(*market.makes("TEE-M")), list[Life]()
    stall.then("TEE-M", *[killing(lives, after=after)] * times)

    for _ in range(2 * times):
        _lives_and_dies(market, lives)
    market.settles()

    assert any(life.over for life in lives)
    assert len(stall.of("TEE-M")) == 1
    assert market.outcomes(run_id) == {"done": 1}


def test_without_the_read_back_the_same_death_doubles_the_listing(
    market: Market, stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is the read-back, and nothing else, that keeps a listing single."""

    def send_again(job: jobs.Job, desk: object, shop: object, one: Row) -> None:
        with market.database.writing() as db:
            pushing.lost(db, job, one)

    monkeypatch.setattr(pushing_job, "_read_back", send_again)
    market.lists(*market.makes("TEE-M"))
    lives: list[Life] = []
    stall.then("TEE-M", killing(lives, after=True))

    _lives_and_dies(market, lives)
    market.settles()

    assert len(stall.of("TEE-M")) == 2


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        pytest.param(Rejected("the name has too many words", code="E-7"), "E-7", "too many words", id="a no"),
        pytest.param(NotSupported("no such thing here"), "", "no such thing", id="not offered"),
        pytest.param(ZeroDivisionError("oops"), "plugin_bug", "ZeroDivisionError", id="a broken plugin"),
    ],
)
def test_a_no_fails_its_row_in_the_channels_words_and_no_other(
    market: Market, stall: Stall, error: Exception, code: str, reason: str
) -> None:
    run_id = market.lists(*market.makes("TEE-S", "TEE-M"))
    stall.then("TEE-S", raising(error))

    market.settles()

    failed, listed = market.rows(run_id)
    assert (failed.state, failed.code, listed.state) == ("failed", code, "done")
    assert reason in failed.reason
    assert len(stall.pushes) == 2


def test_a_listing_that_the_plugin_does_not_name_fails_its_row_and_may_be_there(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-S", "TEE-M"))
    stall.then("TEE-S", nameless)

    market.settles()

    failed, listed = market.rows(run_id)
    assert (failed.state, failed.code, failed.listing_ref, listed.state) == ("failed", "plugin_bug", "", "done")
    assert failed.reason.startswith("the plugin answered with a listing that has no ref; it may be listed all the same")
    assert list(market.listings()) == stall.of("TEE-M")


def test_a_channel_that_stays_away_fails_the_row_in_the_end(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", *[raising(Temporary("down"))] * 50)

    market.settles()

    assert market.outcomes(run_id) == {"failed": 1}
    assert 5 < len(stall.pushes) < 20
    assert market.rows(run_id)[0].reason == "down"


def test_a_listing_that_never_shows_fails_its_row_after_eight_calls(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    stall.then("TEE-M", *[lost_before] * 50)

    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, row.code, row.reason) == (
        "failed", "never_seen", "sent 8 times and never seen on the channel",
    )  # fmt: skip
    assert len(stall.pushes) == 8


def test_where_a_person_must_act_the_account_waits_and_goes_on_afterwards(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-S", "TEE-M"))
    stall.then("TEE-S", raising(ActionRequired("the licence has ended")))
    market.works()
    paused = market.outcomes(run_id)
    with market.database.reading() as db:
        account = standing.account(db, market.merchant_id, market.accounts["counter"])
    assert (account.state, account.reason) == ("needs_action", "the licence has ended")
    assert market.notices()[0].title == "counter: Stall one needs you"

    with market.database.writing() as db:
        standing.resume(db, account, actor=CLI)
    market.settles()

    assert paused["queued"] >= 1
    assert (market.outcomes(run_id), len(stall.shown)) == ({"done": 2}, 2)


def test_a_product_that_the_account_lists_is_updated_and_not_listed_again(market: Market, stall: Stall) -> None:
    made = market.makes("TEE-M")
    market.lists(*made)
    market.settles()
    (ref,) = stall.shown

    second = market.begins(*made)
    market.works()
    market.hands_in(second, market.fills(second, lambda found: [line | {"Name": "Kaos Baru"} for line in found]))
    stall.then("TEE-M", lost_after)  # an update whose answer is lost is sent again: twice is once
    market.settles()

    assert {ref: product.name for ref, product in stall.shown.items()} == {ref: "Kaos Baru"}
    assert [product.listing_ref for product in stall.pushes] == ["", ref, ref]
    assert market.outcomes(second) == {"done": 1}


def test_two_cross_listings_of_one_product_at_once_make_one_listing(market: Market, stall: Stall) -> None:
    made = market.makes("TEE-M")
    both = [market.lists(*made) for _ in range(2)]
    stall.then("TEE-M", lost_after)

    market.settles()

    assert len(stall.of("TEE-M")) == 1
    assert [market.outcomes(run_id) for run_id in both] == [{"done": 1}] * 2


def test_of_two_cross_listings_of_one_product_the_channel_shows_what_was_uploaded_last(
    market: Market, stall: Stall
) -> None:
    made = market.makes("TEE-M")
    older, newer = (market.begins(*made) for _ in range(2))
    market.works("default")
    for run_id, name in ((newer, "uploaded first"), (older, "uploaded last")):
        market.hands_in(run_id, market.fills(run_id, naming(name)))
        market.works("default")

    market.settles()

    assert [product.name for product in stall.pushes] == ["uploaded first", "uploaded last"]
    assert [market.outcomes(run_id) for run_id in (older, newer)] == [{"done": 1}] * 2


def test_a_listing_that_an_import_found_in_the_meantime_is_not_doubled(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    market.finds("L-99", "TEE-M")

    market.settles()

    assert stall.shown == {}
    (row,) = market.rows(run_id)
    assert (row.state, row.code) == ("failed", "listed_already")
    assert "L-99" in row.reason


def test_a_push_that_an_import_saw_before_its_answer_is_linked_to_its_product(market: Market, stall: Stall) -> None:
    made = market.makes("TEE-M")
    run_id = market.lists(*made)
    stall.then("TEE-M", lost_after)
    market.works()
    market.finds("L-1", "TEE-M")

    market.settles()

    assert (market.outcomes(run_id), market.listings()) == ({"done": 1}, {"L-1": made[0]})


def test_what_was_not_sent_can_be_taken_back_and_what_was_is_seen_through(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-S", "TEE-M", "TEE-L"))
    stall.then("TEE-S", lost_after)
    runner = jobs.Runner(market.runtime.work)
    first = runner.claim("bulk")
    assert first is not None
    runner.run(first)

    with market.database.writing() as db:
        asking.cancel(db, market.merchant_id, run_id, actor=CLI)
    market.settles()

    assert market.outcomes(run_id) == {"done": 1, "cancelled": 2}
    assert (len(stall.shown), market.run(run_id).state) == (1, "done")


def test_a_job_that_was_ended_by_hand_loses_nothing_when_the_product_is_pushed_again(
    market: Market, stall: Stall
) -> None:
    made = market.makes("TEE-M")
    first = market.lists(*made)
    stall.then("TEE-M", lost_after_and_unseen)
    market.works()
    with market.database.writing() as db:
        jobs.conclude(db, market.pushing().id, message="looked at it")
    stall.hidden.clear()

    second = market.lists(*made)
    market.settles()

    assert len(stall.of("TEE-M")) == 1
    assert [market.outcomes(each) for each in (first, second)] == [{"done": 1}] * 2


def test_an_account_that_was_closed_fails_its_rows(market: Market, stall: Stall) -> None:
    run_id = market.lists(*market.makes("TEE-M"))
    with market.database.writing() as db:
        db.connection.exec_driver_sql("UPDATE account SET state = 'closed'")

    market.settles()

    assert (market.outcomes(run_id), stall.pushes) == ({"failed": 1}, [])


def _does_one_job(market: Market) -> None:
    runner = jobs.Runner(market.runtime.work)
    job = runner.claim("bulk")
    if job is not None:
        runner.run(job)


def _lives_and_dies(market: Market, lives: list[Life]) -> None:
    """A worker that may be killed, and the time until others notice."""
    with dying_at(market.database, 10_000) as life:
        lives.append(life)
        market.works("bulk")
    market.passes(LATER)
