"""What about its outbounds an order waits for a person for: why, what to do, and what clears it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.fulfilment.rules.cancelling import Cancel, Cause
from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.rules.outbounds import ENDED
from hub.orders.rules.flags import Code

_SCANNED = timedelta(days=1)  # after which a warehouse has said itself that a scanned parcel left
REMEDIES = {
    Code.OUTBOUND_NOT_TAKEN: "correct what the reason names, then push the outbound again; or choose another warehouse",
    Code.OUTBOUND_STOPPED: "push the outbound again, choose another warehouse for the order, or cancel the order",
    Code.OUTBOUND_PROBLEM: "ask the warehouse about the document by its code",
    Code.OUTBOUND_NOT_STOPPED: (
        "call the warehouse: have the parcel intercepted or expect it back; its stock stays deducted until the goods "
        "are counted there again"
    ),
    Code.OUTBOUND_CROSSED: (
        "it left although the warehouse had agreed to stop it: have the parcel intercepted or expect it back, and look "
        "at other orders that were promised these goods"
    ),
    Code.OUTBOUND_SHORT: "ask the warehouse why it sent less, and send the rest or cancel it",
    Code.OUTBOUND_LATE: "have the papers made at the channel, or call the warehouse: channels punish late shipment",
    Code.SHIPPED_ELSEWHERE: (
        "its channel says that it has left and its warehouse does not: cancel the outbound if it is not to be sent"
    ),
}  # fmt: skip


class Seen(NamedTuple):
    """An outbound as this needs it; `shipped` base units have left."""

    code: str
    current: bool
    push_status: PushStatus
    state: State
    reason: str
    cancel: Cancel
    cancel_cause: Cause
    cancel_reason: str
    shipped: int
    is_overdue: bool = False
    is_gone_elsewhere: bool = False


class Trouble(NamedTuple):
    code: Code
    reason: str


def troubles(one: Seen) -> Iterator[Trouble]:
    """Everything that is the matter with it."""
    if one.current and one.push_status is PushStatus.FAILED:
        yield Trouble(Code.OUTBOUND_NOT_TAKEN, f"the warehouse has not taken {one.code}: {one.reason or 'it said no'}")
    elif one.current and (one.state is State.INVALID or one.push_status is PushStatus.VOID):
        why = f": {one.reason or one.cancel_reason}" if one.reason or one.cancel_reason else ""
        yield Trouble(Code.OUTBOUND_STOPPED, f"{one.code} was stopped and its goods are still wanted{why}")
    elif one.reason and one.push_status is PushStatus.PUSHED and one.state not in ENDED:
        yield Trouble(Code.OUTBOUND_PROBLEM, f"{one.code}: {one.reason}")
    yield from _of_cancel(one)
    if one.state is State.PART_INVALID and one.cancel_cause is not Cause.ORDER:
        yield Trouble(Code.OUTBOUND_SHORT, f"the warehouse has ended {one.code} with less than was asked for")
    if one.is_overdue and one.current and one.state not in ENDED:
        yield Trouble(Code.OUTBOUND_LATE, f"{one.code} is to leave by its channel's deadline, and has not")
    if one.is_gone_elsewhere and one.push_status is PushStatus.PUSHED and one.state not in ENDED:
        yield Trouble(Code.SHIPPED_ELSEWHERE, f"the order has left by its channel's word, and {one.code} has not")


def _of_cancel(one: Seen) -> Iterator[Trouble]:
    is_unwanted = one.cancel_cause in (Cause.ORDER, Cause.CHANGE)
    if one.cancel in (Cancel.REFUSED, Cancel.TOO_LATE) and is_unwanted:
        why = f": {one.cancel_reason}" if one.cancel_reason else ""
        yield Trouble(
            Code.OUTBOUND_NOT_STOPPED, f"the warehouse has not stopped {one.code}, which is wanted no more{why}"
        )
    if one.cancel is Cancel.CANCELLED and one.shipped:
        yield Trouble(Code.OUTBOUND_CROSSED, f"{one.shipped} unit(s) of {one.code} left although it was cancelled")


def is_gone_elsewhere(*, awb: str, order_awb: str, since: datetime, at: datetime) -> bool:
    """Whether an order that has left by its channel's word is not the parcel that the warehouse is packing.

    The same AWB is the same parcel: the courier's scan came first. That lasts a day at most.
    """
    return bool(order_awb and awb and order_awb != awb) or at - since > _SCANNED
