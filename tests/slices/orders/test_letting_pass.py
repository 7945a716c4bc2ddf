"""Whoever was taking orders in when something changed is let pass before orders are looked at again for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from hub_hookspecs import OrderState

from hub.kernel.db import Transaction
from hub.kernel.sealing import parse_ring
from hub.orders.jobs import rechecking
from hub.orders.service.take_in import held, hold, take_in
from tests.slices.orders.counter import Counter, line
from tests.slices.stock.fair import RING
from tests.slices.stock.goods import statements

KIOSKS = ("north", "south")


@pytest.fixture(autouse=True)
def opened(counter: Counter) -> None:
    for kiosk in KIOSKS:
        counter.fair.offers(kiosk, TEE=10)
    counter.fair.works()


@pytest.mark.parametrize("kiosk", KIOSKS)
def test_an_order_that_was_being_taken_in_when_the_merchant_wanted_it_otherwise_is_served(
    counter: Counter, kiosk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fair, database = counter.fair, counter.fair.database
    monkeypatch.setattr(rechecking, "ACCOUNTS", 1)  # there are two, and no lot may be the last that is looked at
    told, wanted, waits = Event(), Event(), Event()

    def takes_its_time() -> None:
        seller, asked_at = counter.seller(kiosk), counter.now()
        with database.writing() as db:
            hold(db, seller.account.id)
            order = counter.order("1", line("TEE"), state=OrderState.UNPAID)
            take_in(db, parse_ring(RING), seller, [order], asked_at=asked_at)
            told.set()
            if not database.embedded:  # whose only writer this is: nobody changes anything before it ends
                assert wanted.wait(10)
                assert waits.wait(10)

    def waits_for(db: Transaction, account_id: str) -> None:
        waits.set()
        hold(db, account_id)

    def wants_it() -> None:
        fair.holds_unpaid()
        wanted.set()
        fair.works()
        waits.set()  # if it waited for nobody

    monkeypatch.setattr(rechecking, "hold", waits_for)
    with ThreadPoolExecutor(2) as pool:
        taking = pool.submit(takes_its_time)
        assert told.wait(10)
        wanting = pool.submit(wants_it)
        taking.result(30)
        wanting.result(30)

    assert counter.stands("1", kiosk) == {"TEE": "reserved"}


def test_who_takes_orders_in_is_found_in_one_statement_and_nobody_else_waited_for(counter: Counter) -> None:
    database, accounts = counter.fair.database, [counter.fair.accounts[kiosk] for kiosk in KIOSKS]
    with database.writing() as db:
        hold(db, accounts[1])
        if database.embedded:
            busy = held(db, accounts)
        else:
            with database.reading() as other, statements(database) as asked:
                busy = held(other, accounts)
            assert len(asked) == 1
    with database.reading() as db:
        free = held(db, accounts)

    assert (busy, free) == ([] if database.embedded else accounts[1:], [])


def test_letting_pass_asks_no_more_of_the_database_where_nobody_takes_orders_in(counter: Counter) -> None:
    database = counter.fair.database

    with statements(database) as asked:
        rechecking._let_pass(database, counter.fair.goods.merchant)

    locks = [each for each in asked if "advisory" in each]
    assert len(locks) == (0 if database.embedded else 1)
