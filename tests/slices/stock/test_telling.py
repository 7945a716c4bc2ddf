"""What a channel is believed to show, sentence by sentence; that they hold together is the simulation's to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.stock.rules.telling import (
    LATE,
    SKEW,
    Told,
    asked,
    cancel_seen,
    confirmed,
    due_again_at,
    line_taken,
    nothing_to_send,
    orders_read,
    refused,
    seeded,
    stale,
    still_out,
    synced,
    waits_for_orders,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
VISIBLE = timedelta(seconds=30)
KNOWN = Told(shown=10, shown_at=NOON, expected=10, touched_at=NOON)
OUT = asked(KNOWN, at=NOON)
READ = stale(OUT, 8, at=NOON)


def after(seconds: int) -> datetime:
    return NOON + seconds * SECOND


def sold(
    told: Told, units: int, *, at: datetime = NOON, compare_and_set: bool = True, everywhere: bool = False
) -> Told:
    return line_taken(told, units, placed_at=at, at=at, compare_and_set=compare_and_set, everywhere=everywhere)


def test_nothing_is_sent_where_the_channel_is_known_to_show_what_is_offered() -> None:
    assert nothing_to_send(KNOWN, 10)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(Told(), id="never told"),
        pytest.param(Told(expected=9), id="it shows something else"),
        pytest.param(Told(expected=10, unsure=True), id="not sure of it"),
    ],
)
def test_whatever_is_not_certain_is_sent(told: Told) -> None:
    assert not nothing_to_send(told, 10)


def test_a_call_that_is_out_expects_nothing_and_counts_anew() -> None:
    told = Told(expected=10, unsure=True, taken=3, void=True, reading=7, shown=10, shown_at=NOON)

    assert asked(told, at=after(1)) == Told(shown=10, shown_at=NOON, asked_at=after(1), touched_at=after(1))


def test_a_call_without_an_answer_is_not_made_again_before_its_late_effect_has_landed() -> None:
    assert due_again_at(OUT, visible_after=VISIBLE) == NOON + LATE


def test_nor_is_one_that_went_on_for_long() -> None:
    told = still_out(sold(OUT, 2), at=after(100))

    assert due_again_at(told, visible_after=VISIBLE) == after(100) + LATE
    assert (told.expected, told.taken) == (None, 2)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(confirmed(OUT, 5, at=after(1), compare_and_set=True), id="confirmed"),
        pytest.param(refused(OUT, at=after(1)), id="refused"),
        pytest.param(Told(), id="never asked"),
    ],
)
def test_an_answered_call_keeps_nobody_waiting(told: Told) -> None:
    assert due_again_at(told, visible_after=VISIBLE) is None


def test_a_confirmed_level_is_expected() -> None:
    told = confirmed(OUT, 5, at=after(1), compare_and_set=True)

    assert told == Told(shown=5, shown_at=after(1), expected=5, touched_at=after(1))


def test_what_was_taken_in_while_the_call_was_out_sold_after_the_write() -> None:
    told = confirmed(sold(OUT, 2), 5, at=after(1), compare_and_set=True)

    assert told.expected == 3


def test_without_compare_and_set_it_may_have_sold_before_the_write() -> None:
    told = confirmed(sold(OUT, 2, compare_and_set=False), 5, at=after(1), compare_and_set=False)

    assert told.expected is None


@pytest.mark.parametrize("compare_and_set", [True, False])
def test_an_answer_after_a_cancel_says_nothing_of_what_is_shown(compare_and_set: bool) -> None:
    told = confirmed(cancel_seen(OUT, at=NOON), 5, at=after(1), compare_and_set=compare_and_set)

    assert told.expected is None


def test_what_a_refusing_channel_shows_is_unknown() -> None:
    told = refused(OUT, at=after(1))

    assert (told.expected, told.shown, told.touched_at) == (None, 10, after(1))


def test_an_order_line_lowers_what_is_expected() -> None:
    told = sold(KNOWN, 2, at=after(1))

    assert (told.expected, told.taken, told.touched_at) == (8, 2, after(1))


def test_an_order_line_does_not_make_known_what_is_not() -> None:
    assert sold(OUT, 2).expected is None


@pytest.mark.parametrize(
    ("placed_at", "expected"),
    [
        pytest.param(NOON + SKEW + SECOND, 8, id="surely after the write"),
        pytest.param(NOON + SKEW, None, id="perhaps before it"),
        pytest.param(NOON - SKEW, None, id="before it"),
    ],
)
def test_without_compare_and_set_a_line_counts_where_it_sold_after_the_write(
    placed_at: datetime, expected: int | None
) -> None:
    assert sold(KNOWN, 2, at=placed_at, compare_and_set=False).expected == expected


def test_a_line_that_names_no_place_makes_every_place_unknown() -> None:
    told = sold(KNOWN, 2, everywhere=True)

    assert (told.expected, told.taken) == (None, 2)


def test_nor_is_the_answer_of_a_call_believed_that_was_out_when_such_a_line_came() -> None:
    told = sold(OUT, 2, everywhere=True)

    assert confirmed(told, 5, at=after(1), compare_and_set=True).expected is None


def test_a_reading_outlives_such_a_line_and_has_to_be_proven() -> None:
    told = orders_read(sold(READ, 2, everywhere=True), began_at=NOON + VISIBLE, visible_after=VISIBLE, at=after(60))

    assert (told.expected, told.unsure) == (8, True)


def test_a_cancelled_unit_makes_what_is_shown_unknown() -> None:
    told = cancel_seen(KNOWN, at=after(1))

    assert (told.expected, told.void, told.touched_at) == (None, True, after(1))


def test_a_reading_waits_until_orders_have_explained_it() -> None:
    assert (READ.expected, READ.reading, READ.read_at) == (None, 8, NOON)
    assert waits_for_orders(READ)
    assert due_again_at(READ, visible_after=VISIBLE) == NOON + VISIBLE
    assert due_again_at(READ, visible_after=None) == NOON


def test_an_import_that_began_late_enough_makes_a_reading_what_is_expected() -> None:
    told = orders_read(READ, began_at=NOON + VISIBLE, visible_after=VISIBLE, at=after(60))

    assert told == Told(shown=10, shown_at=NOON, expected=8, read_at=NOON, touched_at=after(60))
    assert not waits_for_orders(told)


def test_an_import_that_began_too_early_explains_nothing() -> None:
    assert orders_read(READ, began_at=after(29), visible_after=VISIBLE, at=after(60)) == READ


def test_a_channel_without_orders_hides_none() -> None:
    assert orders_read(READ, began_at=NOON, visible_after=None, at=NOON).expected == 8


def test_a_reading_is_unsure_where_lines_were_taken_in_meanwhile() -> None:
    told = orders_read(sold(READ, 1), began_at=NOON + VISIBLE, visible_after=VISIBLE, at=after(60))

    assert (told.expected, told.unsure) == (8, True)


def test_a_reading_is_worth_nothing_where_a_unit_was_cancelled_meanwhile() -> None:
    told = orders_read(cancel_seen(READ, at=NOON), began_at=NOON + VISIBLE, visible_after=VISIBLE, at=after(60))

    assert told.expected is None
    assert not waits_for_orders(told)


def test_an_import_without_a_reading_changes_nothing() -> None:
    assert orders_read(KNOWN, began_at=after(60), visible_after=VISIBLE, at=after(60)) == KNOWN


def test_linking_takes_what_the_import_saw_for_a_reading_of_now() -> None:
    told = seeded(Told(), 10, page_asked_at=NOON, at=after(3_600))

    assert told == Told(reading=10, read_at=after(3_600), touched_at=after(3_600))


@pytest.mark.parametrize(
    "told", [pytest.param(KNOWN, id="touched since its page was asked for"), pytest.param(OUT, id="a call is out")]
)
def test_linking_leaves_what_is_newer(told: Told) -> None:
    assert seeded(told, 3, page_asked_at=NOON, at=after(60)) == told


def test_linking_again_begins_anew() -> None:
    told = seeded(cancel_seen(sold(KNOWN, 1), at=NOON), 3, page_asked_at=after(1), at=after(60))

    assert (told.expected, told.taken, told.void, told.reading) == (None, 0, False, 3)


def test_a_sync_that_differs_says_that_we_are_wrong() -> None:
    assert synced(KNOWN, 9, page_asked_at=after(1)).expected is None


@pytest.mark.parametrize(
    ("told", "quantity", "page_asked_at"),
    [
        pytest.param(KNOWN, 10, after(1), id="it agrees"),
        pytest.param(KNOWN, 9, NOON, id="it may be from before"),
        pytest.param(OUT, 9, after(1), id="nothing is known anyway"),
    ],
)
def test_a_sync_changes_nothing_where(told: Told, quantity: int, page_asked_at: datetime) -> None:
    assert synced(told, quantity, page_asked_at=page_asked_at) == told
