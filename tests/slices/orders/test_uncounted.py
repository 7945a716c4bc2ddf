"""What was sold before the opening stock was counted moves nothing by itself; where it is given up a person counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hub_hookspecs import OrderState

from hub.kernel.events import CLI
from hub.linking.service import relinking
from hub.stock.rules.levels import Standing
from tests.slices.orders.counter import CANCELLED, SHIPPED, Counter, line

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def opened(counter: Counter) -> None:
    """Ten shirts are shown; whatever was sold an hour before that is not among them."""
    counter.fair.offers("north", TEE=10)


def test_what_is_cancelled_of_it_is_flagged_for_a_count_and_moves_nothing(counter: Counter) -> None:
    before = counter.now() - HOUR
    counter.tells(counter.order("1", line("TEE", 4), placed_at=before))

    counter.tells(counter.order("1", line("TEE", 3, cancelled=1), placed_at=before))
    part = counter.waits("1")
    counter.tells(counter.order("1", line("TEE", 0, cancelled=4), placed_at=before, state=CANCELLED))

    assert "1 of TEE" in part["uncounted"]
    assert "4 of TEE" in counter.waits("1")["uncounted"]
    assert (counter.stands("1"), counter.stock("TEE")) == ({"TEE": "covered"}, Standing(10, 0, 0))


def test_what_is_told_again_is_no_more_in_doubt_than_it_was(counter: Counter) -> None:
    before = counter.now() - HOUR
    counter.tells(counter.order("1", line("TEE", 4), placed_at=before))
    for _ in range(2):
        counter.tells(counter.order("1", line("TEE", 3, cancelled=1), placed_at=before))

    assert [one.in_doubt for one in counter.has("1").lines] == [1]


def has_mugs(counter: Counter, count: int) -> None:
    counter.fair.lists("north", MUG=count)
    counter.fair.confirms("north", "MUG")
    counter.fair.works()


def moves(counter: Counter, sku: str, *, to: str) -> None:
    fair = counter.fair
    with fair.database.writing() as db:
        relinking.link(db, fair.goods.merchant, fair.listing("north", sku), fair.goods.named[to], actor=CLI)
    fair.works()


def test_what_the_opening_covers_of_one_product_is_held_of_another_that_will_be_sent(counter: Counter) -> None:
    """That other one was counted after the order too; but nobody had counted the order off it."""
    has_mugs(counter, 4)
    counter.tells(counter.order("1", line("TEE", 3), placed_at=counter.now() - HOUR))
    covered = counter.stands("1")

    moves(counter, "TEE", to="MUG")

    assert (covered, counter.stands("1")) == ({"TEE": "covered"}, {"TEE": "reserved"})
    assert (counter.stock("TEE"), counter.stock("MUG")) == (Standing(10, 0, 0), Standing(4, 3, 0))


def test_what_was_covered_waits_for_the_other_product(counter: Counter) -> None:
    goods = counter.fair.goods
    goods.sells("MUG")
    goods.adjusts("MUG", 2)
    counter.tells(counter.order("1", line("TEE", 3), placed_at=counter.now() - HOUR))

    moves(counter, "TEE", to="MUG")
    waited = counter.waits("1")
    goods.adjusts("MUG", 2)
    counter.fair.works()

    assert waited == {"short": "MUG: 3 wanted, 2 available"}
    assert (counter.stands("1"), counter.waits("1")) == ({"TEE": "reserved"}, {})
    assert (counter.stock("TEE"), counter.stock("MUG")) == (Standing(10, 0, 0), Standing(4, 3, 0))


@pytest.mark.parametrize("state", [SHIPPED, CANCELLED])
def test_what_was_covered_and_is_over_takes_nothing_of_another_product(counter: Counter, state: OrderState) -> None:
    has_mugs(counter, 4)
    counter.tells(counter.order("1", line("TEE", 3), placed_at=counter.now() - HOUR))
    counter.tells(counter.order("1", line("TEE", 3), placed_at=counter.now() - HOUR, state=state))

    moves(counter, "TEE", to="MUG")
    counter.tells(counter.order("1", line("TEE", 3), placed_at=counter.now() - HOUR, state=state))

    assert counter.stands("1") == {"TEE": "covered"}
    assert (counter.stock("TEE"), counter.stock("MUG")) == (Standing(10, 0, 0), Standing(4, 0, 0))


def test_an_order_is_never_covered_by_the_stock_of_another_product(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))
    counter.fair.passes(2 * HOUR)
    has_mugs(counter, 4)

    moves(counter, "TEE", to="MUG")

    assert counter.stands("1") == {"TEE": "reserved"}
    assert (counter.stock("TEE"), counter.stock("MUG")) == (Standing(10, 0, 0), Standing(4, 3, 0))


def test_an_order_that_waits_is_in_the_stock_that_is_opened_after_it_however_little_that_is(counter: Counter) -> None:
    counter.fair.lists("north", MUG=None)
    counter.fair.joins("south")
    counter.tells(counter.order("1", line("MUG", 2), placed_at=counter.now() - HOUR))
    counter.fair.confirms("north", "MUG")
    counter.fair.works()
    waited = counter.waits("1")

    counter.fair.lists("south", MUG=1)
    counter.fair.confirms("south", "MUG")
    counter.fair.works()

    assert waited == {"short": "MUG: 2 wanted, no stock is known of it yet"}
    assert (counter.stands("1"), counter.flagged()) == ({"MUG": "covered"}, 0)
    assert counter.stock("MUG") == Standing(1, 0, 0)
