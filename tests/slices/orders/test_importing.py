"""Feeds of orders: read page by page from where they were left, and what they do not tell of is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hub_hookspecs import Order, Rejected, Temporary

from hub.catalog.service.retelling import retell as retell_product
from hub.channels.service.hearing import retell as retell_account
from hub.kernel.db import Database
from hub.orders.jobs.asking import IN_A_ROW
from hub.orders.service import importing
from hub.stock.rules.levels import Standing
from tests.plugins.booth import PAGE, Booth
from tests.slices.dropping import works_twice
from tests.slices.orders.bazaar import LATER, Bazaar, a_bazaar
from tests.slices.orders.counter import CANCELLED, Counter, line


@pytest.fixture
def booth() -> Booth:
    return Booth()


@pytest.fixture
def bazaar(database: Database, booth: Booth) -> Iterator[Bazaar]:
    with a_bazaar(database, booth) as bazaar:
        yield bazaar


@pytest.fixture
def counter(bazaar: Bazaar) -> Counter:
    return Counter(bazaar)


def some(counter: Counter, count: int, first: int = 0) -> list[Order]:
    return [counter.order(f"{n}", line("TEE")) for n in range(first, first + count)]


def test_a_feed_is_read_from_where_it_was_left(bazaar: Bazaar, booth: Booth, counter: Counter) -> None:
    booth.tells(*some(counter, 3))
    bazaar.imports()
    booth.tells(*some(counter, 2, first=3))

    bazaar.imports()

    assert (booth.asked, bazaar.cursor()) == (["", "3"], "5")
    assert counter.stock("TEE") == Standing(10, 5, 0)


def test_what_a_failed_import_took_in_is_kept_and_the_next_try_goes_on_behind_it(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(*some(counter, 5))
    failed: list[int] = []

    def fail_once(start: int) -> None:
        if start == PAGE and not failed:
            failed.append(start)
            raise Temporary("the booth does not answer")

    booth.before_page = fail_once
    bazaar.imports()
    kept = (counter.stock("TEE"), bazaar.cursor())
    bazaar.passes(timedelta(hours=1))
    bazaar.works()

    assert kept == (Standing(10, 2, 0), "2/5")
    assert (booth.asked, counter.stock("TEE")) == (["", "2/5"], Standing(10, 5, 0))


def test_open_orders_of_which_the_feed_says_nothing_are_asked_for(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(*some(counter, 3))
    bazaar.imports()
    booth.now["1"] = counter.order("1", line("TEE"), state=CANCELLED)
    del booth.now["2"]

    bazaar.imports()
    bazaar.imports()

    assert booth.read == ["0", "1", "2", "0", "2"]
    assert counter.stands("1") == {"TEE": "released"}
    assert counter.stock("TEE") == Standing(10, 2, 0)


def test_an_open_order_that_the_channel_refuses_by_its_name_keeps_no_other_from_being_read(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(*some(counter, 4))
    bazaar.imports()
    booth.now["3"] = counter.order("3", line("TEE"), state=CANCELLED)

    def refuse() -> None:
        if "1" in booth.read[-booth.looked_at :]:
            raise Rejected("1 is no order of this booth")

    booth.before_look = refuse
    bazaar.imports()

    assert counter.stands("3") == {"TEE": "released"}
    assert counter.stock("TEE") == Standing(10, 3, 0)
    refusals = {"1": "1 is no order of this booth"}
    assert {"changed": 1, "unchanged": 2, "refused": 1, "refusals": refusals} in bazaar.imported()


def test_a_channel_that_refuses_every_order_is_not_asked_for_each(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(*some(counter, 60))
    bazaar.imports()
    booth.looks = 0

    def refuse() -> None:
        raise Rejected("this app may not read orders")

    booth.before_look = refuse
    bazaar.imports()

    (job, *_) = [one for one in bazaar.jobs() if one.kind == importing.IMPORT_ORDERS.name]
    assert (job.state, booth.looks < 2 * IN_A_ROW) == ("failed", True)
    assert counter.stock("TEE") == Standing(10, 10, 0)


def test_a_sale_that_the_push_met_first_is_taken_in_before_the_figure_is_told_again(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.sells("TEE", 3)
    bazaar.goods.adjusts("TEE", 5)
    bazaar.works()
    stale = bazaar.log("north", "TEE")[-1][0]
    booth.tells(counter.order("1", line("TEE", 3)))

    bazaar.passes(LATER)
    bazaar.works()

    assert stale == "stale"
    assert counter.stock("TEE") == Standing(15, 3, 0)
    assert (booth.shown["TEE", ""], bazaar.due()) == (12, [])


def test_the_orders_of_an_account_that_is_switched_off_are_left_where_they_are(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(*some(counter, 1))
    bazaar.switches("north", enabled=False)

    bazaar.imports()

    assert (booth.asked, bazaar.cursor()) == ([], "")


def test_each_job_whose_worker_dies_before_it_is_settled_is_done_once_more_and_nothing_twice(
    bazaar: Bazaar, booth: Booth, counter: Counter
) -> None:
    booth.tells(counter.order("1", line("TEE", 3)))
    booth.sells("TEE", 3)
    with bazaar.database.writing() as db:
        importing.ask(db, bazaar.goods.merchant, bazaar.accounts["north"])
        retell_account(db, bazaar.goods.merchant, bazaar.accounts["north"])
        retell_product(db, bazaar.goods.merchant, bazaar.goods.named["TEE"])
    bazaar.goods.adjusts("TEE", 5)

    kinds = works_twice(bazaar.work, bazaar.unfinished)

    assert kinds >= {"orders.import", "stock.push", "stock.retell_account", "stock.retell_product"}
    assert {(job.state, job.error) for job in bazaar.jobs()} == {("done", None)}
    assert counter.stock("TEE") == Standing(15, 3, 0)
    assert (booth.shown["TEE", ""], bazaar.due()) == (12, [])
