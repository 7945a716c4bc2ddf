"""What a channel with several places sold at any of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hub_hookspecs import Place

from hub.kernel.db import Database
from hub.stock.rules.levels import Standing
from tests.plugins.kiosk import Kiosk
from tests.slices.orders.counter import SHIPPED, Counter, line
from tests.slices.stock.fair import Fair, a_fair

NORTH, SOUTH = Place(ref="N", name="Utara"), Place(ref="S", name="Selatan")
with_and_without = pytest.mark.parametrize("compare_and_set", [True, False])


@contextmanager
def two_places(database: Database, *, compare_and_set: bool = True) -> Iterator[Counter]:
    """A kiosk with two places of which nobody has mapped the second; ten shirts are shown at each."""
    kiosk = Kiosk(compare_and_set=compare_and_set)
    kiosk.places = (NORTH, SOUTH)
    with a_fair(database, north=kiosk) as fair:
        fair.offers("north", TEE=10)
        fair.maps("north", "N", "main")
        comes_to_rest(fair)
        yield Counter(fair)


def comes_to_rest(fair: Fair) -> None:
    for _ in range(5):
        fair.works()
        fair.passes(timedelta(minutes=2))
    assert fair.due() == []


def shown(counter: Counter, place: str) -> int:
    return counter.fair.kiosks["north"].shown["TEE", place]


def test_a_line_without_a_place_leaves_nothing_known_of_any_place(database: Database) -> None:
    """It was taken from one of them, and each would be believed to show less."""
    with two_places(database) as counter:
        counter.fair.maps("north", "S", "main", shared=True)
        comes_to_rest(counter.fair)
        before = [counter.expected("TEE", place=ref) for ref in "NS"]

        counter.tells(counter.order("1", line("TEE", 2)))

        assert None not in before
        assert [counter.expected("TEE", place=ref) for ref in "NS"] == [None, None]


@with_and_without
def test_what_a_place_sold_that_is_not_mapped_the_mapped_one_shows_less(
    database: Database, compare_and_set: bool
) -> None:
    """It did not sell it, so it still shows what it did, and has to be told."""
    with two_places(database, compare_and_set=compare_and_set) as counter:
        counter.fair.kiosks["north"].sells("TEE", 2, "S")
        counter.tells(counter.order("1", line("TEE", 2, place="S")))
        believed = counter.expected("TEE", place="N")
        comes_to_rest(counter.fair)

        assert (believed, shown(counter, "N")) == (10, 8)


@with_and_without
def test_a_sale_at_the_mapped_place_is_not_hidden_by_one_at_another(database: Database, compare_and_set: bool) -> None:
    with two_places(database, compare_and_set=compare_and_set) as counter:
        kiosk = counter.fair.kiosks["north"]
        kiosk.sells("TEE", 2, "S")
        counter.tells(counter.order("1", line("TEE", 2, place="S")))
        kiosk.sells("TEE", 3, "N")
        sold_at = counter.now()
        counter.fair.works()
        counter.tells(counter.order("2", line("TEE", 3, place="N"), placed_at=sold_at))
        comes_to_rest(counter.fair)

        assert shown(counter, "N") == 5


@pytest.mark.parametrize("place", [pytest.param("", id="no place"), pytest.param("W", id="a place that is gone")])
@with_and_without
def test_the_only_mapped_place_is_not_known_to_have_sold_what_may_come_from_elsewhere(
    database: Database, compare_and_set: bool, place: str
) -> None:
    with two_places(database, compare_and_set=compare_and_set) as counter:
        counter.tells(counter.order("1", line("TEE", 2, place=place)))
        believed = counter.expected("TEE", place="N")
        comes_to_rest(counter.fair)

        assert believed is None
        assert (shown(counter, "N"), counter.expected("TEE", place="N")) == (8, 8)


def test_what_a_place_sells_while_it_is_not_mapped_is_made_good_when_it_is_again(database: Database) -> None:
    """Else it would be believed to show what is offered, and be told nothing."""
    with two_places(database) as counter:
        fair = counter.fair
        fair.goods.builds("second")
        fair.goods.adjusts("TEE", 10, at="second")
        fair.maps("north", "S", "second")
        comes_to_rest(fair)
        fair.maps("north", "S")
        fair.kiosks["north"].sells("TEE", 2, "S")
        counter.tells(counter.order("1", line("TEE", 2, place="S")))
        comes_to_rest(fair)
        before = shown(counter, "S")
        fair.maps("north", "S", "second")
        comes_to_rest(fair)

        assert (before, shown(counter, "S"), shown(counter, "N")) == (8, 10, 8)


def test_an_account_without_places_sold_it_whatever_its_channel_calls_the_place(counter: Counter) -> None:
    counter.fair.offers("north", TEE=10)

    counter.tells(counter.order("1", line("TEE", 2, place="W")))

    assert counter.expected("TEE") == 8


@contextmanager
def two_shelves(database: Database, *, there: int = 10, compare_and_set: bool = True) -> Iterator[Counter]:
    """Each of the two places is another warehouse, with ten shirts and so many; two were sold at the first."""
    with two_places(database, compare_and_set=compare_and_set) as counter:
        fair = counter.fair
        fair.goods.builds("second")
        fair.goods.adjusts("TEE", there, at="second")
        fair.maps("north", "S", "second")
        comes_to_rest(fair)
        fair.kiosks["north"].sells("TEE", 2, "N")
        counter.tells(counter.order("1", line("TEE", 2, place="N")))
        comes_to_rest(fair)
        yield counter


def on_shelves(counter: Counter) -> list[Standing | None]:
    return [counter.stock("TEE", at=each) for each in ("main", "second")]


@with_and_without
def test_a_line_that_its_channel_takes_from_another_place_by_now_lies_there(
    database: Database, compare_and_set: bool
) -> None:
    """The first place has its units back without a word of anybody; it would show too many for good."""
    with two_shelves(database, compare_and_set=compare_and_set) as counter:
        kiosk = counter.fair.kiosks["north"]
        kiosk.sells("TEE", -2, "N")
        kiosk.sells("TEE", 2, "S")
        counter.tells(counter.order("1", line("TEE", 2, place="S")))
        believed = [counter.expected("TEE", place=ref) for ref in "NS"]
        comes_to_rest(counter.fair)

        assert believed == [None, None]
        assert on_shelves(counter) == [Standing(10, 0, 0), Standing(10, 2, 0)]
        assert [shown(counter, ref) for ref in "NS"] == [10, 8]


def test_of_a_line_that_is_taken_from_several_places_no_figure_is_known(database: Database) -> None:
    """What is left of it may be anywhere; it stays where it is held."""
    with two_shelves(database) as counter:
        counter.tells(counter.order("1", line("TEE", 2)))

        assert [counter.expected("TEE", place=ref) for ref in "NS"] == [None, None]
        assert on_shelves(counter) == [Standing(10, 2, 0), Standing(10, 0, 0)]


def test_a_line_keeps_what_it_holds_until_its_new_place_has_all_of_it(database: Database) -> None:
    with two_shelves(database, there=1) as counter:
        counter.tells(counter.order("1", line("TEE", 2, place="S")))
        comes_to_rest(counter.fair)
        kept, short = on_shelves(counter), counter.waits("1")
        counter.tells(counter.order("1", line("TEE", 2, place="S")))
        still = counter.waits("1")
        counter.fair.goods.adjusts("TEE", 1, at="second")
        comes_to_rest(counter.fair)

        assert kept == [Standing(10, 2, 0), Standing(1, 0, 0)]
        assert short == still == {"short": "TEE: 2 wanted, 1 available"}
        assert on_shelves(counter) == [Standing(10, 0, 0), Standing(2, 2, 0)]
        assert counter.waits("1") == {}


def test_a_line_that_grows_while_it_waits_for_its_new_place_lies_there_once_that_has_all_of_it(
    database: Database,
) -> None:
    with two_shelves(database, there=1) as counter:
        counter.fair.goods.adjusts("TEE", -8)
        counter.tells(counter.order("1", line("TEE", 2, place="S")))
        counter.tells(counter.order("1", line("TEE", 4, place="S")))
        kept = on_shelves(counter)
        counter.fair.goods.adjusts("TEE", 3, at="second")
        comes_to_rest(counter.fair)

        assert kept == [Standing(2, 2, 0), Standing(1, 0, 0)]
        assert on_shelves(counter) == [Standing(2, 0, 0), Standing(4, 4, 0)]
        assert counter.waits("1") == {}


@pytest.mark.parametrize(
    ("there", "after"),
    [
        pytest.param(10, [Standing(10, 0, 0), Standing(8, 0, 0)], id="it is known there"),
        pytest.param(1, [Standing(8, 0, 0), Standing(1, 0, 0)], id="nobody knows of it there"),
    ],
)
def test_what_left_from_another_place_leaves_that_shelf(database: Database, there: int, after: list[Standing]) -> None:
    with two_shelves(database, there=there) as counter:
        counter.tells(counter.order("1", line("TEE", 2, place="S"), state=SHIPPED))

        assert (on_shelves(counter), counter.waits("1")) == (after, {})
