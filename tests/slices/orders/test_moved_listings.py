"""A listing that was moved to another product is told what it shows, whatever the lines of its orders still hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hub_hookspecs import OrderState

from hub.kernel.events import CLI
from hub.linking.service import relinking
from tests.slices.orders.counter import CANCELLED, READY, SHIPPED, Counter, line

COME_BACK = 3  # of what the buyer took, on the channel's shelf


def moves(counter: Counter, sku: str, *, to: str) -> None:
    fair = counter.fair
    with fair.database.writing() as db:
        relinking.link(db, fair.goods.merchant, fair.listing("north", sku), fair.goods.named[to], actor=CLI)
    comes_to_rest(counter)


def comes_to_rest(counter: Counter) -> None:
    for _ in range(4):
        counter.fair.works()
        counter.fair.passes(timedelta(seconds=10))
    assert counter.fair.due() == []


def shows(counter: Counter, sku: str) -> int:
    return counter.fair.kiosks["north"].shown[sku, ""]


@pytest.mark.parametrize(("sold", "stands", "after"), [(READY, "reserved", CANCELLED), (SHIPPED, "shipped", SHIPPED)])
def test_units_that_the_channel_puts_back_are_not_shown_beside_those_of_the_new_product(
    counter: Counter, sold: OrderState, stands: str, after: OrderState
) -> None:
    counter.fair.offers("north", TEE=10, CAP=2)
    counter.fair.kiosks["north"].sells("TEE", 3)
    counter.tells(counter.order("1", line("TEE", 3), state=sold))
    comes_to_rest(counter)
    moves(counter, "TEE", to="CAP")
    before, held = shows(counter, "TEE"), counter.stands("1")

    counter.fair.kiosks["north"].shown["TEE", ""] += COME_BACK
    counter.tells(counter.order("1", line("TEE", 0, cancelled=3), state=after))
    comes_to_rest(counter)

    assert (before, held) == (2, {"TEE": stands})
    assert (shows(counter, "TEE"), counter.fair.told("north", "TEE")["expected"]) == (2, 2)
