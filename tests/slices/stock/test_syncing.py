"""What an import sees of a figure that was told: where it is not what we believe, it is told again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hub_hookspecs import Place, StockReading

from hub.kernel.db import Database
from hub.stock.service import syncing
from tests.plugins.kiosk import Kiosk
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.goods import statements


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(), south=Kiosk(compare_and_set=True)) as fair:
        yield fair


def told_and_confirmed(fair: Fair, kiosk: str) -> None:
    """TEE and CAP are shown as 8 and 3, and known to be."""
    fair.offers(kiosk, TEE=7, CAP=2)
    fair.goods.adjusts_all([("TEE", 1), ("CAP", 1)])
    fair.works()
    fair.passes(timedelta(seconds=1))


@pytest.mark.parametrize("kiosk", ["north", "south"])
def test_a_figure_that_somebody_changed_on_the_channel_is_told_again(fair: Fair, kiosk: str) -> None:
    told_and_confirmed(fair, kiosk)

    fair.kiosks[kiosk].shown["TEE", ""] = 50
    fair.lists(kiosk, TEE=50, CAP=3)
    displayed, is_due = fair.told(kiosk, "TEE")["displayed"], fair.due()
    for _ in range(3):
        fair.works()
        fair.passes(timedelta(seconds=10))

    assert (displayed, is_due) == (50, [(kiosk, "TEE")])
    assert fair.kiosks[kiosk].shown == {("TEE", ""): 8, ("CAP", ""): 3}
    assert fair.due() == []


def test_what_an_import_sees_as_we_believe_it_is_not_told(fair: Fair) -> None:
    told_and_confirmed(fair, "north")
    calls = len(fair.kiosks["north"].calls)

    fair.lists("north", TEE=8, CAP=3)
    fair.works()

    assert (len(fair.kiosks["north"].calls), fair.due()) == (calls, [])


def test_a_page_from_before_we_told_says_nothing(fair: Fair) -> None:
    told_and_confirmed(fair, "north")
    asked_at = fair.database.clock.now() - timedelta(seconds=10)

    with fair.database.writing() as db:
        syncing.page_seen(db, fair.accounts["north"], {fair.listing("north", "TEE"): 7}, asked_at)

    assert (fair.due(), fair.told("north", "TEE")["displayed"]) == ([], 8)


def test_what_a_channel_said_before_we_told_it_is_shown_to_nobody(fair: Fair) -> None:
    told_and_confirmed(fair, "north")
    asked_at = fair.database.clock.now() - timedelta(seconds=10)

    with fair.database.writing() as db:
        readings = [StockReading(listing_ref="TEE", place_ref="", good=7)]
        syncing.levels_seen(db, fair.accounts["north"], readings, asked_at)

    told = fair.told("north", "TEE")
    assert (fair.due(), told["expected"], told["displayed"]) == ([], 8, 8)


def test_the_one_figure_of_a_listing_says_nothing_of_several_places(database: Database) -> None:
    kiosk = Kiosk()
    kiosk.places = (Place(ref="N", name="Utara"), Place(ref="S", name="Selatan"))
    with a_fair(database, north=kiosk) as fair:
        fair.offers("north", TEE=7)
        fair.maps("north", "N", "main")
        fair.maps("north", "S", "main", shared=True)
        fair.works()
        fair.passes(timedelta(seconds=1))

        fair.lists("north", TEE=99)

        assert fair.due() == []


def test_an_account_that_hears_nothing_is_not_told(fair: Fair) -> None:
    told_and_confirmed(fair, "north")
    fair.switches("north", enabled=False)

    fair.lists("north", TEE=99)

    assert (fair.due(), fair.told("north", "TEE")["displayed"]) == ([], 8)


def test_a_page_costs_the_same_few_statements_whatever_it_shows(fair: Fair) -> None:
    skus = [f"S{number}" for number in range(40)]
    fair.offers("north", **dict.fromkeys(skus, 5))
    fair.goods.adjusts_all([(sku, 1) for sku in skus])
    fair.works()
    fair.passes(timedelta(seconds=1))

    alike, one, all_ = (cost(fair, shown) for shown in (dict.fromkeys(skus, 6), {"S0": 7}, dict.fromkeys(skus[1:], 7)))

    assert (alike, one == all_, one <= 10) == (1, True, True), (alike, one, all_)


def cost(fair: Fair, shown: dict[str, int]) -> int:
    """The statements that these figures cost beside the page itself."""
    figures = {fair.listing("north", sku): figure for sku, figure in shown.items()}
    with statements(fair.database) as asked, fair.database.writing() as db:
        syncing.page_seen(db, fair.accounts["north"], figures, fair.database.clock.now())
    return len([one for one in asked if "set_config" not in one])  # PostgreSQL's transactions begin with one
