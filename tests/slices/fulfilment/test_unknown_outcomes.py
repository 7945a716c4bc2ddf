"""Whatever answer is lost, wherever a worker dies: a granary has each outbound once, and what leaves is booked once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hub_hookspecs import ActionRequired, OrderState, RateLimited, UnknownOutcome

from hub.fulfilment.jobs import Chaser
from hub.fulfilment.service.arranging import PUSH_OUTBOUND
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs import LANES, Runner
from hub.stock.rules.levels import Standing
from tests.dying import Life, dying_at
from tests.plugins.granary import Granary
from tests.slices.dropping import LOST, works_twice
from tests.slices.fulfilment.wharf import Wharf, a_wharf
from tests.slices.fulfilment.yard import LATER

LONGEST_LIFE = 400  # statements; nothing here takes as many
# HUB_DYING_STRIDE=1 dies at each statement; the suite, which has to stay quick, at every so many.
STATEMENTS = range(0, LONGEST_LIFE, int(os.environ.get("HUB_DYING_STRIDE", "9")))
CANCELLED = OrderState.CANCELLED


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    with a_wharf(database, Granary()) as wharf:
        yield wharf


@pytest.fixture
def quick(database: Database) -> Iterator[Wharf]:
    """A granary that needs no papers: nobody makes labels meanwhile, which is tried elsewhere."""
    with a_wharf(database, Granary(needs=())) as wharf:
        yield wharf


def loses(times: int = 1) -> Callable[[], None]:
    """So many answers."""
    left = [times]

    def lose() -> None:
        if left[0]:
            left[0] -= 1
            raise UnknownOutcome("no answer came")

    return lose


def heals(wharf: Wharf) -> None:
    """Another process takes up what the dead one held, and goes on as long as something is unsure."""
    chaser = Chaser()
    for _ in range(4):
        wharf.passes(LOST)
        jobs.sweep(wharf.database)
        wharf.works()
        with wharf.database.writing() as db:
            left = chaser(db)
        wharf.works()
        if not left and not wharf.unfinished():
            return
        wharf.passes(LATER)


def test_an_answer_lost_after_the_granary_took_it_is_found_there_and_nothing_is_sent_again(wharf: Wharf) -> None:
    wharf.granary.after = loses()
    order = wharf.tells("1", 2)
    wharf.works()
    unsure = wharf.outbound(order)

    wharf.passes(LATER)
    wharf.works()

    one = wharf.outbound(order)
    assert (unsure.push_status, unsure.reason) == ("unknown", "no answer came")
    assert (one.push_status, one.ref, one.reason) == ("pushed", f"G-{one.code}", "")
    assert (len(wharf.granary.told), len(wharf.granary.documents)) == (1, 1)


def test_what_never_arrived_is_sent_again_by_the_same_code_once_it_can_not_come_any_more(wharf: Wharf) -> None:
    wharf.granary.before = loses()
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.passes(timedelta(seconds=90))
    wharf.works()
    early = len(wharf.granary.told)

    wharf.passes(LATER)
    wharf.works()
    wharf.passes(LATER)
    wharf.works()

    first, second = wharf.granary.told
    assert early == 1
    assert first == second  # the same code, the same address of the label
    assert (wharf.outbound(order).push_status, len(wharf.granary.documents)) == ("pushed", 1)


def test_what_is_cancelled_while_nobody_knows_whether_it_arrived_is_not_sent_again(wharf: Wharf) -> None:
    wharf.granary.before = loses()
    order = wharf.tells("1", 2)
    wharf.works()

    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()
    waiting = wharf.stock()
    heals(wharf)

    (one,) = wharf.outbounds(order)
    assert (waiting, wharf.stock()) == (Standing(100, 2, 0), Standing(100, 0, 0))
    assert (one.push_status, len(wharf.granary.told)) == ("void", 1)


def test_what_is_cancelled_while_it_is_unsure_and_did_arrive_is_stopped(wharf: Wharf) -> None:
    wharf.granary.after = loses()
    order = wharf.tells("1", 2)
    wharf.works()

    wharf.tells("1", 2, state=CANCELLED)
    heals(wharf)

    (one,) = wharf.outbounds(order)
    assert (one.state, one.cancel, wharf.stock()) == ("invalid", "cancelled", Standing(100, 0, 0))


def test_a_cancel_without_an_answer_is_asked_for_again_and_never_assumed(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.granary.after = loses()

    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()
    unsure = wharf.outbounds(order)[0].cancel, wharf.stock()
    heals(wharf)

    assert unsure == ("unknown", Standing(100, 2, 0))
    assert (wharf.outbounds(order)[0].cancel, wharf.stock()) == ("cancelled", Standing(100, 0, 0))


def test_keys_that_are_not_accepted_pause_the_account_and_fail_nothing(wharf: Wharf) -> None:
    def refuse() -> None:
        raise ActionRequired("the keys were revoked")

    wharf.granary.before = refuse
    orders = [wharf.tells(ref) for ref in "123"]
    wharf.works()
    stopped = [wharf.outbound(order) for order in orders]
    state = wharf.account("granary").state
    wharf.granary.before = lambda: None
    wharf.resumes("granary")
    heals(wharf)

    assert state == "needs_action"
    assert {one.push_status for one in stopped} == {"not_pushed"}
    assert {wharf.outbound(order).push_status for order in orders} == {"pushed"}


def test_a_granary_that_asks_for_a_pause_gets_it_later(wharf: Wharf) -> None:
    left = [1]

    def slow() -> None:
        if left:
            left.pop()
            raise RateLimited("slowly")

    wharf.granary.before = slow
    order = wharf.tells("1")
    wharf.works()
    waiting = wharf.outbound(order).push_status
    heals(wharf)

    assert (waiting, wharf.outbound(order).push_status) == ("not_pushed", "pushed")


@pytest.mark.parametrize("lost", ["before", "after"])
def test_many_unknown_outcomes_give_exactly_one_outbound_each(database: Database, lost: str) -> None:
    """So many that the suite stays quick; HUB_UNKNOWN_OUTCOMES=1000 runs as many as the requirement names."""
    count = int(os.environ.get("HUB_UNKNOWN_OUTCOMES", "20"))
    with a_wharf(database, Granary(needs=())) as wharf:
        wharf.receives(count)
        setattr(wharf.granary, lost, loses(count))
        orders = [wharf.tells(f"{n}") for n in range(count)]
        wharf.works(ticks=2)

        heals(wharf)

        assert {wharf.outbound(order).push_status for order in orders} == {"pushed"}
        assert len(wharf.granary.told) == (2 * count if lost == "before" else count)
        assert len(wharf.granary.documents) == count
        assert len({one.asked.order_number for one in wharf.granary.documents.values()}) == count
        assert wharf.stock() == Standing(100 + count, count, 0)


def test_a_worker_that_dies_at_any_statement_pushes_once(quick: Wharf) -> None:
    for statements in STATEMENTS:
        quick.receives(1)
        order = quick.tells(f"{statements}")
        with dying_at(quick.database, statements) as life:
            for lane in LANES:
                Runner(quick.work).run_lane(lane)
        heals(quick)
        one = quick.outbound(order)
        assert (one.push_status, one.code in quick.granary.documents) == ("pushed", True), statements
        assert [each.asked.order_number for each in quick.granary.documents.values()].count(f"#{statements}") == 1
        if not life.over:
            break

    assert not life.over
    assert quick.unfinished() == []
    assert quick.stock().reserved == len(quick.granary.documents)


def test_a_worker_that_dies_while_it_books_what_left_books_it_once(quick: Wharf) -> None:
    on_hand = 100
    for statements in STATEMENTS:
        order = quick.tells(f"{statements}", 2)
        quick.works()
        quick.granary.ships(quick.outbound(order).code)
        with dying_at(quick.database, statements) as life:
            quick.looks(order)
        heals(quick)
        quick.looks(order)
        on_hand -= 2
        assert quick.stock() == Standing(on_hand, 0, 0), statements
        assert (quick.outbound(order).state, quick.standing(order)) == ("complete", {"TEE": "shipped"})
        assert [each.order_ref for each in quick.depot.parcels.values()].count(f"{statements}") == 1
        if not life.over:
            break
        quick.receives(2)
        on_hand += 2

    assert not life.over


def test_a_worker_that_dies_while_it_stops_one_frees_its_stock_once(quick: Wharf) -> None:
    for statements in STATEMENTS:
        order = quick.tells(f"{statements}", 2)
        quick.works()
        quick.tells(f"{statements}", 2, state=CANCELLED)
        with dying_at(quick.database, statements) as life:
            for lane in LANES:
                Runner(quick.work).run_lane(lane)
        heals(quick)
        (one,) = quick.outbounds(order)
        assert (one.state, one.cancel, quick.stock()) == ("invalid", "cancelled", Standing(100, 0, 0)), statements
        if not life.over:
            break

    assert not life.over


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_in_the_call_leaves_an_outcome_that_is_found_out(wharf: Wharf, when: str) -> None:
    lives: list[Life] = []

    def die() -> None:
        if lives:
            lives.pop().end()
            raise UnknownOutcome("nobody hears this")

    setattr(wharf.granary, when, die)
    order = wharf.tells("1", 2)
    with dying_at(wharf.database, 10_000) as life:
        lives.append(life)
        wharf.works()
    heals(wharf)

    assert life.over
    assert (wharf.outbound(order).push_status, len(wharf.granary.documents)) == ("pushed", 1)


def test_two_workers_at_once_push_and_book_as_one_would(wharf: Wharf) -> None:
    orders = [wharf.tells(f"{n}", 2) for n in range(8)]

    def work(_: int) -> None:
        wharf.works()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    heals(wharf)
    for order in orders:
        wharf.granary.ships(wharf.outbound(order).code)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: wharf.looks(), range(2)))
    heals(wharf)

    assert (len(wharf.granary.told), len(wharf.granary.documents)) == (8, 8)
    assert wharf.stock() == Standing(84, 0, 0)


def test_each_job_whose_worker_dies_before_it_is_settled_is_done_once_more_and_nothing_twice(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    kinds = works_twice(wharf.work, wharf.unfinished)
    second = wharf.tells("2", 2)
    kinds |= works_twice(wharf.work, wharf.unfinished)
    wharf.tells("2", 2, state=CANCELLED)
    kinds |= works_twice(wharf.work, wharf.unfinished)
    wharf.granary.ships(wharf.outbound(order).code)
    wharf.asks_to_look()
    kinds |= works_twice(wharf.work, wharf.unfinished)

    assert kinds >= {f"fulfilment.{kind}" for kind in ("prepare", "push_outbound", "cancel_outbound", "read_tasks")}
    assert (len(wharf.granary.told), len(wharf.granary.asked_to_stop)) == (2, 1)
    assert (wharf.outbounds(second)[0].cancel, wharf.stock()) == ("cancelled", Standing(98, 0, 0))


def test_a_push_whose_job_was_lost_is_taken_up_again(wharf: Wharf) -> None:
    wharf.granary.before = loses()
    order = wharf.tells("1")
    wharf.works()
    with wharf.database.writing() as db:
        jobs.conclude(db, wharf.last(PUSH_OUTBOUND.name).id, message="nobody knows")
    wharf.works()
    alone = wharf.unfinished()

    heals(wharf)

    assert alone == []
    assert (wharf.outbound(order).push_status, len(wharf.granary.documents)) == ("pushed", 1)
