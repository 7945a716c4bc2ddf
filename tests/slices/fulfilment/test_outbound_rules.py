"""How far an outbound is, what has left of it, and what a change of its order does to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hub_hookspecs import DocumentState, TaskLine
from hypothesis import given
from hypothesis import strategies as st

from hub.fulfilment.rules.documents import PushStatus, State, looks, next_look, until_lost
from hub.fulfilment.rules.outbounds import ENDED, LONGEST_CODE, Act, Part, act, advanced, code_of, risen
from hub.kernel.ids import new_id

FAR = {State.CREATE: 0, State.PENDING: 1, State.PART_COMPLETE: 2, State.INVALID: 3, State.PART_INVALID: 3}
TOLD = {each.value: each for each in DocumentState}


@pytest.mark.parametrize(
    ("now", "told", "rose", "then"),
    [
        ("create", "pending", False, "pending"),
        ("create", "complete", True, "complete"),
        ("pending", "pending", False, "pending"),
        ("pending", "part_complete", True, "part_complete"),
        ("pending", "pending", True, "part_complete"),
        ("pending", "invalid", False, "invalid"),
        ("pending", "part_invalid", True, "part_invalid"),
        ("part_complete", "pending", False, "part_complete"),
        ("part_complete", "invalid", False, "part_invalid"),
        ("part_complete", "complete", True, "complete"),
        ("complete", "pending", False, "complete"),
        ("complete", "invalid", False, "complete"),
        ("invalid", "pending", False, "invalid"),
        ("invalid", "complete", False, "invalid"),
        ("invalid", "part_complete", True, "part_complete"),  # a cancel and a shipment crossed: the shipment wins
        ("invalid", "complete", True, "complete"),
        ("invalid", "invalid", True, "part_invalid"),
        ("part_invalid", "pending", False, "part_invalid"),
        ("part_invalid", "complete", True, "complete"),
    ],
)
def test_a_document_goes_on_and_never_back(now: str, told: str, rose: bool, then: str) -> None:
    assert advanced(State(now), TOLD[told], rose=rose) == then


@given(st.sampled_from(State), st.lists(st.sampled_from(DocumentState)))
def test_whatever_is_told_in_whichever_order_what_has_ended_stays_so_unless_goods_left(
    now: State, told: list[DocumentState]
) -> None:
    for each in told:
        then = advanced(now, each, rose=False)
        assert then is now if now in ENDED else FAR.get(then, 4) >= FAR.get(now, 4)
        now = then


def parts(*shipped: int) -> list[Part]:
    names = [("one", "TEE", 2), ("two", "TEE", 3), ("two", "CAP", 1)]
    return [
        Part(line, f"product of {sku}", sku, quantity, gone)
        for (line, sku, quantity), gone in zip(names, shipped, strict=True)
    ]


def told(**shipped: int) -> list[TaskLine]:
    return [TaskLine(sku=sku, planned=0, shipped=count) for sku, count in shipped.items()]


@pytest.mark.parametrize(
    ("before", "tells", "totals", "beyond"),
    [
        ((0, 0, 0), {"TEE": 0}, {}, {}),
        ((0, 0, 0), {"TEE": 1}, {("one", "TEE"): 1}, {}),
        ((0, 0, 0), {"TEE": 4, "CAP": 1}, {("one", "TEE"): 2, ("two", "TEE"): 2, ("two", "CAP"): 1}, {}),
        ((2, 2, 1), {"TEE": 4, "CAP": 1}, {}, {}),
        ((2, 2, 1), {"TEE": 5}, {("two", "TEE"): 3}, {}),
        ((2, 2, 1), {"TEE": 3}, {}, {}),  # a total that fell
        ((0, 0, 0), {"TEE": 7}, {("one", "TEE"): 2, ("two", "TEE"): 3}, {"TEE": 2}),
        ((0, 0, 0), {"tee": 1, "MUG": 2}, {}, {"tee": 1, "MUG": 2}),
    ],
)
def test_totals_are_shared_out_among_the_lines_that_want_a_sku(
    before: tuple[int, ...], tells: dict[str, int], totals: dict[tuple[str, str], int], beyond: dict[str, int]
) -> None:
    found = risen(parts(*before), told(**tells))

    assert found.totals == {(line, f"product of {sku}"): total for (line, sku), total in totals.items()}
    assert found.beyond == beyond


@given(st.lists(st.integers(0, 8)))
def test_what_is_booked_never_falls_nor_passes_what_was_asked_for_nor_what_was_told(readings: list[int]) -> None:
    now, most = parts(0, 0, 0), 0
    for reading in readings:
        totals = risen(now, told(TEE=reading)).totals
        assert all(totals.get((one.line_id, one.product_id), one.shipped) >= one.shipped for one in now)
        now = [one._replace(shipped=totals.get((one.line_id, one.product_id), one.shipped)) for one in now]
        most = max(most, reading)
        assert sum(one.shipped for one in now) == min(most, 5)


@pytest.mark.parametrize(
    ("push_status", "state", "then"),
    [
        ("not_pushed", "create", Act.TAKE_BACK),
        ("failed", "create", Act.TAKE_BACK),
        ("failed", "invalid", Act.RENEW),
        ("void", "create", Act.RENEW),
        ("pushing", "create", Act.AWAIT),
        ("unknown", "create", Act.AWAIT),
        ("pushed", "pending", Act.CANCEL),
        ("pushed", "part_complete", Act.CANCEL),
        ("pushed", "part_invalid", Act.TOO_LATE),
        ("pushed", "complete", Act.TOO_LATE),
        ("pushed", "invalid", Act.RENEW),
    ],
)
def test_what_an_order_that_wants_something_else_does_to_its_outbound(push_status: str, state: str, then: Act) -> None:
    assert act(PushStatus(push_status), State(state)) is then


def test_a_code_is_short_readable_and_its_own() -> None:
    at = datetime(2026, 1, 4, tzinfo=UTC)
    codes = {code_of(new_id(), at) for _ in range(1000)}

    assert len(codes) == 1000
    assert all(code.startswith("OB260104-") and len(code) <= LONGEST_CODE for code in codes)


def test_a_document_is_asked_for_ever_more_seldom() -> None:
    ages = [timedelta(), timedelta(minutes=30), timedelta(hours=5), timedelta(days=3), timedelta(days=30)]

    minutes = [next_look(age) / timedelta(minutes=1) for age in ages]

    assert minutes == [1, 5, 15, 60, 360]


def test_a_thousand_documents_are_put_off_in_a_handful_of_lots() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    made_at = {str(n): now - timedelta(minutes=17 * n) for n in range(1_000)}

    found = looks(made_at, now)

    assert len(found) == 5
    assert {one: later for later, ids in found.items() for one in ids} == {
        one: next_look(now - since) for one, since in made_at.items()
    }


@pytest.mark.parametrize(("asked", "waits"), [(None, 0), (30, 90), (120, 0), (500, 0)])
def test_what_is_not_shown_yet_is_lost_only_after_its_time(asked: int | None, waits: int) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    asked_at = None if asked is None else now - timedelta(seconds=asked)

    assert until_lost(asked_at, timedelta(minutes=2), now) == timedelta(seconds=waits)
