"""The matrix of cancelling: what stopping an outbound would come to, in words, and what a reading says of the wish."""

from __future__ import annotations

import pytest
from hub_hookspecs import CancelOutcome, DocumentState, OrderState, TaskState

from hub.fulfilment.rules.cancelling import (
    STOPPABLE,
    Cancel,
    OrderVerdict,
    Verdict,
    answered,
    heard,
    judge,
    judge_order,
    remedy,
    words,
    words_on_order,
)
from hub.fulfilment.rules.documents import PushStatus, State

MATRIX = [
    ("not_pushed", "create", "", Verdict.HERE),  # shipment is not arranged: nothing was pushed
    ("failed", "create", "", Verdict.HERE),
    ("void", "create", "", Verdict.ENDED),
    ("pushing", "create", "", Verdict.AWAITS),
    ("unknown", "create", "", Verdict.AWAITS),
    ("pushed", "pending", "", Verdict.ASKS),  # early and picking: only the warehouse knows whether it is too late
    ("pushed", "part_complete", "", Verdict.ASKS),
    ("pushed", "pending", "asked", Verdict.ASKED),
    ("pushed", "pending", "pending", Verdict.ASKED),
    ("pushed", "pending", "unknown", Verdict.ASKED),  # timed out
    ("pushed", "pending", "refused", Verdict.ASKS),
    ("pushed", "complete", "", Verdict.TOO_LATE),
    ("pushed", "complete", "too_late", Verdict.TOO_LATE),
    ("pushed", "part_invalid", "", Verdict.TOO_LATE),
    ("pushed", "invalid", "cancelled", Verdict.ENDED),
]


@pytest.mark.parametrize(("push_status", "state", "cancel", "verdict"), MATRIX)
def test_the_verdict_is_known_before_anybody_agrees(
    push_status: str, state: str, cancel: str, verdict: Verdict
) -> None:
    given = PushStatus(push_status), State(state), Cancel(cancel)

    assert judge(*given, lacks="") is verdict
    at_the_warehouse = verdict in (Verdict.AWAITS, Verdict.ASKS, Verdict.ASKED)
    assert judge(*given, lacks="no such call") is (Verdict.CANNOT if at_the_warehouse else verdict)


def test_each_verdict_has_words_that_say_whom_to_call_where_it_is_too_late() -> None:
    said = {each: words(each, house="Fastock MY", until="it is complete", lacks="no such call") for each in Verdict}

    assert len(set(said.values())) == len(Verdict)
    assert said[Verdict.TOO_LATE].endswith("call Fastock MY; it takes cancellations until it is complete")
    assert said[Verdict.CANNOT] == "Fastock MY takes no cancellations: no such call; call Fastock MY"
    assert Verdict.TOO_LATE not in STOPPABLE


def test_who_did_not_stop_it_is_called_about_it_by_its_code() -> None:
    named = {
        (each, is_refused)
        for each in Verdict
        for is_refused in (False, True)
        if remedy(each, house="Fastock MY", code="OB-1", is_refused=is_refused).startswith("call Fastock MY about OB-1")
    }

    assert named == {
        (Verdict.TOO_LATE, False), (Verdict.TOO_LATE, True), (Verdict.CANNOT, False), (Verdict.CANNOT, True),
        (Verdict.ASKS, True),
    }  # fmt: skip
    said = words(Verdict.ASKS, house="Fastock MY", until="", refused="picked already")
    assert said.startswith("Fastock MY has refused to stop it (picked already): call Fastock MY")


@pytest.mark.parametrize(
    ("state", "is_ours", "verdict"),
    [("ready", True, "here"), ("ready", False, "channel"), ("unpaid", True, "here"), ("unknown", False, "channel"),
     ("cancel_requested", False, "channel"), ("cancelled", True, "ended"), ("cancelled", False, "ended"),
     ("shipped", True, "left"), ("delivered", False, "left"), ("returned", False, "left")],
)  # fmt: skip
def test_it_is_said_who_cancels_the_order_itself(state: str, is_ours: bool, verdict: str) -> None:
    assert judge_order(OrderState(state), is_ours=is_ours) is OrderVerdict(verdict)


def test_each_verdict_on_an_order_has_words_of_its_own() -> None:
    said = {each: words_on_order(each, channel="Pasar MY") for each in OrderVerdict}

    assert len(set(said.values())) == len(OrderVerdict)
    assert "cancelled at Pasar MY" in said[OrderVerdict.CHANNEL]


@pytest.mark.parametrize(
    ("outcome", "cancel", "is_stopped"),
    [("cancelled", "cancelled", True), ("refused", "refused", False), ("pending", "pending", False),
     ("too_late", "too_late", False)],
)  # fmt: skip
def test_an_answer_is_taken_as_it_is(outcome: str, cancel: str, is_stopped: bool) -> None:
    assert answered(CancelOutcome(outcome)) == (Cancel(cancel), is_stopped)


@pytest.mark.parametrize(
    ("cancel", "state", "says", "then"),
    [
        ("", "invalid", None, ""),
        ("asked", "pending", None, "asked"),
        ("unknown", "pending", None, "unknown"),
        ("pending", "pending", "pending", "pending"),
        ("pending", "pending", "refused", "refused"),
        ("pending", "invalid", "cancelled", "cancelled"),
        ("unknown", "invalid", None, "cancelled"),
        ("unknown", "complete", None, "too_late"),
        ("refused", "invalid", "cancelled", "refused"),  # what has ended by itself is no answer
    ],
)
def test_a_reading_answers_a_wish_that_is_open(cancel: str, state: str, says: str | None, then: str) -> None:
    told = TaskState(
        key="OB", ref="", state=DocumentState(state), progress="", cancel=CancelOutcome(says) if says else None
    )

    assert heard(Cancel(cancel), told) == then
