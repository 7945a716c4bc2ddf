"""A parcel whose channel has to hear of it is told, whatever becomes of the job that was to tell it."""

from __future__ import annotations

import pytest

from hub.fulfilment.jobs import Reminder, reminding
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT
from hub.kernel import jobs
from tests.slices.fulfilment.yard import Yard

CONFIRM = CONFIRM_SHIPMENT.name


def leaves_untold(yard: Yard, ref: str) -> str:
    """An order leaves, and the job that was to tell its channel is cancelled before it began; gives the order's id."""
    order = yard.sells(ref)
    yard.ships(order, awb=f"JNE-{ref}")
    with yard.database.writing() as db:
        jobs.cancel(db, yard.last(CONFIRM).id)
    yard.works()
    assert (yard.ended(CONFIRM)[-1][0], yard.parcel(order).confirmation) == ("cancelled", Confirmation.DUE)
    return order


def goes_round(yard: Yard, reminder: Reminder) -> int:
    """A round of the caretaker, as the sweep makes it; gives how many transactions found something."""
    rounds = 0
    while True:
        with yard.database.writing() as db:
            if not reminder(db):
                return rounds
        rounds += 1


def test_a_parcel_whose_job_was_cancelled_is_told_by_itself(yard: Yard) -> None:
    order = leaves_untold(yard, "1")

    goes_round(yard, Reminder())
    yard.works()

    assert yard.parcel(order).confirmation is Confirmation.CONFIRMED
    assert [each.awb for each in yard.depot.heard] == ["JNE-1"]


def test_a_parcel_whose_job_was_cancelled_is_told_where_its_order_is_sent_again(yard: Yard) -> None:
    order = leaves_untold(yard, "1")

    before = yard.order(order)
    again = yard.ships(order, awb="JNE-1")
    yard.works()

    assert again == before
    assert yard.parcel(order).confirmation is Confirmation.CONFIRMED
    assert [each.awb for each in yard.depot.heard] == ["JNE-1"]


def test_what_a_job_is_left_for_and_what_is_settled_is_left_alone(yard: Yard) -> None:
    told, refused, waiting = (yard.sells(ref) for ref in ("told", "refused", "waiting"))
    yard.ships(told, awb="JNE-1")
    yard.works()
    yard.depot.wants_awb = True
    yard.ships(refused)
    yard.works()
    yard.ships(waiting, awb="JNE-2")
    before = yard.ended(CONFIRM)

    goes_round(yard, Reminder())
    yard.ships(waiting, awb="JNE-2")

    assert yard.ended(CONFIRM) == before
    assert [state for state, _ in before] == ["done", "failed", "ready"]


def test_all_are_found_lot_by_lot_and_the_next_round_begins_with_the_first(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "LOT", 2)
    orders = [leaves_untold(yard, f"{n}") for n in range(5)]
    reminder = Reminder()

    rounds = goes_round(yard, reminder)
    yard.works()
    late = leaves_untold(yard, "late")
    goes_round(yard, reminder)
    yard.works()

    assert rounds == 3
    assert {yard.parcel(order).confirmation for order in (*orders, late)} == {Confirmation.CONFIRMED}
    assert len(yard.depot.heard) == 6
