"""What a level becomes by a warehouse's own word, who is let go of for it, and when a person decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.stock.rules.adopting import (
    Figures,
    Promise,
    Reading,
    Tally,
    adopted,
    fitting,
    for_others,
    had_come,
    had_left,
    lacking,
    release,
    swing,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
units = st.integers(0, 1_000)


def promise(name: str, quantity: int, minutes: int = 0, *, pushed: bool = False) -> Promise:
    return Promise(name, f"order-{name}", quantity, NOON + timedelta(minutes=minutes), pushed)


@pytest.mark.parametrize(
    ("reading", "accepted", "expected"),
    [
        pytest.param(Reading(10, 0, 0), 0, Figures(10, 0), id="all of it may be sold"),
        pytest.param(Reading(8, 2, 0), 2, Figures(10, 0), id="what is frozen is promised here already"),
        pytest.param(Reading(8, 2, 0), 0, Figures(10, 2), id="frozen for nobody that we know"),
        pytest.param(Reading(8, 2, 0), 5, Figures(10, 0), id="accepted, and not frozen yet"),
        pytest.param(Reading(7, 2, 1), 1, Figures(10, 2), id="damaged is there and held"),
        pytest.param(Reading(0, 0, 0), 0, Figures(0, 0), id="nothing is left"),
    ],
)
def test_a_level_is_what_the_warehouse_says(reading: Reading, accepted: int, expected: Figures) -> None:
    assert adopted(reading, accepted) == expected


@given(st.builds(Reading, units, units, units), units, units)
def test_what_is_offered_is_good_less_what_the_warehouse_has_not_frozen_for_us(
    reading: Reading, accepted: int, unsent: int
) -> None:
    figures = adopted(reading, accepted)

    free = figures.on_hand - figures.held - (accepted + unsent)
    assert figures.on_hand == reading.total
    assert free == reading.good - unsent - max(accepted - reading.frozen, 0)
    assert lacking(figures, accepted + unsent) == max(-free, 0)


@pytest.mark.parametrize(
    ("lacks", "promises", "let_go", "left"),
    [
        pytest.param(0, [promise("a", 3)], [], 0, id="nothing lacks"),
        pytest.param(1, [promise("a", 3), promise("b", 2, 5)], ["b"], 0, id="the youngest goes first"),
        pytest.param(3, [promise("a", 3), promise("b", 2, 5)], ["b", "a"], 0, id="and the next one"),
        pytest.param(1, [promise("a", 3), promise("b", 2, 5, pushed=True)], ["a"], 0, id="what is packed stays"),
        pytest.param(4, [promise("a", 3), promise("b", 2, 5, pushed=True)], ["a"], 1, id="one is missing still"),
        pytest.param(2, [], [], 2, id="nobody is promised anything"),
    ],
)
def test_the_youngest_promises_that_nobody_packs_are_let_go_of(
    lacks: int, promises: list[Promise], let_go: list[str], left: int
) -> None:
    found = release(lacks, promises)

    assert ([one.cause for one in found.let_go], found.lacks) == (let_go, left)


@given(st.integers(0, 50), st.lists(st.tuples(st.integers(1, 20), st.integers(0, 5), st.booleans()), max_size=8))
def test_no_promise_is_let_go_of_in_vain(lacks: int, drawn: list[tuple[int, int, bool]]) -> None:
    promises = [promise(str(n), count, at, pushed=pushed) for n, (count, at, pushed) in enumerate(drawn)]

    found = release(lacks, promises)

    freed = [one.quantity for one in found.let_go]
    assert not any(one.pushed for one in found.let_go)
    assert found.lacks == max(lacks - sum(freed), 0)
    assert not freed or sum(freed[:-1]) < lacks, "without the last one it would not have been enough"
    assert found.lacks == 0 or len(freed) == sum(not one.pushed for one in promises)


@pytest.mark.parametrize(
    ("tally", "share", "said"),
    [
        pytest.param(Tally(), 50, "", id="nothing is there"),
        pytest.param(Tally(10, 4, 4), 10, "", id="few"),
        pytest.param(Tally(10, 5, 0), 50, "", id="just the share"),
        pytest.param(Tally(10, 6, 0), 50, "6 of 10 SKUs", id="more than the share"),
        pytest.param(Tally(10, 10, 0), 100, "", id="any"),
        pytest.param(Tally(3, 3, 3), 100, "nothing is left of all 3", id="all zero"),
        pytest.param(Tally(1, 1, 1), 100, "nothing is left of all 1", id="all zero of one"),
    ],
)
def test_a_large_swing_waits_for_a_person(tally: Tally, share: int, said: str) -> None:
    found = swing(tally, share)

    assert said in found
    assert bool(found) is bool(said)


def test_what_comes_where_nothing_was_is_no_swing() -> None:
    assert Tally().plus(0, 7).plus(0, 0).plus(5, 5).plus(5, 4).plus(5, 0) == Tally(3, 2, 1)


@pytest.mark.parametrize(
    ("read", "reserved", "nearest"),
    [
        pytest.param(Figures(10, 2), 8, Figures(10, 2), id="what fits is just what was read"),
        pytest.param(Figures(10, 2), 9, Figures(10, 1), id="what is held makes room first"),
        pytest.param(Figures(3, 2), 9, Figures(9, 0), id="what is being packed is there"),
        pytest.param(Figures(0, 0), 0, Figures(0, 0), id="nothing"),
    ],
)
def test_a_level_that_does_not_fit_is_the_nearest_that_does(read: Figures, reserved: int, nearest: Figures) -> None:
    found = fitting(read, reserved)

    assert (found, lacking(found, reserved)) == (nearest, 0)


@pytest.mark.parametrize(
    ("frozen", "accepted", "others"),
    [
        pytest.param(5, 3, 2, id="beyond what we asked for"),
        pytest.param(2, 3, 0, id="for ours"),
        pytest.param(4, -1, 4, id="never more than is frozen"),
    ],
)
def test_what_is_frozen_beyond_our_documents_is_for_others(frozen: int, accepted: int, others: int) -> None:
    assert for_others(frozen, accepted) == others


@pytest.mark.parametrize(
    ("minutes", "left", "came"),
    [
        pytest.param(-10, True, True, id="long before"),
        pytest.param(-2, True, True, id="just as far before as clocks may differ"),
        pytest.param(-1, False, True, id="a moment before: clocks differ"),
        pytest.param(6, False, True, id="a moment after the last page"),
        pytest.param(8, False, False, id="long after"),
    ],
)
def test_in_doubt_goods_left_after_a_reading_and_came_before_it(minutes: int, left: bool, came: bool) -> None:
    read_from = datetime(2026, 11, 23, 2, tzinfo=UTC)
    read_until, at = read_from + timedelta(minutes=5), read_from + timedelta(minutes=minutes)

    assert (had_left(at, read_from), had_come(at, at, read_until)) == (left, came)


def test_goods_without_a_time_left_after_a_reading_and_came_before_it_where_they_were_on_their_way() -> None:
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)

    assert not had_left(None, at)
    assert had_come(None, at - timedelta(seconds=1), at)
    assert not had_come(None, at + timedelta(seconds=1), at)
