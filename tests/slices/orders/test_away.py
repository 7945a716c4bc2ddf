"""What lies in a warehouse of others is moved only by what is known of it there: let go of, left, done with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hub_hookspecs import OrderState

from hub.kernel.db import Database
from hub.kernel.errors import Refused
from hub.merchants import service as merchants
from tests.plugins.barn import Barn
from tests.plugins.kiosk import Kiosk
from tests.slices.dropping import works_twice
from tests.slices.orders.counter import CANCELLED, READY, SHIPPED, line
from tests.slices.orders.farm import Farm, a_farm


@pytest.fixture
def farm(database: Database) -> Iterator[Farm]:
    """Five of TEE lie in the barn, and none in the merchant's own warehouse."""
    with a_farm(database, Kiosk(), Barn()) as farm:
        farm.fair.lists("north", TEE=9)
        farm.fair.confirms("north", "TEE")
        farm.receives("TEE", 5)
        farm.rules("A", "main")
        farm.fair.works()
        yield farm


def test_what_an_order_holds_in_the_barn_is_looked_at_by_fulfilment(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))

    assert farm.lies("1") == {"TEE": "A"}
    assert farm.barn("TEE") == (5, 2)
    assert farm.asked() == 1


@pytest.mark.parametrize(
    ("quantity", "state"),
    [
        pytest.param(0, CANCELLED, id="cancelled"),
        pytest.param(2, SHIPPED, id="shipped elsewhere"),
        pytest.param(1, READY, id="fewer"),
        pytest.param(4, READY, id="more"),
    ],
)
def test_whatever_the_channel_says_moves_nothing_there(farm: Farm, quantity: int, state: OrderState) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))

    farm.tells(farm.order("1", line("TEE", quantity, cancelled=max(2 - quantity, 0)), state=state))

    assert farm.stands("1") == {"TEE": "reserved"}
    assert farm.barn("TEE") == (5, 2)
    assert farm.asked() == 1


def test_a_cancelled_order_is_free_once_fulfilment_has_looked(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))
    farm.tells(farm.order("1", line("TEE", 0, cancelled=2), state=CANCELLED))

    farm.fair.works()

    assert farm.stands("1") == {"TEE": "released"}
    assert farm.lies("1") == {"TEE": None}
    assert farm.barn("TEE") == (5, 0)
    assert farm.asked() == 0


def test_an_order_that_was_shipped_elsewhere_takes_nothing_from_the_barn(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))
    farm.tells(farm.order("1", line("TEE", 2), state=SHIPPED))

    farm.fair.works()

    assert farm.barn("TEE") == (5, 0)
    assert farm.stands("1") == {"TEE": "short"}


def test_what_is_let_go_of_and_still_wanted_is_held_anew(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))
    farm.fair.goods.adjusts("TEE", 5)
    farm.forgets_rules()

    farm.lets_go("1")

    assert farm.lies("1") == {"TEE": "main"}
    assert farm.barn("TEE") == (5, 0)
    assert farm.stock("TEE") == (5, 2, 0)


def test_what_is_let_go_of_follows_its_listing_to_another_product(farm: Farm) -> None:
    farm.fair.goods.sells("CAP")
    farm.fair.goods.adjusts("CAP", 3)
    farm.tells(farm.order("1", line("TEE", 2)))
    farm.moves("TEE", "CAP")
    farm.forgets_rules()
    assert farm.lies("1") == {"TEE": "A"}, "nobody but fulfilment moves it"

    farm.lets_go("1")

    assert farm.lies("1") == {"TEE": "main"}
    assert (farm.barn("TEE"), farm.stock("CAP")) == ((5, 0), (3, 2, 0))


