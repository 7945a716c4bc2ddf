"""What is added to a line after it had left, or was counted, holds stock as any other; what comes back has left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hub_hookspecs import OrderState

from hub.fulfilment.service.parcels import lines_of
from hub.kernel.events import CLI
from hub.linking.service import relinking
from hub.orders.rules.lines import Standing as Stands
from hub.orders.rules.lines import shares
from hub.stock.rules.levels import Standing
from tests.slices.orders.counter import CANCELLED, READY, SHIPPED, Counter, line
from tests.slices.orders.test_leaving import leaves

ADDED = "TEE (added 1)"


@pytest.fixture(autouse=True)
def stocked(counter: Counter) -> None:
    counter.fair.offers("north", TEE=10)


def rests(counter: Counter) -> None:
    for _ in range(4):
        counter.fair.works()
        counter.fair.passes(timedelta(seconds=30))


def sells(counter: Counter, units: int) -> None:
    counter.fair.kiosks["north"].sells("TEE", units)


def shown(counter: Counter) -> int:
    return counter.fair.kiosks["north"].shown["TEE", ""]


def test_more_of_a_line_that_has_left_is_held_and_not_offered_again(counter: Counter) -> None:
    sells(counter, 3)
    counter.tells(counter.order("1", line("TEE", 3), state=SHIPPED))
    rests(counter)

    sells(counter, 2)
    counter.tells(counter.order("1", line("TEE", 5), state=READY))
    rests(counter)

    assert counter.stands("1") == {"TEE": "shipped", ADDED: "reserved"}
    assert (counter.stock("TEE"), shown(counter)) == (Standing(7, 2, 0), 5)
    order = counter.has("1")
    told = lines_of(order, {each.id for each in order.lines})
    assert [(each.ref, each.units) for each in told] == [("TEE", 3), ("TEE", 2)]


def test_more_of_a_line_that_the_opening_stock_covers_is_held(counter: Counter) -> None:
    long_ago = counter.now() - timedelta(days=1)
    counter.tells(counter.order("1", line("TEE", 1), placed_at=long_ago))
    rests(counter)

    sells(counter, 2)
    counter.tells(counter.order("1", line("TEE", 3), placed_at=long_ago))
    rests(counter)

    assert counter.stands("1") == {"TEE": "covered", ADDED: "reserved"}
    assert (counter.stock("TEE"), shown(counter)) == (Standing(10, 2, 0), 8)


def test_what_was_added_leaves_is_given_up_and_added_to_like_any_line(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3), state=SHIPPED))
    counter.tells(counter.order("1", line("TEE", 5)))
    counter.tells(counter.order("1", line("TEE", 4, cancelled=1)))
    fewer = counter.stock("TEE")
    counter.tells(counter.order("1", line("TEE", 4, cancelled=1), state=SHIPPED))
    counter.tells(counter.order("1", line("TEE", 6, cancelled=1)))
    more = counter.stock("TEE")
    counter.tells(counter.order("1", line("TEE", 0, cancelled=7), state=CANCELLED))

    assert (fewer, more, counter.stock("TEE")) == (Standing(7, 1, 0), Standing(6, 2, 0), Standing(6, 0, 0))
    assert counter.stands("1") == {"TEE": "shipped", ADDED: "shipped", "TEE (added 2)": "released"}
    assert [each.quantity + each.cancelled for each in counter.has("1").lines] == [3, 2, 2]
    assert "3 of TEE; 1 of TEE" in counter.waits("1")["cancelled_late"]


def test_what_is_added_after_the_parcel_has_left_is_taken_and_a_person_told(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))
    leaves(counter, "1", awb="JNE-1")

    counter.tells(counter.order("1", line("TEE", 5)))

    assert counter.stock("TEE") == Standing(5, 0, 0)
    assert counter.waits("1") == {"added_late": "added after the order had left: 2 of TEE"}


def test_what_begins_anew_takes_nothing_again_of_what_was_added_to_it_and_has_left(counter: Counter) -> None:
    """Its listing was moved to another product, and the opening stock of the one has nothing of the other."""
    fair, long_ago = counter.fair, counter.now() - timedelta(days=1)
    fair.goods.sells("CAP")
    fair.goods.adjusts("CAP", 10)
    for told in (line("TEE", 1), line("TEE", 3)):
        counter.tells(counter.order("1", told, placed_at=long_ago))
    counter.tells(counter.order("1", line("TEE", 3), placed_at=long_ago, state=SHIPPED))
    counter.tells(counter.order("1", line("TEE", 3), placed_at=long_ago))
    with fair.database.writing() as db:
        listing, product = fair.listing("north", "TEE"), fair.goods.named["CAP"]
        relinking.link(db, fair.goods.merchant, listing, product, actor=CLI)
    fair.works()

    counter.tells(counter.order("1", line("TEE", 3), placed_at=long_ago, raw_state="packed"))

    assert counter.stands("1") == {"TEE": "reserved", ADDED: "shipped"}
    assert (counter.stock("TEE"), counter.stock("CAP"), counter.waits("1")) == (
        Standing(8, 0, 0), Standing(10, 1, 0), {},
    )  # fmt: skip


def test_of_a_bundle_that_was_counted_in_part_all_is_held_once_more_of_it_is_wanted(counter: Counter) -> None:
    """The opening stock has the shirt of the first, and of no other; rather a unit too few than one sold twice."""
    fair, long_ago = counter.fair, counter.now() - timedelta(days=1)
    fair.goods.sells("CAP")
    fair.goods.adjusts("CAP", 4)
    fair.goods.sells("SET", TEE=1, CAP=2)
    fair.lists("north", SET=2)
    fair.confirms("north", "SET")
    counter.tells(counter.order("1", line("SET", 1), placed_at=long_ago))
    first = counter.stock("TEE"), counter.stock("CAP")

    counter.tells(counter.order("1", line("SET", 3), placed_at=long_ago))
    short, waits = (counter.stock("TEE"), counter.stock("CAP")), counter.waits("1")
    fair.goods.adjusts("CAP", 2)
    fair.works()

    assert first == short == (Standing(10, 0, 0), Standing(4, 2, 0))
    assert waits == {"short": "CAP: 6 wanted, 4 available"}
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(10, 3, 0), Standing(6, 6, 0))
    assert (counter.has("1").lines[0].in_margin, counter.waits("1")) == (True, {})


def test_an_order_that_comes_back_before_anybody_heard_that_it_left_holds_nothing(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))

    counter.tells(counter.order("1", line("TEE", 0, cancelled=3), state=OrderState.RETURNED))

    assert counter.stands("1") == {"TEE": "shipped"}
    assert counter.stock("TEE") == Standing(7, 0, 0)
    assert "returned" in counter.waits("1")


@pytest.mark.parametrize(
    ("parts", "wanted", "each"),
    [
        pytest.param([], 0, [0], id="a new line of which nothing is wanted"),
        pytest.param([(Stands.RESERVED, 3, 3)], 5, [5], id="what is held grows"),
        pytest.param([(Stands.SHIPPED, 3, 3)], 5, [3, 2], id="what has left does not"),
        pytest.param([(Stands.SHIPPED, 5, 3)], 5, [5], id="what left short is not sent again by itself"),
        pytest.param([(Stands.SHIPPED, 2, 3)], 3, [3], id="a late cancellation that is taken back adds nothing"),
        pytest.param([(Stands.COVERED, 1, 1), (Stands.RESERVED, 2, 2)], 2, [1, 1], id="the last gives up first"),
        pytest.param([(Stands.RESERVED, 1, 1), (Stands.SHIPPED, 2, 2)], 3, [1, 2], id="what has left comes first"),
        pytest.param([(Stands.RESERVED, 1, 1), (Stands.SHIPPED, 2, 2)], 2, [0, 2], id="the rest is given up first"),
        pytest.param([(Stands.RESERVED, 1, 1), (Stands.RESERVED, 2, 2)], 4, [1, 3], id="and each keeps what it holds"),
        pytest.param([(Stands.SHIPPED, 3, 3), (Stands.SHIPPED, 2, 2)], 6, [3, 2, 1], id="and is added to again"),
    ],
)
def test_a_line_is_shared_out_among_its_parts(
    parts: list[tuple[Stands, int, int]], wanted: int, each: list[int]
) -> None:  # fmt: skip
    assert shares(parts, wanted) == each
