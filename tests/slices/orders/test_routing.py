"""Orders are sent from where the merchant's rules say, as far as channels and warehouses declare that they can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from hub_hookspecs import Paper

from hub.channels.service import standing
from hub.channels.tables import account
from hub.kernel.db import Database
from hub.kernel.errors import Invalid, Refused
from hub.kernel.events import CLI
from hub.merchants import service as merchants
from hub.merchants.rules import Feature, Several
from hub.orders.rules.routing import Otherwise
from hub.orders.service import ruling
from tests.plugins.barn import Barn
from tests.plugins.kiosk import Kiosk
from tests.slices.orders.counter import CANCELLED, line
from tests.slices.orders.farm import Farm, a_farm
from tests.slices.stock.goods import statements

STOP = Otherwise.STOP


@contextmanager
def stocked(database: Database, barn: Barn | None = None, *, maps: bool = True) -> Iterator[Farm]:
    """Five of TEE and five of CAP lie in the barn, and as many in the merchant's own warehouse."""
    with a_farm(database, Kiosk(), barn or Barn(), maps=maps) as farm:
        farm.fair.lists("north", TEE=9, CAP=9)
        farm.fair.confirms("north", "TEE", "CAP")
        for sku in ("TEE", "CAP"):
            farm.receives(sku, 5)
            farm.fair.goods.adjusts(sku, 5)
        farm.fair.works()
        yield farm


@pytest.fixture
def farm(database: Database) -> Iterator[Farm]:
    with stocked(database) as farm:
        yield farm


@pytest.mark.row("F-19")
def test_a_rule_routes_what_matches_it(farm: Farm) -> None:
    farm.rules("A", skus=("TEE*",))

    farm.tells(farm.order("1", line("TEE")), farm.order("2", line("CAP")))

    assert (farm.lies("1"), farm.lies("2")) == ({"TEE": "A"}, {"CAP": "main"})
    assert farm.waits("1") == farm.waits("2") == {}


@pytest.mark.row("F-53")
@pytest.mark.row("F-58")
def test_without_a_rule_nothing_is_sent_from_the_barn(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 5)))
    farm.tells(farm.order("2", line("TEE", 5)))

    assert (farm.lies("1"), farm.lies("2")) == ({"TEE": "main"}, {"TEE": "A"})
    assert farm.waits("1") == {}
    assert farm.waits("2") == {"no_rule": "no shipping rule sends it from Barn A"}


def test_a_rule_that_comes_later_clears_the_flag(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 5)))
    farm.tells(farm.order("2", line("TEE", 5)))

    farm.rules("A")
    farm.fair.works()

    assert (farm.lies("2"), farm.waits("2")) == ({"TEE": "A"}, {})


def test_a_rule_that_goes_flags_what_it_had_routed(farm: Farm) -> None:
    farm.rules("A")
    farm.tells(farm.order("1", line("TEE")))

    farm.forgets_rules()
    farm.fair.works()

    assert (farm.lies("1"), list(farm.waits("1"))) == ({"TEE": "A"}, ["no_rule"])


def test_where_a_rule_stops_another_warehouse_only_holds_it(farm: Farm) -> None:
    farm.rules("A", otherwise=STOP)

    farm.tells(farm.order("1", line("TEE", 5)))
    farm.tells(farm.order("2", line("TEE", 5)))

    assert (farm.lies("2"), list(farm.waits("2"))) == ({"TEE": "main"}, ["no_rule"])


@pytest.mark.row("F-24")
@pytest.mark.row("F-28")
@pytest.mark.row("K-04")
def test_what_the_barn_needs_and_the_channel_lacks_flags_the_order(database: Database) -> None:
    with stocked(database, Barn(needs=tuple(Paper), countries=("MY",))) as farm:
        farm.rules("A", otherwise=STOP)
        with database.writing() as db:
            db.execute(sa.update(account).where(account.c.id == farm.fair.accounts["north"]).values(country="ID"))

        farm.tells(farm.order("1", line("TEE")))

        assert farm.waits("1") == {
            "country": "Kios north sells in ID, and Barn A serves MY", "no_label": "the kiosk has none",
            "no_awb": "the kiosk has none",
        }  # fmt: skip
        assert farm.lies("1") == {"TEE": "A"}, "it is held, and not sold twice"


def test_what_may_be_sent_elsewhere_is(database: Database) -> None:
    with stocked(database, Barn(needs=(Paper.AWB,))) as farm:
        farm.rules("A", "main")

        farm.tells(farm.order("1", line("TEE")))

        assert (farm.lies("1"), farm.waits("1")) == ({"TEE": "main"}, {})


def test_a_paused_barn_is_passed_by_and_its_orders_go_on_when_it_is_back(farm: Farm) -> None:
    farm.rules("A", otherwise=STOP)
    merchant, barn = farm.fair.goods.merchant, farm.fair.accounts["barn"]
    with farm.fair.database.writing() as db:
        standing.pause(db, merchant, barn, actor=CLI, reason="stocktake")
    farm.tells(farm.order("1", line("TEE")))
    assert farm.waits("1") == {"warehouse_unavailable": "Barn A: its account is paused: stocktake"}

    with farm.fair.database.writing() as db:
        standing.resume(db, standing.account(db, merchant, barn), actor=CLI)
    farm.fair.works()

    assert farm.waits("1") == {}