def test_parts_leave_once_each_and_the_rest_is_free_when_no_more_will(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 3)))

    farm.leaves("1", "OB1:1", TEE={"TEE": 1})
    farm.leaves("1", "OB1:1", TEE={"TEE": 1})  # told twice
    assert (farm.barn("TEE"), farm.stands("1")) == ((4, 2), {"TEE": "reserved"})
    farm.leaves("1", "OB1:2", TEE={"TEE": 1})
    assert farm.barn("TEE") == (3, 1)
    done = farm.is_done("1")

    assert farm.barn("TEE") == (3, 0)
    assert [(one.standing, one.units) for one in done.lines] == [("shipped", 2)]
    assert farm.fair.goods.moved("TEE") == [("receipt", 5), ("shipment", -1), ("shipment", -1)]


def test_an_order_that_has_left_whole_stays_so_though_its_channel_is_behind(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))
    farm.leaves("1", "OB1:2", TEE={"TEE": 2})
    farm.leaves("1", "OB1:2", TEE={"TEE": 2})  # told twice, after the last has left

    done = farm.is_done("1")
    farm.tells(farm.order("1", line("TEE", 2)))

    assert (done.order.state, done.order.left_at is not None) == (SHIPPED, True)
    assert farm.has("1").order.state is SHIPPED
    assert farm.barn("TEE") == (3, 0)
    assert farm.waits("1") == {}


def test_of_a_bundle_as_many_have_left_as_every_part_has(farm: Farm) -> None:
    farm.fair.goods.sells("CAP")
    farm.receives("CAP", 5)
    farm.fair.goods.sells("SET", TEE=1, CAP=2)
    farm.fair.lists("north", SET=9)
    farm.fair.confirms("north", "SET")
    farm.tells(farm.order("1", line("SET", 2)))
    assert (farm.barn("TEE"), farm.barn("CAP")) == ((5, 2), (5, 4))

    farm.leaves("1", "OB1", SET={"TEE": 2, "CAP": 3})
    done = farm.is_done("1")

    assert [one.units for one in done.lines] == [1]
    assert (farm.barn("TEE"), farm.barn("CAP")) == ((3, 0), (2, 0))


def test_goods_that_leave_after_a_cancel_leave_all_the_same(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))
    farm.tells(farm.order("1", line("TEE", 0, cancelled=2), state=CANCELLED))
    farm.fair.works()

    farm.leaves("1", "OB1:2", TEE={"TEE": 2})
    farm.leaves("1", "OB1:2", TEE={"TEE": 2})

    assert farm.barn("TEE") == (3, 0)
    assert farm.stands("1") == {"TEE": "shipped"}
    assert farm.waits("1") == {"cancelled_late": "cancelled after it had left: 2 of TEE"}


def test_what_is_promised_to_others_by_then_does_not_leave_twice(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))
    farm.tells(farm.order("1", line("TEE", 0, cancelled=2), state=CANCELLED))
    farm.fair.works()
    farm.tells(farm.order("2", line("TEE", 4)))

    farm.leaves("1", "OB1:2", TEE={"TEE": 2})

    assert farm.barn("TEE") == (4, 4)
    assert farm.waits("1")["left_unknown"].startswith("1 unit(s) left its warehouse")


def test_a_worker_that_dies_after_its_commit_frees_nothing_twice(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)), farm.order("2", line("TEE", 1)))
    farm.tells(farm.order("1", line("TEE", 0, cancelled=2), state=CANCELLED))
    with farm.fair.database.writing() as db:
        merchants.judge_again(db, farm.fair.goods.merchant)

    kinds = works_twice(farm.fair.work, farm.fair.unfinished)

    assert kinds >= {"fulfilment.prepare", "orders.recheck_routing"}
    assert farm.stands("1") == {"TEE": "released"}
    assert farm.barn("TEE") == (5, 1)


def test_nobody_sends_from_the_own_shelf_what_lies_in_the_barn(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))

    with pytest.raises(Refused, match="lies in Barn A, which sends it by itself") as refused:
        farm.sends("1")

    assert refused.value.code == "order_elsewhere"
    assert (farm.stands("1"), farm.barn("TEE")) == ({"TEE": "reserved"}, (5, 2))
