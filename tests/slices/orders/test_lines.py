"""What lines hold of the stock, told again and again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hub_hookspecs import OrderState

from hub.orders.rules.lines import MARGIN, NEW, Claim, Line, Opening, Standing, Step, claim, opening, step, still_wanted
from hub.orders.tables import order_line

OPENED = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RESERVED = Line(3, Standing.RESERVED)
MOVED = Line(0, Standing.COVERED, moved=True)
HOLD, TAKE, NOTHING, KEEP = Claim.HOLD, Claim.TAKE, Claim.NOTHING, Claim.KEEP


@pytest.mark.parametrize(
    ("kept", "wanted", "claimed", "to_do"),
    [
        pytest.param(NEW, 3, HOLD, Step.HOLD, id="a new line reserves"),
        pytest.param(RESERVED, 3, HOLD, Step.LEAVE, id="told again it reserves nothing again"),
        pytest.param(RESERVED, 2, HOLD, Step.HOLD, id="one unit cancelled: it holds fewer"),
        pytest.param(RESERVED, 4, HOLD, Step.HOLD, id="one unit more: it holds more"),
        pytest.param(RESERVED, 0, HOLD, Step.FREE, id="all units cancelled"),
        pytest.param(RESERVED, 3, NOTHING, Step.FREE, id="the order cancelled"),
        pytest.param(RESERVED, 3, TAKE, Step.SHIP, id="it left"),
        pytest.param(RESERVED, 2, TAKE, Step.SHIP, id="it left with one unit less than was reserved"),
        pytest.param(NEW, 3, TAKE, Step.SHIP, id="it left before we heard of it"),
        pytest.param(NEW, 3, NOTHING, Step.LEAVE, id="nobody wants it, nothing happens"),
        pytest.param(NEW, 0, TAKE, Step.LEAVE, id="nothing of it left"),
        pytest.param(NEW, 3, KEEP, Step.LEAVE, id="a return first seen moves nothing"),
        pytest.param(RESERVED, 3, KEEP, Step.SHIP, id="what comes back has left, though nobody heard of that"),
        pytest.param(Line(0, Standing.UNLINKED), 3, KEEP, Step.FREE, id="and waits for no link any more"),
        pytest.param(Line(0, Standing.SHORT), 3, KEEP, Step.FREE, id="nor for stock"),
        pytest.param(Line(3, Standing.SHIPPED), 2, TAKE, Step.LEAVE, id="what left is not taken back by a word"),
        pytest.param(Line(3, Standing.SHIPPED), 0, NOTHING, Step.LEAVE, id="nor by a cancellation"),
        pytest.param(Line(0, Standing.COVERED), 3, HOLD, Step.LEAVE, id="what the opening has is settled"),
        pytest.param(MOVED, 3, HOLD, Step.HOLD, id="of another product it has nothing"),
        pytest.param(MOVED, 0, HOLD, Step.LEAVE, id="and nothing of it is wanted"),
        pytest.param(MOVED, 3, NOTHING, Step.LEAVE, id="or its order is cancelled"),
        pytest.param(MOVED, 3, TAKE, Step.LEAVE, id="or it has left as what it was"),
        pytest.param(Line(0, Standing.SHORT), 3, HOLD, Step.HOLD, id="what was short is tried again"),
        pytest.param(
            Line(0, Standing.SHORT), 3, NOTHING, Step.FREE, id="what was short and is cancelled waits no more"
        ),
        pytest.param(Line(0, Standing.UNLINKED), 3, HOLD, Step.HOLD, id="what was unlinked is tried again"),
        pytest.param(Line(3, Standing.RELEASED), 3, HOLD, Step.HOLD, id="a cancellation taken back reserves anew"),
        pytest.param(Line(3, Standing.RELEASED), 0, NOTHING, Step.LEAVE, id="what was freed is freed once"),
    ],
)
def test_a_line_does_what_its_news_ask(kept: Line, wanted: int, claimed: Claim, to_do: Step) -> None:
    assert step(kept, wanted, claimed) is to_do


@pytest.mark.parametrize("state", OrderState)
def test_every_state_claims_something(state: OrderState) -> None:
    assert claim(state) in Claim


@pytest.mark.parametrize(
    ("state", "claimed"),
    [
        (OrderState.UNPAID, NOTHING), (OrderState.READY, HOLD), (OrderState.CANCEL_REQUESTED, HOLD),
        (OrderState.UNKNOWN, HOLD), (OrderState.SHIPPED, TAKE), (OrderState.DELIVERED, TAKE),
        (OrderState.RETURNED, KEEP), (OrderState.CANCELLED, NOTHING),
    ],
)  # fmt: skip
def test_what_an_order_claims_in_each_state(state: OrderState, claimed: Claim) -> None:
    assert claim(state) is claimed


def test_unpaid_orders_hold_stock_where_the_merchant_says_so() -> None:
    assert claim(OrderState.UNPAID, holds_unpaid=True) is HOLD
    assert claim(OrderState.CANCELLED, holds_unpaid=True) is NOTHING


def test_what_the_channel_sends_from_its_own_warehouse_claims_nothing() -> None:
    assert claim(OrderState.READY, sent_by_channel=True) is NOTHING


def test_of_a_cancelled_order_nothing_is_wanted_whatever_its_lines_say() -> None:
    assert [still_wanted(state, 2) for state in (OrderState.CANCELLED, OrderState.READY)] == [0, 2]


@pytest.mark.parametrize(
    ("placed_at", "found"),
    [
        pytest.param(OPENED - MARGIN, Opening.COVERS, id="surely before"),
        pytest.param(OPENED - MARGIN + SECOND, Opening.MAY_COVER, id="before, by clocks that may differ"),
        pytest.param(OPENED + MARGIN, Opening.MAY_COVER, id="after, by clocks that may differ"),
        pytest.param(OPENED + MARGIN + SECOND, Opening.COVERS_NOT, id="surely after"),
    ],
)
def test_orders_from_before_the_opening_are_in_it(placed_at: datetime, found: Opening) -> None:
    assert opening(placed_at, OPENED) is found


def test_a_level_that_was_never_opened_covers_nothing() -> None:
    assert opening(OPENED - timedelta(days=9), None) is Opening.COVERS_NOT


def test_the_table_knows_every_standing() -> None:
    check = next(each for each in order_line.constraints if each.name == "ck_order_line_standing")

    assert {word for word in str(check.sqltext).split("'") if word.isalpha() and word.islower()} == set(Standing)  # type: ignore[attr-defined]  # a check
