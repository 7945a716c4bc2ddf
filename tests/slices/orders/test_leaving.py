"""Orders leave the merchant's own shelf: their stock leaves once, whatever their channel says later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import OrderLine, OrderState
from msgspec.structs import replace

from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.orders.service.leaving import leave
from hub.orders.store import orders
from hub.orders.store.orders import Stored
from hub.stock.rules.levels import Standing
from hub.stock.tables import movement
from tests.slices.orders.counter import CANCELLED, READY, SHIPPED, Counter, line


@pytest.fixture(autouse=True)
def stocked(counter: Counter) -> None:
    counter.fair.offers("north", TEE=10, CAP=4)


def leaves(counter: Counter, ref: str, *, awb: str = "") -> Stored:
    with counter.fair.database.writing() as db:
        before = orders.find(db, counter.fair.goods.merchant, counter.has(ref).order.id, for_change=True)
        assert before is not None
        return leave(db, counter.fair.channels, before, courier="JNE" if awb else "", awb=awb, actor=CLI)


def shipments(counter: Counter, sku: str) -> list[tuple[int, datetime]]:
    mine = (movement.c.product_id == counter.fair.goods.named[sku], movement.c.kind == "shipment")
    with counter.fair.database.reading() as db:
        return [tuple(row) for row in db.execute(sa.select(movement.c.quantity, movement.c.occurred_at).where(*mine))]


def test_what_is_reserved_leaves_with_its_order_at_that_moment(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3), line("CAP")))
    at = counter.now()

    now = leaves(counter, "1", awb="JNE-1").order

    assert (now.state, now.awb, now.version) == (SHIPPED, "JNE-1", 2)
    assert (counter.stock("TEE"), counter.stock("CAP")) == (Standing(7, 0, 0), Standing(3, 0, 0))
    ((units, left_at),) = shipments(counter, "TEE")
    assert (units, left_at) == (-3, now.left_at)
    assert at <= left_at <= counter.now()


@pytest.mark.parametrize("state", [READY, OrderState.UNPAID, OrderState.UNKNOWN, SHIPPED, OrderState.DELIVERED])
def test_what_its_channel_says_later_moves_nothing_twice(counter: Counter, state: OrderState) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))
    leaves(counter, "1", awb="JNE-1")

    counter.tells(counter.order("1", line("TEE", 3), state=state))

    order = counter.has("1").order
    assert order.state is (OrderState.DELIVERED if state is OrderState.DELIVERED else SHIPPED)
    assert (order.awb, order.courier, counter.waits("1")) == ("JNE-1", "JNE", {})
    assert counter.stock("TEE") == Standing(7, 0, 0)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param(CANCELLED, "cancelled after it had left: 3 of TEE", id="cancelled"),
        pytest.param(OrderState.CANCEL_REQUESTED, "its buyer asks to cancel it, and it has left", id="asks to"),
    ],
)
def test_a_buyer_who_cancels_after_it_has_left_is_told_to_a_person(
    counter: Counter, state: OrderState, reason: str
) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))
    leaves(counter, "1")

    counter.tells(counter.order("1", line("TEE", 3), state=state))

    assert counter.waits("1") == {"cancelled_late": reason}
    assert counter.has("1").order.state is state
    assert counter.stock("TEE") == Standing(7, 0, 0)


def test_news_from_before_it_left_is_taken_in_all_the_same(counter: Counter) -> None:
    """The channel's clock is not ours: that a person sent the order must not make a cancel look old."""
    cancelled = counter.order("1", line("TEE", 3), state=CANCELLED)
    counter.tells(replace(cancelled, state=READY, updated_at=counter.now()))
    counter.fair.passes(timedelta(days=1))
    leaves(counter, "1")

    counter.tells(cancelled)

    assert "cancelled_late" in counter.waits("1")


@pytest.mark.parametrize(
    ("lines", "state", "reason"),
    [
        pytest.param([line("TEE", 30)], READY, "TEE is not there", id="short"),
        pytest.param([line("HAT")], READY, "HAT is not linked", id="unlinked"),
        pytest.param([line("TEE"), line("CAP", 9)], READY, "CAP is not there", id="in part"),
        pytest.param([line("TEE", 0, cancelled=1)], READY, "nothing of it is wanted", id="nothing left"),
        pytest.param([line("TEE")], OrderState.UNPAID, "nobody has paid", id="unpaid"),
        pytest.param([line("TEE")], OrderState.CANCEL_REQUESTED, "asks to cancel", id="wish to cancel"),
        pytest.param([line("TEE")], OrderState.UNKNOWN, "does not know", id="unknown"),
        pytest.param([line("TEE")], CANCELLED, "is cancelled", id="cancelled"),
    ],
)
def test_an_order_that_is_not_ready_stays_whole(
    counter: Counter, lines: list[OrderLine], state: OrderState, reason: str
) -> None:
    counter.tells(counter.order("1", *lines, state=state))
    before = counter.has("1"), counter.stock("TEE")

    with pytest.raises(Refused, match=reason):
        leaves(counter, "1")

    assert (counter.has("1"), counter.stock("TEE")) == before


def test_more_was_sold_than_it_holds_and_so_it_stays(counter: Counter) -> None:
    counter.tells(counter.order("1", line("TEE", 3)))
    counter.tells(counter.order("1", line("TEE", 30)))

    with pytest.raises(Refused, match="TEE is not there"):
        leaves(counter, "1")

    assert counter.stock("TEE") == Standing(10, 3, 0)
