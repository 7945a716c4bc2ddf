"""A shop whose account was closed is connected again: what its former account took in is known."""

from __future__ import annotations

import pytest
from hub_hookspecs import Order, OrderState

from hub.channels.service import closing
from hub.kernel.events import CLI
from hub.orders.service import erasing, manual, rechecking
from hub.orders.store import erasures
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


@pytest.mark.parametrize("state", [SHIPPED, OrderState.DELIVERED, CANCELLED])
def test_what_it_is_done_with_moves_nothing_again(counter: Counter, state: OrderState) -> None:
    counter.fair.offers("north", TEE=10)
    told = counter.order("1", line("TEE", 3), state=state)
    counter.tells(told)
    before = counter.stock("TEE")
    connects_again(counter, TEE=7)

    again = [counter.tells(told), counter.tells(counter.order("1", line("TEE", 3), state=SHIPPED))]

    assert [(each.settled, each.passed_by) for each in again] == [([], 1), ([], 1)]
    assert counter.stock("TEE") == before


@pytest.mark.parametrize("state", [READY, OrderState.CANCEL_REQUESTED, OrderState.UNKNOWN])
def test_what_is_still_open_goes_on_with_the_shop_and_holds_its_stock_once(counter: Counter, state: OrderState) -> None:
    counter.fair.offers("north", TEE=10)
    told = counter.order("1", line("TEE", 3), state=state)
    counter.tells(told)
    order_id = counter.has("1").order.id
    connects_again(counter, TEE=7)
    shown = counter.expected("TEE")

    again = [counter.tells(told), counter.tells(told)]

    assert [(len(each.settled), each.unchanged, each.passed_by) for each in again] == [(1, 0, 0), (0, 1, 0)]
    assert (counter.has("1").order.id, counter.stands("1")) == (order_id, {"TEE": "reserved"})
    assert (counter.stock("TEE"), counter.expected("TEE")) == (Standing(10, 3, 0), shown)


@pytest.mark.parametrize(
    ("state", "stock"), [(CANCELLED, Standing(10, 0, 0)), (SHIPPED, Standing(7, 0, 0)), (READY, Standing(10, 3, 0))]
)
def test_what_becomes_of_it_is_heard(counter: Counter, sold: Order, state: OrderState, stock: Standing) -> None:
    counter.tells(sold)
    connects_again(counter, TEE=7)

    counter.tells(counter.order("1", line("TEE", 3), state=state))

    assert counter.stock("TEE") == stock


def test_what_nobody_had_paid_yet_holds_stock_once_it_is_paid(counter: Counter) -> None:
    """Left where it was, it would be sold to another as well."""
    counter.fair.offers("north", TEE=10)
    counter.tells(counter.order("1", line("TEE", 3), state=OrderState.UNPAID))
    connects_again(counter, TEE=7)

    counter.tells(counter.order("1", line("TEE", 3)))

    assert (counter.stands("1"), counter.stock("TEE")) == ({"TEE": "reserved"}, Standing(10, 3, 0))


def test_what_was_not_linked_there_waits_for_the_listing_that_the_shop_has_now(counter: Counter) -> None:
    counter.fair.joins("north")
    counter.fair.lists("north", TEE=10)
    told = counter.order("1", line("TEE", 3))
    counter.tells(told)
    connects_again(counter)
    counter.fair.lists("north", TEE=10)

    counter.tells(told)
    before = counter.waits("1")
    counter.fair.confirms("north", "TEE")
    counter.fair.works()

    assert ({*before}, counter.waits("1"), counter.stock("TEE")) == ({"unlinked"}, {}, Standing(10, 3, 0))


def test_what_a_person_has_cancelled_meanwhile_stays_so(counter: Counter, sold: Order) -> None:
    counter.tells(sold)
    order_id = counter.has("1").order.id
    connects_again(counter, TEE=7)
    fair = counter.fair
    with fair.database.writing() as db:
        before = manual.find(db, fair.goods.merchant, order_id, for_change=True)
        manual.cancel(db, fair.channels, before, actor=CLI)

    taken = counter.tells(sold)

    assert (taken.settled, taken.passed_by, counter.stock("TEE")) == ([], 1, Standing(10, 0, 0))


def test_who_looks_at_it_again_for_its_former_account_leaves_it_to_the_one_of_now(
    counter: Counter, sold: Order
) -> None:
    counter.tells(sold)
    former = counter.fair.accounts["north"]
    connects_again(counter, TEE=7)
    counter.tells(sold)
    order = counter.has("1").order

    with counter.fair.database.writing() as db:
        changed = rechecking.again(db, counter.seller().declared, former, [order.id])

    assert (changed, counter.has("1").order) == (0, order)


@pytest.mark.parametrize("everyone", [False, True])
def test_that_its_buyer_is_to_be_forgotten_is_remembered(counter: Counter, sold: Order, everyone: bool) -> None:
    counter.tells(sold)
    fair, former = counter.fair, counter.fair.accounts["north"]
    with fair.database.writing() as db:
        erasing.ask(db, fair.goods.merchant, former, ["shop" if everyone else "1"], everyone=everyone)
    connects_again(counter, TEE=7)

    counter.tells(sold)

    with fair.database.reading() as db:
        assert erasures.is_asked(db, fair.accounts["north"], "1")


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
