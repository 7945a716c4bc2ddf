"""Channels that let a level be written over a sale: their orders are read first, whole, or nothing is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hub_hookspecs import Temporary

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs import Runner
from hub.orders.service import importing
from hub.orders.service.importing import IMPORT_ORDERS
from hub.stock.rules.levels import Standing
from hub.stock.service.desk import Orders
from hub.stock.service.touching import PUSH_STOCK, ask
from tests.dying import Life, dying_at
from tests.plugins.booth import PAGE, Booth
from tests.slices.dropping import works_twice
from tests.slices.orders.bazaar import Bazaar, a_bazaar
from tests.slices.orders.counter import Counter, line


@pytest.fixture
def booth() -> Booth:
    return Booth(compare_and_set=False)


@pytest.fixture
def bazaar(database: Database, booth: Booth) -> Iterator[Bazaar]:
    with a_bazaar(database, booth) as bazaar:
        bazaar.passes(timedelta(minutes=5))  # what is sold from now on is surely not in the opening stock
        booth.calls.clear()
        yield bazaar


@pytest.fixture
def counter(bazaar: Bazaar) -> Counter:
    return Counter(bazaar)


def sells(booth: Booth, counter: Counter, *refs: str) -> None:
    """One of TEE is sold in each of these orders, of which nobody has told the hub."""
    booth.sells("TEE", len(refs))
    booth.tells(*(counter.order(ref, line("TEE"), placed_at=counter.now()) for ref in refs))


def shown(booth: Booth) -> int:
    return booth.shown["TEE", ""]


def pushes(bazaar: Bazaar) -> list[str]:
    return [job.state for job in reversed(bazaar.jobs()) if job.kind == PUSH_STOCK.name]


def is_even(bazaar: Bazaar, booth: Booth, counter: Counter, *, on_hand: int, sold: int) -> bool:
    """Whether everything sold is held once, the booth shows what is left, and nothing is due."""
    held = counter.stock("TEE") == Standing(on_hand, sold, 0)
    return held and shown(booth) == on_hand - sold and bazaar.due() == []


def test_a_sale_that_nobody_has_imported_is_not_written_over(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    sells(booth, counter, "1", "2", "3")

    bazaar.goods.adjusts("TEE", 5)
    bazaar.works()

    assert booth.told == [("TEE", 12)]
    assert is_even(bazaar, booth, counter, on_hand=15, sold=3)


def test_a_hub_that_does_not_ask_for_orders_first_is_seen_to_write_over_a_sale(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    bazaar.orders = Orders()
    sells(booth, counter, "1", "2", "3")

    bazaar.goods.adjusts("TEE", 5)
    bazaar.works()

    assert shown(booth) == 15


def test_nothing_is_told_until_the_orders_could_be_read(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    def fail(start: int) -> None:
        if start == PAGE:
            raise Temporary("the booth does not answer")

    booth.before_page = fail
    sells(booth, counter, "1", "2", "3")
    bazaar.goods.adjusts("TEE", 5)
    bazaar.works()
    told_before = booth.told

    booth.before_page = lambda start: None
    bazaar.passes(timedelta(hours=1))
    bazaar.works()

    assert (told_before, booth.told) == ([], [("TEE", 12)])
    assert is_even(bazaar, booth, counter, on_hand=15, sold=3)


def test_a_feed_that_makes_us_wait_is_read_to_its_end_before_anything_is_told(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.pause = timedelta(seconds=20)
    sells(booth, counter, "1", "2", "3", "4", "5")
    bazaar.goods.adjusts("TEE", 5)
    told: list[int] = []

    for _ in range(3):
        bazaar.works()
        told.append(len(booth.told))
        bazaar.passes(timedelta(seconds=21))

    assert (booth.asked, told) == (["", "2/5", "4/5"], [0, 0, 1])
    assert is_even(bazaar, booth, counter, on_hand=15, sold=5)


def test_a_walk_that_was_left_half_way_does_not_hide_what_was_sold_since(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    sells(booth, counter, "1", "2", "3")

    def leave(start: int) -> None:
        if start == PAGE:
            raise Temporary("the booth does not answer")

    booth.before_page = leave
    bazaar.imports()
    booth.before_page = lambda start: None
    (left,) = [job for job in bazaar.jobs() if job.kind == IMPORT_ORDERS.name and job.state == "waiting"]
    with bazaar.database.writing() as db:
        jobs.cancel(db, left.id)
    booth.asked.clear()
    bazaar.passes(timedelta(hours=1))  # the push that failed as well is tried again
    sells(booth, counter, "4")
    bazaar.goods.adjusts("TEE", 5)
    bazaar.works()

    assert booth.asked[:2] == ["2/3", "3"]
    assert (booth.told[-1], max(count for _, count in booth.told)) == (("TEE", 11), 11)
    assert is_even(bazaar, booth, counter, on_hand=15, sold=4)


def test_an_import_beside_it_moves_the_feed_on_and_never_back(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    cursors: list[str] = []

    def import_too(start: int) -> None:
        cursors.append(bazaar.cursor())
        if start == PAGE:
            booth.before_page = lambda start: cursors.append(bazaar.cursor())
            with bazaar.database.writing() as db:
                importing.ask(db, bazaar.goods.merchant, bazaar.accounts["north"])
            Runner(bazaar.work).run_lane(IMPORT_ORDERS.lane)
            sells(booth, counter, "6")

    booth.before_page = import_too
    sells(booth, counter, "1", "2", "3", "4", "5")
    bazaar.goods.adjusts("TEE", 5)
    bazaar.works()
    bazaar.imports()

    assert cursors == sorted(cursors)
    assert (bazaar.cursor(), bazaar.imported()[-2:]) == ("6", [{"new": 3, "unchanged": 5}, {"new": 1, "unchanged": 5}])
    assert is_even(bazaar, booth, counter, on_hand=15, sold=6)


def test_a_job_that_is_stopped_while_it_reads_orders_tells_nothing(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    def stop(start: int) -> None:
        (running,) = [job for job in bazaar.jobs() if job.state == "running"]
        with bazaar.database.writing() as db:
            jobs.cancel(db, running.id)

    booth.before_page = stop
    sells(booth, counter, "1")
    bazaar.goods.adjusts("TEE", 5)
    runner = Runner(bazaar.work)
    while (job := runner.claim(PUSH_STOCK.lane)) and job.kind != PUSH_STOCK.name:
        runner.run(job)
    assert job is not None
    runner.run(job)

    assert ("cancelled" in pushes(bazaar), booth.told) == (True, [])


def test_nobody_is_asked_where_nothing_is_due(bazaar: Bazaar, booth: Booth) -> None:
    with bazaar.database.writing() as db:
        ask(db, bazaar.goods.merchant, bazaar.accounts["north"])

    bazaar.works()

    assert (booth.asked, booth.told) == ([], [])
    assert set(pushes(bazaar)) == {"done"}


def test_a_worker_that_dies_before_it_settles_writes_over_nothing(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    sells(booth, counter, "1", "2", "3")
    bazaar.goods.adjusts("TEE", 5)

    kinds = works_twice(bazaar.work, bazaar.unfinished)

    assert PUSH_STOCK.name in kinds
    assert {(job.state, job.error) for job in bazaar.jobs()} == {("done", None)}
    assert is_even(bazaar, booth, counter, on_hand=15, sold=3)


def works_until_death(bazaar: Bazaar, statements: int) -> Life:
    with dying_at(bazaar.database, statements) as life:
        bazaar.works()
    return life


def revives(bazaar: Bazaar) -> None:
    """Another process finds the leases over, and whatever was sent has landed or never will."""
    for _ in range(6):
        bazaar.passes(timedelta(minutes=3))
        jobs.sweep(bazaar.database)
        bazaar.works()
        if not bazaar.unfinished():
            return


def test_a_worker_may_die_at_any_statement_and_each_sale_counts_once(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    sold, statements, deaths = 0, 3, 0
    while True:
        sold += 3
        sells(booth, counter, *(f"{n}" for n in range(sold - 3, sold)))
        bazaar.hints(f"{sold - 1}")  # read by itself, beside an import and the push
        bazaar.hints()
        bazaar.goods.adjusts("TEE", 4)

        life = works_until_death(bazaar, statements)
        revives(bazaar)

        assert is_even(bazaar, booth, counter, on_hand=10 + sold // 3 * 4, sold=sold), statements
        if not life.over:
            break
        statements, deaths = statements + 11, deaths + 1
    assert deaths > 15
