"""A shop is connected that has sold for years: what had left moves nothing, what is still to be sent is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from hub_hookspecs import Order, OrderState
from msgspec.structs import replace

from hub.kernel.events import CLI
from hub.linking.service import relinking
from hub.stock.rules.levels import Reason, Standing
from hub.stock.service import levels
from hub.stock.service.levels import Line, Said
from tests.slices.orders.counter import CANCELLED, READY, SHIPPED, Counter, line

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def connects(counter: Counter, **listings: int) -> None:
    """The kiosk `north` is connected only now, and its listings are linked to what is there."""
    fair = counter.fair
    fair.joins("north")
    fair.lists("north", **listings)
    for sku in listings:
        links(counter, sku)


def links(counter: Counter, sku: str) -> None:
    fair = counter.fair
    with fair.database.writing() as db:
        relinking.link(db, fair.goods.merchant, fair.listing("north", sku), fair.goods.named[sku], actor=CLI)
    fair.works()


def sold_last_month(counter: Counter, count: int, state: OrderState = SHIPPED) -> Sequence[Order]:
    placed = [counter.now() - 30 * DAY - n * HOUR for n in range(count)]
    return [
        counter.order(f"{n}", line("TEE", 2), state=state, placed_at=at, updated_at=at + DAY)
        for n, at in enumerate(placed)
    ]


def was_counted(counter: Counter) -> None:
    counter.fair.goods.sells("TEE")
    counter.fair.goods.adjusts("TEE", 100)


def was_opened_long_ago_and_counted_since(counter: Counter) -> None:
    counter.fair.offers("south", TEE=70)
    counter.fair.passes(60 * DAY)
    counter.fair.goods.adjusts("TEE", 30)


@pytest.mark.parametrize("stocked", [was_counted, was_opened_long_ago_and_counted_since])
@pytest.mark.parametrize("state", [SHIPPED, OrderState.DELIVERED, OrderState.RETURNED])
def test_what_had_left_before_the_shop_was_connected_moves_nothing(
    counter: Counter, stocked: Callable[[Counter], None], state: OrderState
) -> None:
    stocked(counter)
    counter.fair.passes(DAY)
    connects(counter, TEE=100)
    shown = counter.expected("TEE")

    counter.tells(*sold_last_month(counter, 3, state))

    assert counter.stock("TEE") == Standing(100, 0, 0)
    assert counter.stands("0") == {"TEE": "covered"}
    assert counter.expected("TEE") == shown
    assert counter.waits("0").keys() == ({"returned"} if state is OrderState.RETURNED else set())


def test_it_leaves_no_other_warehouse_either_to_which_the_stock_was_carried(counter: Counter) -> None:
    goods, fair = counter.fair.goods, counter.fair
    fair.offers("south", TEE=100)
    goods.builds("second")
    with fair.database.writing() as db:
        levels.transfer(
            db, goods.merchant, goods.named["main"], goods.named["second"], [Line(goods.named["TEE"], 100)],
            Said(Reason.OTHER), actor=CLI,
        )  # fmt: skip
    connects(counter, TEE=100)
    fair.maps("north", "", "second")

    counter.tells(*sold_last_month(counter, 3))

    assert counter.stock("TEE", at="second") == Standing(100, 0, 0)


def test_goods_that_come_are_not_taken_by_what_was_delivered_before(counter: Counter) -> None:
    counter.fair.goods.sells("TEE")
    counter.fair.goods.adjusts("TEE", 1)
    counter.fair.goods.adjusts("TEE", -1)
    connects(counter, TEE=5)
    counter.tells(*sold_last_month(counter, 3, OrderState.DELIVERED))

    counter.fair.goods.adjusts("TEE", 100)
    counter.fair.works()

    assert (counter.waits("0"), counter.stock("TEE")) == ({}, Standing(100, 0, 0))


def test_it_waits_for_no_link_and_stays_what_it_is_whatever_is_told_later(counter: Counter) -> None:
    counter.fair.joins("north")
    counter.fair.lists("north", TEE=100)
    counter.fair.goods.sells("TEE")
    counter.fair.goods.adjusts("TEE", 100)
    (told,) = sold_last_month(counter, 1)
    counter.tells(told)
    first = counter.waits("0")

    links(counter, "TEE")
    for state in (OrderState.DELIVERED, READY):
        counter.tells(replace(told, state=state, updated_at=counter.order("x").updated_at))

    assert (first, counter.stands("0"), counter.stock("TEE")) == ({}, {"TEE": "covered"}, Standing(100, 0, 0))


def test_what_of_it_is_given_up_later_is_counted_by_people(counter: Counter) -> None:
    was_counted(counter)
    connects(counter, TEE=100)
    (told,) = sold_last_month(counter, 1)
    counter.tells(told)

    counter.tells(counter.order("0", line("TEE", 0, cancelled=2), state=CANCELLED, placed_at=told.placed_at))

    assert counter.waits("0").keys() == {"uncounted"}
    assert counter.stock("TEE") == Standing(100, 0, 0)


@pytest.mark.parametrize("state", [READY, OrderState.CANCEL_REQUESTED, OrderState.UNKNOWN])
def test_what_is_still_to_be_sent_is_held_whenever_it_was_placed(counter: Counter, state: OrderState) -> None:
    was_counted(counter)
    connects(counter, TEE=100)

    counter.tells(*sold_last_month(counter, 3, state))

    assert counter.stock("TEE") == Standing(100, 6, 0)


def left(counter: Counter, placed_at: datetime, updated_at: datetime) -> Standing | None:
    counter.tells(counter.order("1", line("TEE", 2), state=SHIPPED, placed_at=placed_at, updated_at=updated_at))
    return counter.stock("TEE")


def test_what_left_while_the_hub_was_away_takes_from_the_shelf(counter: Counter) -> None:
    """Connected, and then not running for a day: its channel says that it was sent in that day."""
    was_counted(counter)
    connects(counter, TEE=100)
    connected_at = counter.now()
    counter.fair.passes(DAY)

    stock = left(counter, connected_at - HOUR, connected_at + HOUR)

    assert stock == Standing(98, 0, 0)
