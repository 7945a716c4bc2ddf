"""A cancellation is answered: done, refused, too late, or later; it is never assumed."""

import pytest
from hub_fastock_my import plugin
from hub_fastock_my.sandbox.documents import STEPS
from hub_hookspecs import Cancellation, CancelOutcome, DocumentState, Rejected, TaskKind, TaskState, Temporary

from .steps import Stand, inbound, outbound, task


def cancel(stand: Stand, key: str = "OB-1", ref: str = "") -> Cancellation:
    return plugin.cancel_outbound(stand.account, task(key, ref=ref), "buyer cancelled")


@pytest.mark.parametrize("step", STEPS[:-1])
def test_a_parcel_can_be_cancelled_until_it_left(stand: Stand, step: str) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.move("OB-1", step)

    assert cancel(stand).outcome is CancelOutcome.CANCELLED
    shelf = stand.sandbox.shelf("TEE-M")
    assert (shelf.good, shelf.frozen) == (10, 0)
    state = stand.state("OB-1")
    assert (state.state, state.cancel, state.closed) == (DocumentState.INVALID, CancelOutcome.CANCELLED, True)


def test_a_warehouse_may_refuse_once_it_has_picked(stand: Stand) -> None:
    stand.sandbox.limit_cancels("before_pick")
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.move("OB-1", "PICK")

    answer = cancel(stand)
    assert answer.outcome is CancelOutcome.REFUSED
    assert "PICK; call us" in answer.reason


def test_a_parcel_that_left_is_too_late(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.ship("OB-1")

    answer = cancel(stand)
    assert answer.outcome is CancelOutcome.TOO_LATE
    assert "already-complete" in answer.reason


def test_a_parcel_that_left_in_part_is_refused(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.ship("OB-1", {"TEE-M": 1}, final=False)

    assert cancel(stand).outcome is CancelOutcome.REFUSED


def test_cancelling_twice_is_once(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())

    assert [cancel(stand).outcome for _ in range(2)] == [CancelOutcome.CANCELLED] * 2


def test_what_never_arrived_needs_no_cancelling(stand: Stand) -> None:
    answer = cancel(stand)

    assert (answer.outcome, answer.reason) == (CancelOutcome.CANCELLED, "it had never arrived at Fastock")


def test_what_had_arrived_and_is_gone_is_for_a_person(stand: Stand) -> None:
    with pytest.raises(Rejected, match=r"had taken this document as 'OUT00000001'.*call them"):
        cancel(stand, ref="OUT00000001")


def test_a_return_is_cancelled_though_nobody_knows_any_more_why_the_goods_came(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound(kind="return"))

    answer = plugin.cancel_outbound(stand.account, task("IB-1", TaskKind.INBOUND), "the buyer keeps it")

    assert answer.outcome is CancelOutcome.CANCELLED
    assert stand.sandbox.inbounds()["IB-1"].status == "CANCELED"


@pytest.mark.parametrize(
    ("done", "state", "outcome"),
    [
        pytest.param(True, DocumentState.INVALID, CancelOutcome.CANCELLED, id="done"),
        pytest.param(False, DocumentState.PENDING, CancelOutcome.REFUSED, id="refused"),
    ],
)
def test_an_answer_may_come_later(stand: Stand, done: bool, state: DocumentState, outcome: CancelOutcome) -> None:
    stand.sandbox.answer_cancels_later()
    plugin.push_outbound(stand.account, outbound())
    assert cancel(stand).outcome is CancelOutcome.PENDING
    open_ = stand.state("OB-1")

    stand.sandbox.decide_cancel("OB-1", done=done)

    answered = stand.state("OB-1")
    assert (open_.state, open_.cancel) == (DocumentState.PENDING, None)
    assert (answered.state, answered.cancel) == (state, outcome)


def test_what_was_never_accepted_has_nothing_promised_to_it_whatever_was_said_of_it(stand: Stand) -> None:
    stand.sandbox.answer_cancels_later()
    plugin.push_outbound(stand.account, outbound())
    cancel(stand)
    stand.sandbox.decide_cancel("OB-1", done=False)
    promised = stand.sandbox.shelf("TEE-M").frozen
    stand.sandbox.ship("OB-1")

    shelf = stand.sandbox.shelf("TEE-M")
    assert (promised, shelf.good, shelf.frozen) == (0, 8, 0)


def test_a_parcel_may_leave_although_its_cancellation_was_asked_for(stand: Stand) -> None:
    stand.sandbox.answer_cancels_later()
    plugin.push_outbound(stand.account, outbound())
    cancel(stand)
    stand.sandbox.ship("OB-1")

    assert stand.state("OB-1").state is DocumentState.COMPLETE


@pytest.mark.parametrize("units", [None, {"TEE-M": 1}])
def test_a_parcel_may_leave_although_it_was_cancelled(stand: Stand, units: dict[str, int] | None) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.move("OB-1", "PACKAGE")
    cancel(stand)
    stand.sandbox.ship("OB-1", units, final=units is None)

    left = stand.sandbox.outbounds()["OB-1"].shipped.total()
    shelf = stand.sandbox.shelf("TEE-M")
    assert (shelf.good, shelf.frozen) == (10 - left, 0)
    assert stand.state("OB-1").state is (DocumentState.COMPLETE if units is None else DocumentState.PART_COMPLETE)


def test_a_busy_warehouse_has_not_answered(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.faults.busy = 1

    with pytest.raises(Temporary):
        cancel(stand)

    (found,) = stand.read(task("OB-1"))
    assert isinstance(found, TaskState)
    assert found.state is DocumentState.PENDING


def test_what_was_taken_without_a_name_is_known_by_our_code(stand: Stand) -> None:
    with pytest.raises(Rejected, match="call them"):
        cancel(stand, ref="OB-1")

    plugin.push_outbound(stand.account, outbound())
    assert cancel(stand, ref="OB-1").outcome is CancelOutcome.CANCELLED
