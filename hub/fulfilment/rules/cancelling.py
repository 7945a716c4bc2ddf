"""Whether an outbound can still be stopped, said before anybody agrees to it, and what came of asking."""

from __future__ import annotations

import enum
from typing import NamedTuple

from hub_hookspecs import CancelOutcome, DocumentState, OrderState, TaskState

from hub.fulfilment.rules.documents import IN_DOUBT, UNSENT, PushStatus, State


class Cancel(enum.StrEnum):
    """How far the wish to stop an outbound is."""

    NONE = ""
    ASKED = "asked"
    PENDING = "pending"  # the warehouse will say later
    UNKNOWN = "unknown"  # no answer came: it is asked again
    REFUSED = "refused"
    TOO_LATE = "too_late"
    CANCELLED = "cancelled"


class Cause(enum.StrEnum):
    """Why it is to be stopped, which decides what follows."""

    NONE = ""
    ORDER = "order"  # nothing of it is wanted any more
    CHANGE = "change"  # something else is wanted: it is issued again
    HAND = "hand"  # a person stops it: what it holds stays until they say more


class Verdict(enum.StrEnum):
    """What stopping an outbound would come to now."""

    ENDED = "ended"  # there is nothing to stop
    HERE = "here"  # the warehouse has nothing of it: it is taken back at once
    AWAITS = "awaits"  # whether the warehouse has it is being found out first
    ASKS = "asks"  # the warehouse is asked, and may refuse
    ASKED = "asked"  # it has been asked, and has not answered
    CANNOT = "cannot"  # this warehouse takes no cancellations
    TOO_LATE = "too_late"


class OrderVerdict(enum.StrEnum):
    """Who cancels the order itself, whatever becomes of what 3PLs were asked to send of it."""

    HERE = "here"
    CHANNEL = "channel"  # it is sold there, so it is cancelled there
    ENDED = "ended"  # it is cancelled
    LEFT = "left"


STOPPABLE = (Verdict.HERE, Verdict.AWAITS, Verdict.ASKS)
OPEN = (Cancel.ASKED, Cancel.PENDING, Cancel.UNKNOWN)  # an answer is still to come


def judge(push_status: PushStatus, state: State, cancel: Cancel, *, lacks: str) -> Verdict:
    """`lacks`: why the warehouse takes no cancellations; "": it does."""
    if state is State.INVALID or push_status is PushStatus.VOID:
        return Verdict.ENDED
    if state in (State.COMPLETE, State.PART_INVALID):
        return Verdict.TOO_LATE
    if push_status in UNSENT:
        return Verdict.HERE
    if lacks:
        return Verdict.CANNOT
    if push_status in IN_DOUBT:
        return Verdict.AWAITS
    return Verdict.ASKED if cancel in OPEN else Verdict.ASKS


def words(verdict: Verdict, *, house: str, until: str, lacks: str = "", refused: str | None = None) -> str:
    """The verdict in words; `house` is the warehouse's title, `until` how long it takes cancellations.

    `refused`: what it said when it refused to stop it before; None: it has not.
    """
    if verdict is Verdict.ASKS and refused is not None:
        why = f" ({refused})" if refused else ""
        return f"{house} has refused to stop it{why}: call {house}; asked again it may refuse again"
    limit = f"; it takes cancellations until {until}" if until else ""
    return {
        Verdict.ENDED: "there is nothing to stop",
        Verdict.HERE: f"{house} has nothing of it: it is taken back here at once, and the stock is free again",
        Verdict.AWAITS: f"whether {house} has it is being found out; then it is taken back or {house} is asked",
        Verdict.ASKS: f"{house} has it and is asked to stop it, which it may refuse{limit}",
        Verdict.ASKED: f"{house} has been asked and has not answered; it is asked again by itself",
        Verdict.CANNOT: f"{house} takes no cancellations: {lacks}; call {house}",
        Verdict.TOO_LATE: f"it has left {house}: be careful, stock may end up different, and call {house}{limit}",
    }[verdict]


def remedy(verdict: Verdict, *, house: str, code: str, is_refused: bool) -> str:
    """Whom a person calls about an outbound that the hub cannot have stopped, and what for; "": nobody."""
    if verdict not in (Verdict.TOO_LATE, Verdict.CANNOT) and not (verdict is Verdict.ASKS and is_refused):
        return ""
    return (
        f"call {house} about {code}: have the parcel held, or intercepted, or expect it back; its stock stays deducted "
        "until the goods are counted there again"
    )


def judge_order(state: OrderState, *, is_ours: bool) -> OrderVerdict:
    """`is_ours`: no channel tells of it, so the hub's word is the last."""
    if state is OrderState.CANCELLED:
        return OrderVerdict.ENDED
    if state in (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED):
        return OrderVerdict.LEFT
    return OrderVerdict.HERE if is_ours else OrderVerdict.CHANNEL


def words_on_order(verdict: OrderVerdict, *, channel: str) -> str:
    """The verdict in words; `channel` is the title of where it was sold."""
    return {
        OrderVerdict.HERE: "the order is cancelled here; what it holds is free again, but for what is not stopped",
        OrderVerdict.CHANNEL: (
            f"the order itself is cancelled at {channel}, of which the hub hears; here what is on its way is stopped, "
            "and its goods stay promised to it until then"
        ),
        OrderVerdict.ENDED: "the order is cancelled",
        OrderVerdict.LEFT: "the order has left by its channel's word; what comes back is counted",
    }[verdict]


def is_new_wish(cancel: Cancel, before: Cause, now: Cause) -> bool:
    """Whether a warehouse is to be asked for this cause, whatever it was asked, or has refused, for another one.

    A wish that it has refused is asked for once; that nothing of it is wanted any more is another wish than a change,
    and what a person wished is never the order's.
    """
    if cancel is Cancel.NONE or before is Cause.HAND:
        return True
    return cancel not in OPEN and (before, now) == (Cause.CHANGE, Cause.ORDER)


class Answer(NamedTuple):
    cancel: Cancel
    is_stopped: bool


_SAID = {
    CancelOutcome.CANCELLED: Answer(Cancel.CANCELLED, is_stopped=True),
    CancelOutcome.PENDING: Answer(Cancel.PENDING, is_stopped=False),
    CancelOutcome.REFUSED: Answer(Cancel.REFUSED, is_stopped=False),
    CancelOutcome.TOO_LATE: Answer(Cancel.TOO_LATE, is_stopped=False),
}


def answered(outcome: CancelOutcome) -> Answer:
    return _SAID[outcome]


def heard(cancel: Cancel, told: TaskState) -> Cancel:
    """What a reading says of a wish that is open: a cancelled document answers it whatever else it says."""
    if cancel not in OPEN:
        return cancel
    if told.cancel is not None and told.cancel is not CancelOutcome.PENDING:
        return answered(told.cancel).cancel
    if told.state is DocumentState.INVALID:
        return Cancel.CANCELLED
    return Cancel.TOO_LATE if told.state in (DocumentState.COMPLETE, DocumentState.PART_INVALID) else cancel
