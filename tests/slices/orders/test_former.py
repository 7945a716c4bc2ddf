"""A shop whose account was closed is connected again: what its former account took in is known."""

from __future__ import annotations

import pytest
from hub_hookspecs import Order, OrderState

from hub.channels.service import closing
from hub.kernel.events import CLI
from hub.stock.rules.levels import Standing
from tests.slices.orders.counter import CANCELLED, READY, SHIPPED, Counter, line


def connects_again(counter: Counter, **listings: int) -> None:
    """Its account is closed, its open orders are left to people, and the shop is connected anew."""
    fair = counter.fair
    closing.prepare_closing(fair.channels, fair.goods.merchant, fair.accounts["north"], actor=CLI)
    with fair.database.writing() as db:
        closing.close(fair.channels, db, fair.goods.merchant, fair.accounts["north"], actor=CLI)
    fair.joins("north")
    fair.lists("north", **listings)
    for sku in listings:
        fair.confirms("north", sku)
    fair.works()


@pytest.fixture
def sold(counter: Counter) -> Order:
    counter.fair.offers("north", TEE=10)
    return counter.order("1", line("TEE", 3))


@pytest.mark.parametrize("state", [SHIPPED, READY, OrderState.UNPAID, CANCELLED])
def test_what_it_took_in_moves_nothing_again(counter: Counter, state: OrderState) -> None:
    counter.fair.offers("north", TEE=10)
    told = counter.order("1", line("TEE", 3), state=state)
    counter.tells(told)
    before = counter.stock("TEE")
    connects_again(counter, TEE=7)

    again = [counter.tells(told), counter.tells(counter.order("1", line("TEE", 3), state=SHIPPED))]

    assert [(each.settled, each.passed_by) for each in again] == [([], 1), ([], 1)]
    assert counter.stock("TEE") == before


def test_it_is_known_however_often_the_shop_is_connected_again(counter: Counter, sold: Order) -> None:
    counter.tells(sold)
    connects_again(counter, TEE=7)
    connects_again(counter, TEE=7)

    counter.tells(sold, counter.order("2", line("TEE", 1)))

    assert counter.stands("2") == {"TEE": "reserved"}
    assert counter.stock("TEE") == Standing(10, 4, 0)


def test_an_order_of_the_same_name_at_another_shop_is_another_order(counter: Counter, sold: Order) -> None:
    counter.fair.joins("south")
    counter.fair.lists("south", TEE=10)
    counter.fair.confirms("south", "TEE")
    counter.tells(sold)
    connects_again(counter, TEE=7)

    counter.tells(sold, kiosk="south")

    assert counter.stock("TEE") == Standing(10, 6, 0)
