"""Whoever locks several orders locks them by their ids, and before any level: nobody waits crosswise."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.kernel.sealing import parse_ring
from hub.orders.service import importing, manual
from hub.stock.store import levels
from tests.slices.orders.counter import Counter, line
from tests.slices.stock.fair import RING

A_MOMENT = 0.5  # seconds in which the other comes as far as it can


@pytest.fixture(autouse=True)
def stocked(counter: Counter) -> None:
    counter.fair.offers("north", TEE=10)


def test_orders_are_taken_in_while_somebody_locks_them_one_by_one(counter: Counter) -> None:
    """As whoever lets go of promises of several orders does: by their ids, whose order is not that of the refs."""
    first, last = counter.order("2", line("TEE")), counter.order("1", line("TEE"))
    for each in (first, last):
        counter.tells(each)
    ids = [counter.has(each.ref).order.id for each in (first, last)]
    assert ids == sorted(ids)
    merchant, pool = counter.fair.goods.merchant, ThreadPoolExecutor(1)

    with counter.fair.database.writing() as db:
        manual.find(db, merchant, ids[0], for_change=True)
        taken = pool.submit(counter.tells, first, last)
        time.sleep(A_MOMENT)
        manual.find(db, merchant, ids[1], for_change=True)

    assert taken.result(10).unchanged == 2


def test_an_order_that_its_channel_has_no_more_is_locked_before_what_others_want(counter: Counter) -> None:
    counter.tells(counter.order("gone", line("TEE")))
    gone, new = counter.has("gone").order, counter.order("new", line("TEE"))
    fair, pool = counter.fair, ThreadPoolExecutor(1)

    def takes_in() -> None:
        channel = fair.channels.hosts.loaded["north"].channel
        with fair.database.writing() as db:
            importing.take_page(
                db, parse_ring(RING), channel, fair.accounts["north"], [new], asked_at=counter.now(),
                declared=fair.channels.hosts.declared, asked=["gone", "new"],
            )  # fmt: skip

    with fair.database.writing() as db:
        manual.find(db, fair.goods.merchant, gone.id, for_change=True)
        taken = pool.submit(takes_in)
        time.sleep(A_MOMENT)
        levels.lock(db, [fair.goods.named["main"]], [fair.goods.named["TEE"]])

    taken.result(10)
    assert (counter.stands("new"), counter.has("gone").order.seen_at > gone.seen_at) == ({"TEE": "reserved"}, True)
