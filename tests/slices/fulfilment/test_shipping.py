"""Orders leave the own shelf once, however often that is said, and their channels hear of it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from hub_hookspecs import OrderState, Temporary, UnknownOutcome
from msgspec.structs import replace

from hub.channels.service import closing
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service import confirming
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT
from hub.kernel import events, jobs
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.stock.rules.levels import Standing
from hub.stock.tables import movement
from tests.slices.fulfilment.yard import LATER, SARI, Yard

CONFIRM = "fulfilment.confirm_shipment"


def shipments(yard: Yard) -> list[int]:
    query = sa.select(movement.c.quantity).where(movement.c.kind == "shipment").order_by(movement.c.id)
    with yard.database.reading() as db:
        return list(db.execute(query).scalars())


def told(yard: Yard, order_id: str) -> list[str]:
    """What the audit trail says of parcels of the order."""
    mine = (events.event.c.subject_id == order_id, events.event.c.kind.startswith("parcel."))
    with yard.database.reading() as db:
        return list(db.execute(sa.select(events.event.c.kind).where(*mine).order_by(events.event.c.id)).scalars())


def test_what_leaves_is_told_to_its_channel_with_who_carries_it(yard: Yard) -> None:
    order = yard.sells("1", 3)

    now = yard.ships(order, courier="JNE", awb="JNE-1").order
    due = yard.parcel(order).confirmation
    yard.works()

    parcel, (heard,) = yard.parcel(order), yard.depot.heard
    assert (now.state, now.courier, now.awb, due) == (OrderState.SHIPPED, "JNE", "JNE-1", Confirmation.DUE)
    assert (parcel.confirmation, parcel.receipt, parcel.left_at) == (Confirmation.CONFIRMED, "R-1", now.left_at)
    assert (heard.key, heard.order_ref, heard.courier, heard.awb) == (parcel.id, "1", "JNE", "JNE-1")
    assert [(each.order_line_ref, each.sku, each.quantity) for each in heard.lines] == [("TEE", "TEE", 3)]
    assert (heard.recipient, heard.sender.city) == (SARI, "Jakarta")
    assert yard.goods.standing("TEE") == Standing(97, 0, 0)
    assert told(yard, order) == ["parcel.left", "parcel.confirmed"]


def test_however_often_it_is_said_it_leaves_once(yard: Yard) -> None:
    order = yard.sells("1", 3)
    barrier = Barrier(4)

    def ship(_: int) -> OrderState:
        barrier.wait(10)
        return yard.ships(order, awb="JNE-1").order.state

    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(ship, range(4)))
    yard.works()
    yard.ships(order)
    yard.works()

    assert set(states) == {OrderState.SHIPPED}
    assert (shipments(yard), len(yard.depot.heard)) == ([-3], 1)
    assert told(yard, order) == ["parcel.left", "parcel.confirmed"]
    assert yard.order(order).order.version == 2


def test_an_order_that_its_channel_saw_leave_first_stays_as_that_says(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.sells("1", 3, state=OrderState.SHIPPED)
    before = yard.order(order)

    assert yard.ships(order, awb="OURS") == before
    yard.works()
    assert (shipments(yard), yard.depot.heard, told(yard, order)) == ([-3], [], [])


def test_a_channel_that_does_not_want_to_know_is_told_nothing(yard: Yard) -> None:
    yard.offers("south", TEE=100)
    order = yard.sells("1", 3, kiosk="south")

    yard.ships(order)

    assert yard.parcel(order).confirmation is Confirmation.NOBODY
    assert yard.ended(CONFIRM) == []


def test_a_number_that_comes_later_is_told_where_the_channel_wanted_it(yard: Yard) -> None:
    yard.depot.wants_awb = True
    order = yard.sells("1", 3)
    yard.ships(order)
    yard.works()
    refused = yard.parcel(order)

    yard.ships(order, courier="JNE", awb="JNE-1")
    yard.works()

    assert (refused.confirmation, refused.reason) == (Confirmation.FAILED, "the depot wants an AWB")
    assert (yard.parcel(order).confirmation, yard.parcel(order).reason) == (Confirmation.CONFIRMED, "")
    assert yard.ended(CONFIRM) == [("failed", "the depot wants an AWB"), ("done", "")]
    assert (yard.order(order).order.awb, shipments(yard)) == ("JNE-1", [-3])
    assert told(yard, order) == ["parcel.left", "parcel.not_confirmed", "parcel.changed", "parcel.confirmed"]


def test_what_the_channel_knows_or_is_being_told_is_not_told_otherwise(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.ships(order, awb="JNE-1")

    with pytest.raises(Refused) as told_now:
        yard.ships(order, awb="JNE-2")
    yard.works()
    with pytest.raises(Refused) as told_before:
        yard.ships(order, awb="JNE-2")

    assert (told_now.value.code, told_before.value.code) == ("shipment_being_confirmed", "shipment_confirmed")
    assert (yard.parcel(order).awb, yard.order(order).order.awb) == ("JNE-1", "JNE-1")


def test_of_an_order_that_nobody_waits_for_the_number_may_come_later_and_change(yard: Yard) -> None:
    yard.offers("south", TEE=100)
    order = yard.sells("1", kiosk="south")
    yard.ships(order)

    numbers = [yard.ships(order, awb=awb).order.awb for awb in ("", "JNE-1", "JNE-2", "")]

    assert numbers == ["", "JNE-1", "JNE-2", "JNE-2"]


def test_no_two_orders_leave_by_one_number(yard: Yard) -> None:
    yard.offers("south", TEE=100)
    first, second = yard.sells("1", kiosk="south"), yard.sells("2", kiosk="south")
    yard.ships(first, awb="JNE-1")

    with pytest.raises(Refused) as by_another:
        yard.ships(second, awb="JNE-1")
    unshipped = yard.order(second).order.left_at
    yard.ships(second, awb="JNE-2")
    with pytest.raises(Refused) as corrected:
        yard.ships(first, awb="JNE-2")

    assert {refused.value.code for refused in (by_another, corrected)} == {"awb_in_use"}
    (error,) = by_another.value.errors
    number = yard.order(first).order.number
    assert (error.field, f"of order {number}:" in error.message, unshipped) == ("awb", True, None)
    assert [yard.order(each).order.awb for each in (first, second)] == ["JNE-1", "JNE-2"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_call_without_an_answer_is_made_again_as_it_was(yard: Yard, when: str) -> None:
    order = yard.sells("1", 3)
    yard.ships(order, awb="JNE-1")
    losses = [1]

    def lose() -> None:
        if losses:
            losses.pop()
            raise UnknownOutcome("no answer came")

    setattr(yard.depot, when, lose)
    yard.tries(CONFIRM_SHIPMENT)
    unsure = (yard.ended(CONFIRM), yard.parcel(order).confirmation)
    yard.sells("1", 3, state=OrderState.CANCELLED)  # meanwhile; what has left is told all the same
    yard.passes(LATER)
    yard.works()

    assert unsure == ([("unknown", "no answer came")], Confirmation.DUE)
    assert yard.ended(CONFIRM) == [("done", "")]
    assert len(yard.depot.heard) == 2
    assert yard.depot.heard[0] == yard.depot.heard[1]
    assert len(yard.depot.parcels) == 1


def test_a_refusal_is_tried_again_by_the_job_and_by_nothing_else(yard: Yard) -> None:
    yard.depot.wants_awb = True
    order = yard.sells("1", 3)
    yard.ships(order)
    yard.works()
    yard.passes(LATER)
    yard.works()
    asked = len(yard.depot.heard)

    yard.depot.wants_awb = False
    with yard.database.writing() as db:
        jobs.retry(db, yard.last(CONFIRM).id, {})
    yard.works()

    assert asked == 1
    assert yard.parcel(order).confirmation is Confirmation.CONFIRMED


def test_a_channel_that_stays_away_is_given_up_with_a_word(yard: Yard) -> None:
    def away() -> None:
        raise Temporary("the depot is away")

    yard.depot.before = away
    order = yard.sells("1")
    yard.ships(order)
    for _ in range(20):
        yard.works()
        yard.passes(timedelta(hours=1))

    assert yard.ended(CONFIRM) == [("dead", "the depot is away")]
    assert (yard.parcel(order).confirmation, yard.parcel(order).reason) == (Confirmation.FAILED, "the depot is away")


def test_a_switch_that_is_off_holds_it_and_a_closed_account_ends_it(yard: Yard) -> None:
    order = yard.sells("1")
    yard.ships(order)
    yard.switches("north", enabled=False)
    yard.works()
    held = (yard.depot.heard, yard.parcel(order).confirmation)
    yard.switches("north", enabled=True)
    with yard.database.writing() as db:
        closing.close(yard.channels, db, yard.goods.merchant, yard.accounts["north"], actor=CLI)
    yard.passes(LATER)
    yard.works()

    assert held == ([], Confirmation.DUE)
    assert yard.depot.heard == []
    assert (yard.parcel(order).confirmation, yard.parcel(order).reason) == (
        Confirmation.FAILED, "the account is closed",
    )  # fmt: skip


def test_a_closed_account_leaves_no_parcel_due_whether_a_job_is_left_for_it_or_not(yard: Yard) -> None:
    orders = [yard.sells(ref) for ref in ("1", "2")]
    for order in orders:
        yard.ships(order)
    with yard.database.writing() as db:
        jobs.cancel(db, yard.last(CONFIRM).id)

    with yard.database.writing() as db:
        confirming.let_go(db, yard.accounts["north"])  # as the hub does before it closes one
        closing.close(yard.channels, db, yard.goods.merchant, yard.accounts["north"], actor=CLI)

    for order in orders:
        parcel = yard.parcel(order)
        assert (parcel.confirmation, parcel.settled_at is None) == (Confirmation.FAILED, False)
        assert parcel.reason == "the account was closed before its channel was told"


def test_the_lines_of_a_parcel_stay_what_left_whatever_is_cancelled_later(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.ships(order)
    told_ = replace(yard.counter.order("1"), recipient=SARI)
    yard.counter.tells(told_)
    yard.works()

    (heard,) = yard.depot.heard
    assert [each.quantity for each in heard.lines] == [3]
    assert "cancelled_late" in yard.counter.waits("1")
