"""Orders come in: once, whatever is told how often; they hold, ship and free the one stock."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import OrderState
from msgspec.structs import replace

from hub.kernel.sealing import parse_ring
from hub.orders.service import buyers
from hub.orders.tables import sales_order
from hub.stock.rules.levels import Standing
from tests.slices.orders.counter import CANCELLED, MINUTE, SHIPPED, Counter, line
from tests.slices.stock.fair import RING
from tests.slices.stock.goods import statements


@pytest.fixture(autouse=True)
def stocked(counter: Counter) -> None:
    counter.fair.offers("north", TEE=10, CAP=4)


def test_an_order_holds_what_it_wants_and_the_channel_is_told_what_is_left_elsewhere(counter: Counter) -> None:
    counter.fair.joins("south")
    counter.fair.lists("south", TEE=10)
    counter.fair.confirms("south", "TEE")
    counter.fair.works()

    taken = counter.tells(counter.order("1", line("TEE", 3), line("CAP")))
    counter.fair.works()

    assert [each.stored.order.number for each in taken.settled] == ["#1"]
    assert counter.stands("1") == {"TEE": "reserved", "CAP": "reserved"}
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(10, 3, 0), Standing(4, 1, 0))
    assert counter.fair.kiosks["south"].told[-1] == ("TEE", 7)
    assert counter.has("1").order.warehouse_id == counter.fair.goods.named["main"]


def test_the_same_news_twice_and_in_one_batch_move_stock_once(counter: Counter) -> None:
    one = counter.order("1", line("TEE", 3))

    taken = [counter.tells(one, one), counter.tells(one)]

    assert [(len(each.settled), each.unchanged) for each in taken] == [(1, 0), (0, 1)]
    assert counter.stock("TEE") == Standing(10, 3, 0)
    assert counter.has("1").order.version == 1


def test_older_news_is_passed_by(counter: Counter) -> None:
    early, late = counter.order("1", line("TEE", 3)), counter.order("1", line("TEE", 0, cancelled=3), state=CANCELLED)
    counter.tells(late)

    taken = counter.tells(early)

    assert (len(taken.settled), taken.passed_by) == (0, 1)
    assert counter.has("1").order.state is CANCELLED
    assert counter.stock("TEE") == Standing(10, 0, 0)


def test_a_cancelled_order_frees_what_it_held_once(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))

    for _ in range(2):
        counter.tells(counter.order("1", line("TEE", 0, cancelled=3), state=CANCELLED))

    assert counter.stands("1") == {"TEE": "released"}
    assert counter.stock("TEE") == Standing(10, 0, 0)


def test_a_cancellation_taken_back_holds_again_and_can_be_cancelled_again(counter: Counter) -> None:
    for state in (OrderState.READY, CANCELLED, OrderState.READY):
        counter.tells(counter.order("1", line("TEE", 3), state=state))

    assert counter.stock("TEE") == Standing(10, 3, 0)
    counter.tells(counter.order("1", line("TEE", 3), state=CANCELLED))
    assert counter.stock("TEE") == Standing(10, 0, 0)


def test_a_partly_cancelled_order_holds_the_rest_and_ships_just_that(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))
    counter.tells(counter.order("1", line("TEE", 2, cancelled=1)))
    held = counter.stock("TEE")

    counter.tells(counter.order("1", line("TEE", 2, cancelled=1), state=SHIPPED))

    assert (held, counter.stock("TEE")) == (Standing(10, 2, 0), Standing(8, 0, 0))


def test_what_left_with_fewer_than_were_held_leaves_the_rest_on_the_shelf(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))

    for _ in range(2):
        counter.tells(counter.order("1", line("TEE", 2, cancelled=1), state=SHIPPED))

    assert counter.stands("1") == {"TEE": "shipped"}
    assert counter.stock("TEE") == Standing(8, 0, 0)
    assert counter.fair.goods.moved("TEE") == [("opening", 10), ("shipment", -2)]


def test_an_order_first_seen_when_it_had_left_takes_its_goods_at_once(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3), state=OrderState.DELIVERED))

    assert counter.stands("1") == {"TEE": "shipped"}
    assert counter.stock("TEE") == Standing(7, 0, 0)
    counter.tells(counter.order("1", line("TEE", 0, cancelled=3), state=CANCELLED))
    assert counter.stock("TEE") == Standing(7, 0, 0)


def test_a_line_that_wants_more_gets_it_where_there_is_more(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))
    counter.tells(counter.order("1", line("TEE", 5)))
    grown = counter.stock("TEE")

    counter.tells(counter.order("1", line("TEE", 11)))

    assert (grown, counter.stock("TEE")) == (Standing(10, 5, 0), Standing(10, 5, 0))
    assert counter.waits("1") == {"short": "TEE: 11 wanted, 10 available"}


def test_a_line_that_is_told_no_more_is_wanted_no_more(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3), line("CAP")))

    counter.tells(counter.order("1", line("CAP")))

    assert counter.stands("1") == {"TEE": "released", "CAP": "reserved"}
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(10, 0, 0), Standing(4, 1, 0))


def test_what_is_freed_in_a_batch_is_there_for_the_others_in_it(counter: Counter) -> None:
    counter.tells(counter.order("1", line("CAP", 4)))

    counter.tells(counter.order("2", line("CAP", 4)), counter.order("1", line("CAP", 4), state=CANCELLED))

    assert (counter.stands("1"), counter.stands("2")) == ({"CAP": "released"}, {"CAP": "reserved"})
    assert counter.stock("CAP") == Standing(4, 4, 0)


def test_where_there_is_not_enough_the_order_says_what_is_missing_until_it_is_cancelled(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3), line("CAP", 5)))

    assert counter.stands("1") == {"TEE": "reserved", "CAP": "short"}
    assert counter.waits("1") == {"short": "CAP: 5 wanted, 4 available"}
    counter.tells(counter.order("1", line("TEE", 3), line("CAP", 5), state=CANCELLED))
    assert (counter.waits("1"), counter.flagged()) == ({}, 0)


def test_the_first_of_a_batch_gets_the_last_unit(counter: Counter) -> None:
    counter.tells(*(counter.order(f"{n}", line("CAP", 2)) for n in range(3)))

    assert [counter.stands(f"{n}")["CAP"] for n in range(3)] == ["reserved", "reserved", "short"]
    assert counter.stock("CAP") == Standing(4, 4, 0)


def test_a_line_of_a_listing_that_nobody_linked_says_so(counter: Counter) -> None:
    counter.fair.lists("north", MUG=3)

    counter.tells(counter.order("1", line("MUG"), line("GONE"), line("TEE")))

    assert counter.stands("1") == {"MUG": "unlinked", "GONE": "unlinked", "TEE": "reserved"}
    assert counter.waits("1") == {"unlinked": "MUG (listing MUG) is not linked; GONE (listing GONE) is not linked"}


def test_unpaid_orders_hold_stock_only_where_the_merchant_says_so(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3), state=OrderState.UNPAID))
    before = counter.stock("TEE")

    counter.fair.holds_unpaid()
    counter.tells(counter.order("2", line("TEE", 3), state=OrderState.UNPAID))

    assert (before, counter.stock("TEE")) == (Standing(10, 0, 0), Standing(10, 3, 0))
    counter.tells(counter.order("1", line("TEE", 3)))
    assert counter.stock("TEE") == Standing(10, 6, 0)


def test_a_word_that_nobody_knows_holds_and_is_shown_as_it_is(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE"), state=OrderState.UNKNOWN, raw_state="ON_HOLD_7"))

    assert (counter.has("1").order.raw_state, counter.stock("TEE")) == ("ON_HOLD_7", Standing(10, 1, 0))
    assert "'ON_HOLD_7'" in counter.waits("1")["unknown_state"]


def test_an_order_from_before_the_opening_is_in_it_already(counter: Counter) -> None:
    hour, now = timedelta(hours=1), counter.now()

    counter.tells(
        counter.order("before", line("TEE"), placed_at=now - hour),
        counter.order("near", line("TEE"), placed_at=now + MINUTE),
    )

    assert (counter.stands("before"), counter.stands("near")) == ({"TEE": "covered"}, {"TEE": "reserved"})
    assert [counter.has(ref).lines[0].in_margin for ref in ("before", "near")] == [False, True]
    assert counter.stock("TEE") == Standing(10, 1, 0)


def test_a_bundle_holds_its_components_and_a_pack_as_many_as_are_in_it(counter: Counter) -> None:
    counter.fair.goods.sells("SET", TEE=2, CAP=1)
    counter.fair.lists("north", SET=5)
    counter.fair.confirms("north", "SET")
    counter.fair.joins("south")
    counter.fair.lists("south", 2, TEE=5)
    counter.fair.confirms("south", "TEE")

    counter.tells(counter.order("1", line("SET", 2)))
    counter.tells(counter.order("2", line("TEE", 3)), kiosk="south")

    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(10, 10, 0), Standing(4, 2, 0))
    counter.tells(counter.order("1", line("SET", 1, cancelled=1), state=SHIPPED))
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(8, 6, 0), Standing(3, 0, 0))


def test_a_change_of_the_pack_changes_nothing_that_is_held(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 2)))
    counter.fair.lists("north", 3, TEE=10)

    counter.tells(counter.order("1", line("TEE", 1, cancelled=1)))

    assert counter.stock("TEE") == Standing(10, 1, 0)


def test_what_the_channel_sold_it_is_expected_to_show_no_more(counter: Counter) -> None:
    before = counter.expected("TEE")

    counter.tells(counter.order("1", line("TEE", 3)))

    assert (before, counter.expected("TEE")) == (10, 7)
    counter.tells(counter.order("1", line("TEE", 3), raw_state="packed"))
    assert counter.expected("TEE") == 7


def test_of_a_cancelled_unit_nobody_knows_whether_the_channel_shows_it_again(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3), line("CAP", 1, cancelled=1)))

    counter.tells(counter.order("1", line("TEE", 2, cancelled=1), line("CAP", 1, cancelled=1)))

    assert (counter.expected("TEE"), counter.expected("CAP")) == (None, None)
    assert counter.fair.told("north", "TEE")["void"]
    assert counter.fair.due() == [("north", "CAP"), ("north", "TEE")]


def test_lines_come_from_the_warehouses_of_their_place(counter: Counter) -> None:
    counter.fair.goods.builds("Gudang")
    counter.fair.goods.adjusts("TEE", 5, at="Gudang")
    counter.fair.maps("north", "", "Gudang")

    counter.tells(counter.order("1", line("TEE", 2)))

    assert counter.stock("TEE", at="Gudang") == Standing(5, 2, 0)
    assert counter.stock("TEE") == Standing(10, 0, 0)


def test_what_an_order_wants_more_comes_from_where_it_has_something_already(counter: Counter) -> None:
    goods = counter.fair.goods
    goods.builds("Gudang")
    goods.adjusts_all([("TEE", 12), ("CAP", 4)], at="Gudang")
    counter.fair.maps("north", "", "main", "Gudang", shared=True)

    counter.tells(counter.order("1", line("TEE", 11)))
    counter.tells(counter.order("1", line("TEE", 11), line("CAP", 2)))

    assert (counter.stock("TEE", at="Gudang"), counter.stock("CAP", at="Gudang")) == (
        Standing(12, 11, 0), Standing(4, 2, 0),
    )  # fmt: skip
    assert counter.has("1").order.warehouse_id == goods.named["Gudang"]


def test_of_two_reads_that_tell_of_the_same_moment_the_one_that_began_later_is_right(counter: Counter) -> None:
    order = counter.order("1", line("TEE", 2), state=CANCELLED)
    counter.tells(order)

    late = counter.tells(replace(order, state=OrderState.READY), asked_at=counter.now() - MINUTE)

    assert (late.passed_by, late.settled) == (1, [])
    assert (counter.has("1").order.state, counter.stock("TEE")) == (CANCELLED, Standing(10, 0, 0))


def test_the_buyer_is_sealed_and_never_in_the_audit_trail(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE")))

    stored = counter.has("1").order

    assert buyers.opened(parse_ring(RING), stored.id, stored.buyer).recipient.name == ""
    assert stored.buyer.startswith("v1.tests.")


def test_the_channels_own_goods_are_not_taken_from_our_shelves(counter: Counter) -> None:
    counter.tells(replace(counter.order("1", line("TEE", 3)), fulfilled_by_channel=True))

    assert (counter.stands("1"), counter.stock("TEE")) == ({"TEE": "none"}, Standing(10, 0, 0))


@pytest.mark.parametrize("lines", [1, 3])
def test_an_order_is_a_dozen_statements_and_a_hundred_orders_are_no_more(counter: Counter, lines: int) -> None:
    skus = ["TEE", "CAP", "MUG"][:lines]
    counter.fair.lists("north", MUG=400)
    counter.fair.confirms("north", "MUG")
    counter.fair.goods.adjusts_all([(sku, 400) for sku in skus])
    counter.fair.works()

    def asked(*refs: str) -> list[str]:
        told = [counter.order(ref, *(line(sku) for sku in skus)) for ref in refs]
        with statements(counter.fair.database) as found:
            counter.tells(*told)
        work = [one for one in found if "FROM account" not in one and "advisory" not in one and "set_config" not in one]
        audit = [one for one in work if one.startswith("INSERT INTO event ")]
        assert len(audit) == 1
        return [one for one in work if one not in audit]

    one, hundred = asked("first"), asked(*(f"o{n}" for n in range(100)))

    assert len(one) == len(hundred) <= 12, "\n\n".join(one)
    assert counter.stock("TEE") == Standing(410, 101, 0)


def test_orders_of_two_accounts_may_have_one_ref(counter: Counter) -> None:
    counter.fair.joins("south")
    counter.fair.lists("south", TEE=10)
    counter.fair.confirms("south", "TEE")

    counter.tells(counter.order("1", line("TEE")))
    counter.tells(counter.order("1", line("TEE")), kiosk="south")

    with counter.fair.database.reading() as db:
        assert db.execute(sa.select(sa.func.count()).select_from(sales_order)).scalar_one() == 2
    assert counter.stock("TEE") == Standing(10, 2, 0)
