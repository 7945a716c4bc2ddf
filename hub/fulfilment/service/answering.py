"""People agree to a buyer's wish to cancel, or refuse it; its channel is told once nothing is sent of it any more.

Agreeing stops at the 3PLs what can be stopped, and is told to the channel when all of it is: nothing is assumed. Where
goods have left a person says so, and agrees all the same, or refuses. What the channel then says of the order, and no
answer of ours, frees its stock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub_hookspecs import OrderState

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.answering import IN_DOUBT, OPEN, UNTOLD, State, Stop, stop_of
from hub.fulfilment.rules.cancelling import STOPPABLE, Cancel, Verdict
from hub.fulfilment.service import cancelling, wishes
from hub.fulfilment.service import parcels as parts
from hub.fulfilment.service.calling_off import Foreseen
from hub.fulfilment.service.cancelling import Stoppable
from hub.fulfilment.store import answers
from hub.fulfilment.store.answers import Answer, Wanted
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.errors import FieldError, Refused
from hub.kernel.events import Actor
from hub.kernel.jobs import Job
from hub.orders.rules.flags import Code
from hub.orders.service import flagging, manual
from hub.orders.store.orders import Stored

WHY = "the buyer asks to cancel it"  # as warehouses are told, where a person says nothing


class Asked(NamedTuple):
    """What a channel is told: the answer as it is now, of its order."""

    one: Answer
    order_ref: str


def answer(db: Transaction, channels: Channels, found: Foreseen, wanted: Wanted, *, actor: Actor) -> Answer:
    """Keep what a person says, and have the channel told by a job. Twice is once.

    `found` was foreseen of the order as it was read for change. Until the channel is being told a person may think
    again. Refused where nobody asks, the channel cannot be told, or goods have left that nobody said had.
    """
    stored, last = found.stored, found.answer
    if last is not None and _is_said(stored, last, wanted):
        if last.state in OPEN and not _is_under_way(db, last):
            wishes.do(db, last)
        return last
    _require_wish(found, last)
    if wanted.accept:
        _stop(db, channels, found, wanted, actor=actor)
    if last is not None and last.state in UNTOLD:
        one = answers.turn(db, last.id, UNTOLD, state=State.DUE.value, words="", **wanted._asdict()) or last
    else:
        one = answers.add(db, stored.order, wanted)
    flagging.drop_flag(db, stored.order.id, Code.NOT_ANSWERED)
    wishes.do(db, one)
    wishes.tell(db, "order.cancel_answered", one, actor=actor, before=last)
    return one


def start(db: Transaction, channels: Channels, job: Job, one: Answer) -> Asked | None:
    """What the channel is told, as the last thing before it is; None: it is not to be told now."""
    actor = Actor(kind="job", id=job.id)
    stored = locked(db, one)
    asking = None
    if _may_be_told(db, channels, stored, answers.find(db, one.id) or one, actor=actor):
        asking = answers.turn(db, one.id, UNTOLD, state=State.ASKING.value, asked_at=now(), words="")
    jobs.hold(db, job)
    return Asked(asking, stored.order.ref) if asking else None


def _may_be_told(db: Transaction, channels: Channels, stored: Stored, one: Answer, *, actor: Actor) -> bool:
    if one.state not in UNTOLD:
        return False
    if stored.order.state is not OrderState.CANCEL_REQUESTED:
        wishes.settle(db, stored.order, one, State.MOOT, "its buyer does not ask for it any more", actor=actor)
        return False
    return not one.accept or _is_stopped(db, channels, stored, one, actor=actor)


def locked(db: Transaction, one: Answer) -> Stored:
    """The order of an answer as it is now, kept from others, and by that its answers."""
    return manual.find(db, one.merchant_id, one.order_id, for_change=True)


def _is_said(stored: Stored, last: Answer, wanted: Wanted) -> bool:
    """Whether just this was said before, and stands; a buyer who asks anew is answered anew."""
    if (last.accept, last.reason, last.goods_left) != wanted or last.state not in (*OPEN, State.GIVEN):
        return False
    order = stored.order
    is_stale = last.settled_at is not None and order.seen_at <= last.settled_at
    return last.state in OPEN or is_stale or order.state is not OrderState.CANCEL_REQUESTED


def _is_under_way(db: Transaction, one: Answer) -> bool:
    is_left = jobs.unfinished(db, wishes.ANSWER_CANCELLATION, [one.id], account_id=one.account_id)
    return one.state is State.WAITING or bool(is_left)


def _require_wish(found: Foreseen, last: Answer | None) -> None:
    order, wish = found.stored.order, found.wish
    if last is not None and last.state in IN_DOUBT:
        message = "its channel is being told at this moment: look at what comes of that first"
        raise Refused(message, code="answer_being_given")
    if wish is None:
        raise Refused("its buyer does not ask to cancel it", code="cancel_not_requested")
    if last is not None and last.state is State.GIVEN and last.settled_at and order.seen_at <= last.settled_at:
        raise Refused("its channel has an answer, and has not said what came of it", code="answer_given")
    if wish.lacks:
        message = f"its channel cannot be told from here: {wish.lacks}"
        cure = "answer its buyer there; the hub hears what comes of it"
        raise Refused(message, code="not_supported", errors=(FieldError(field="accept", message=cure),))


def _stop(db: Transaction, channels: Channels, found: Foreseen, wanted: Wanted, *, actor: Actor) -> None:
    """Stop what can be; refused where something has left, or will, of which the person has not said so."""
    late = [each for each in found.outbounds if each.verdict in (Verdict.TOO_LATE, Verdict.CANNOT)]
    if not wanted.goods_left and (said := _beyond(db, found.stored, late)):
        cure = "call them, then refuse the wish, or agree all the same by saying that goods have left"
        errors = (FieldError(field="goods_left", message=cure),)
        raise Refused(f"{said}; {cure}", code="cancel_too_late", errors=errors)
    cancelling.stop_all(db, channels, found.stored, found.outbounds, why=wanted.reason or WHY, actor=actor)


def _is_stopped(db: Transaction, channels: Channels, stored: Stored, one: Answer, *, actor: Actor) -> bool:
    """Whether nothing of an order is sent any more, or a person has said that goods have left; else say what is so."""
    found = cancelling.verdicts(db, channels, stored.order.id)
    late = [each for each in found if stop_of(each.verdict, each.outbound.cancel) is Stop.TOO_LATE]
    if not one.goods_left and (said := _beyond(db, stored, late)):
        wishes.settle(db, stored.order, one, State.TOO_LATE, said, actor=actor)
        return False
    if fresh := [each for each in found if each.verdict in STOPPABLE and each.outbound.cancel is Cancel.NONE]:
        cancelling.stop_all(db, channels, stored, fresh, why=one.reason or WHY, actor=actor)
        found = cancelling.verdicts(db, channels, stored.order.id)
    if waits := [each for each in found if stop_of(each.verdict, each.outbound.cancel) is Stop.TO_COME]:
        words = "; ".join(f"{each.outbound.code}: {each.words}" for each in waits)
        answers.turn(db, one.id, UNTOLD, state=State.WAITING.value, words=words)
    return not waits


def _beyond(db: Transaction, stored: Stored, late: Sequence[Stoppable]) -> str:
    """What of an order is not stopped any more, with whom to call; "": nothing."""
    named = {each.outbound.id for each in late}
    left = [
        f"parcel {each.parcel.number} has left: call {each.parcel.courier or 'who carries it'}"
        for each in parts.packed(db, stored)
        if each.parcel.left_at is not None and each.outbound_id not in named
    ]
    return "; ".join([*(f"{each.outbound.code} cannot be stopped: {each.words}" for each in late), *left])