def test_a_disabled_plugin_and_a_small_plan_are_reasons_too(farm: Farm) -> None:
    farm.rules("A", otherwise=STOP)
    farm.fair.switches("barn", enabled=False)
    with farm.fair.database.writing() as db:
        old = merchants.merchant(db, farm.fair.goods.merchant, for_change=True)
        merchants.change_merchant(db, old, features=(Feature.MASTER_PRODUCT,), actor=CLI)

    farm.tells(farm.order("1", line("TEE")))

    assert sorted(farm.waits("1")) == ["plan", "warehouse_unavailable"]
    assert "Warehouse management" in farm.waits("1")["plan"]


@pytest.mark.row("B-22")
def test_an_order_from_several_warehouses_waits_unless_it_may_be_split(farm: Farm) -> None:
    farm.rules("A", skus=("TEE",))
    farm.tells(farm.order("1", line("TEE"), line("CAP")))
    assert farm.waits("1") == {}, "all of it lies in one warehouse"
    farm.tells(farm.order("2", line("TEE", 5), line("CAP", 3)))

    assert farm.lies("2") == {"TEE": "A", "CAP": "main"}
    assert list(farm.waits("2")) == ["several_warehouses"]
    with farm.fair.database.writing() as db:
        old = merchants.merchant(db, farm.fair.goods.merchant, for_change=True)
        merchants.change_merchant(db, old, several_warehouses=Several.SPLIT, actor=CLI)
    farm.fair.works()
    assert farm.waits("2") == {}


@pytest.mark.row("F-25")
def test_a_person_chooses_another_warehouse_and_it_goes_on(database: Database) -> None:
    with stocked(database, Barn(needs=tuple(Paper))) as farm:
        farm.rules("A", otherwise=STOP)
        farm.tells(farm.order("1", line("TEE", 2)))
        assert sorted(farm.waits("1")) == ["no_awb", "no_label"]

        farm.chooses("1", "main")
        farm.fair.works()

        assert (farm.lies("1"), farm.waits("1")) == ({"TEE": "main"}, {})
        assert (farm.barn("TEE"), farm.stock("TEE")) == ((5, 0), (5, 2, 0))


def test_a_person_chooses_the_barn_without_any_rule(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 2)))

    farm.chooses("1", "A")

    assert (farm.lies("1"), farm.waits("1")) == ({"TEE": "A"}, {})
    assert farm.stock("TEE") == (5, 0, 0)


def test_a_warehouse_that_cannot_send_it_is_not_chosen(database: Database) -> None:
    with stocked(database, Barn(needs=(Paper.AWB,))) as farm:
        farm.tells(farm.order("1", line("TEE", 2)), farm.order("2", line("TEE", 9)))

        with pytest.raises(Refused, match="the kiosk has none") as refused:
            farm.chooses("1", "A")
        assert refused.value.code == "warehouse_cannot_send"
        with pytest.raises(Invalid, match="no warehouse of this merchant"):
            farm.chooses("1", "nowhere")
        assert farm.lies("1") == {"TEE": "main"}


def test_a_warehouse_that_has_not_enough_is_not_chosen(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 5)))
    farm.tells(farm.order("2", line("TEE", 3)))
    assert (farm.lies("1"), farm.lies("2")) == ({"TEE": "main"}, {"TEE": "A"})

    with pytest.raises(Refused, match="not enough") as refused:
        farm.chooses("1", "A")

    assert refused.value.code == "not_enough_stock"
    assert (farm.lies("1"), farm.has("1").lines[0].chosen) == ({"TEE": "main"}, "")


def test_nothing_is_chosen_for_what_is_over(farm: Farm) -> None:
    farm.tells(farm.order("1", line("TEE", 0, cancelled=1), state=CANCELLED))

    with pytest.raises(Refused) as refused:
        farm.chooses("1", "A")

    assert refused.value.code == "nothing_to_send"


def test_rules_are_kept_in_the_order_that_people_want(farm: Farm) -> None:
    first, second = farm.rules("A"), farm.rules("main")
    merchant = farm.fair.goods.merchant
    with farm.fair.database.writing() as db:
        one = ruling.rule(db, merchant, second, for_change=True)
        ruling.change(db, one, ruling.data_of(one), position=0, actor=CLI)

    with farm.fair.database.reading() as db:
        assert [(row.id, row.position) for row in ruling.rules(db, merchant)] == [(second, 0), (first, 1)]


def test_a_batch_of_orders_is_as_many_statements_as_one(farm: Farm) -> None:
    farm.rules("A", "main")
    farm.tells(farm.order("0", line("TEE")))
    counts = []
    for many in (1, 4):
        told = [farm.order(f"{many}-{n}", line("TEE"), line("CAP")) for n in range(many)]
        with statements(farm.fair.database) as asked:
            farm.tells(*told)
        counts.append(len([one for one in asked if "set_config" not in one and "INTO job" not in one]))

    assert counts[0] == counts[1]
