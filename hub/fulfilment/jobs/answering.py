"""Tells a channel what a person says to a buyer who asks to cancel: once, whatever answer is lost.

The process may die between any two statements. The answer says `asking` before the call goes out, so whoever takes the
job up, and finds it so, reads the order first. Where its buyer still asks, the same call is made again: by the contract
a wish that was answered this way before is no mistake, and the plugin looks before it acts.
"""

from __future__ import annotations

from hub_hookspecs import ActionRequired, Order, OrderState, Rejected, Temporary, UnknownOutcome

from hub.channels.service.wiring import Channels
from hub.fulfilment.jobs.asking import SWITCHED_OFF
from hub.fulfilment.rules.answering import IN_DOUBT, OPEN, Heard, State, heard
from hub.fulfilment.service import answering, wishes
from hub.fulfilment.service.answering import Asked
from hub.fulfilment.store import answers
from hub.fulfilment.store.answers import Answer
from hub.kernel import jobs
from hub.kernel.errors import HubError
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Cancelled, Done, Failed, Job, Settled
from hub.orders.service import manual
from hub.orders.service.desk import Desk
from hub.stock.service.desk import Outlet

_TAKEN_BY_NOW = {Heard.TAKEN: State.GIVEN, Heard.MOOT: State.MOOT}


def answer(job: Job, desk: Desk, channels: Channels) -> Settled:
    """Give the answer that the job's key names, unless that is settled or it waits for a warehouse."""
    with desk.database.reading() as db:
        one = answers.find(db, job.key)
    if one is None or one.state not in OPEN:
        return Done()
    outlet = _opened(job, desk, one)
    if outlet.is_disabled:
        return Again(after=SWITCHED_OFF)
    if one.state in IN_DOUBT:
        found = _found_out(job, desk, outlet, one)
        if found is not None:
            return found
    return _given(job, desk, channels, outlet, one)


def _opened(job: Job, desk: Desk, one: Answer) -> Outlet:
    try:
        return desk.open_outlet(job.account_id)
    except HubError as error:  # closed, or its plugin is gone: nothing can be told there any more
        doubt = "whether its channel was told cannot be read: " if one.state in IN_DOUBT else ""
        _settle(job, desk, one, State.REFUSED, f"{doubt}{error}")
        raise


def _found_out(job: Job, desk: Desk, outlet: Outlet, one: Answer) -> Settled | None:
    """What became of an earlier call; None: its buyer still asks, so it may be made again."""
    with desk.database.reading() as db:
        ref = manual.find(db, one.merchant_id, one.order_id).order.ref
    told = _look(outlet, ref)
    ended = _TAKEN_BY_NOW.get(heard(told, accept=one.accept))
    if ended is not None:
        return _settle(job, desk, one, ended, _words(told, ended))
    with desk.database.writing() as db:
        # Not `advance`: a channel that never answers is asked more and more seldom.
        now = jobs.report(db, job, progress=job.progress)
        answers.turn(db, one.id, IN_DOUBT, state=State.DUE.value, words="its channel was told and has not answered")
    return Cancelled() if now.cancel_requested else None


def _given(job: Job, desk: Desk, channels: Channels, outlet: Outlet, one: Answer) -> Settled:
    with desk.database.writing() as db:
        asked = answering.start(db, channels, job, one)
    if asked is None:
        return Done({"note": "it waits for a warehouse, or is not wanted any more"})
    one, ref = asked
    try:
        receipt = outlet.host.answer_cancellation(outlet.door, ref, accept=one.accept, reason=one.reason)
    except Rejected as error:
        return _refused(job, desk, outlet, asked, error)
    except UnknownOutcome as error:
        _turn(job, desk, one, State.UNKNOWN, str(error))
        raise
    except (Temporary, ActionRequired) as error:  # it did not get there
        _turn(job, desk, one, State.DUE, str(error))
        raise
    except HubError as error:  # a plugin that broke before it had spoken
        _settle(job, desk, one, State.REFUSED, str(error))
        raise
    _settle(job, desk, one, State.GIVEN)
    return Done({"receipt": receipt.ref})


def _refused(job: Job, desk: Desk, outlet: Outlet, asked: Asked, error: Rejected) -> Settled:
    """The channel says no: the buyer may ask no more, or an earlier call of ours may have arrived after all."""
    one, told = asked.one, _look(outlet, asked.order_ref)
    ended = _TAKEN_BY_NOW.get(heard(told, accept=one.accept))
    if ended is not None:
        return _settle(job, desk, one, ended, _words(told, ended))
    _settle(job, desk, one, State.REFUSED, str(error))
    return Failed(str(error), error.code or "rejected")


def _look(outlet: Outlet, ref: str) -> OrderState | None:
    """The order's state by its channel now; None: that cannot be read."""
    if not outlet.host.implements("read_orders"):
        return None
    try:
        (told,) = outlet.host.read_orders(outlet.door, [ref])
    except Rejected:
        return None
    return told.state if isinstance(told, Order) else None


def _words(told: OrderState | None, ended: State) -> str:
    if ended is State.GIVEN:
        return ""
    is_cancelled = told is OrderState.CANCELLED
    return "its channel has cancelled it all the same" if is_cancelled else "its buyer does not ask for it any more"


def _turn(job: Job, desk: Desk, one: Answer, state: State, words: str) -> None:
    with desk.database.writing() as db:
        jobs.report(db, job, progress=job.progress)
        answers.turn(db, one.id, IN_DOUBT, state=state.value, words=words)


def _settle(job: Job, desk: Desk, one: Answer, state: State, words: str = "") -> Settled:
    with desk.database.writing() as db:
        jobs.advance(db, job)
        stored = answering.locked(db, one)
        wishes.settle(db, stored.order, one, state, words, actor=Actor(kind="job", id=job.id))
    return Done({"answer": state.value})
