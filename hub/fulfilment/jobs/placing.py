"""Tells a warehouse of a 3PL of the products that it is to keep, one call after the other.

The process may die between any two statements: what was noted and not answered is asked for before it is sent again.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
from hub_hookspecs import PATIENCE, Absent, ChannelError, Listing, Rejected, Temporary, UnknownOutcome, Waiting

from hub.catalog.service.retelling import REPLACE
from hub.fulfilment.service import placing
from hub.fulfilment.service.placing import Call, Step
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import HubError
from hub.kernel.jobs import Again, Done, Handlers, Job, Settled
from hub.orders.service.desk import Desk
from hub.stock.rules.placing import IN_DOUBT
from hub.stock.service.desk import Outlet
from hub.stock.service.placing import PUSH_PRODUCT
from hub.stock.store import placements
from hub.stock.store.placements import Placement

SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread
SHORTEST = timedelta(seconds=1)  # that a warehouse may have us wait
LOT = 100  # warehouses looked at in one transaction


def handlers(desk: Desk) -> Handlers:
    return {
        PUSH_PRODUCT: lambda job: push(job, desk),
        REPLACE: lambda job: replace(job, desk),
    }


def push(job: Job, desk: Desk) -> Settled:
    """Go on until the warehouse, which is the job's key, has been told of everything."""
    while True:
        with desk.database.reading() as db:
            one = placing.next_one(db, job)
        if one is None:
            return Done()
        ended = _go_on(job, desk, one)
        if ended is not None:
            return ended
        job = msgspec.structs.replace(job, unknown=False, resume=None)  # that one has ended, or is to be sent


def replace(job: Job, desk: Desk) -> Settled:
    """Have the product told anew wherever it is known; the job's key is the product."""
    with desk.database.writing() as db:
        placing.replaced(db, job.merchant_id, job.key)
        jobs.advance(db, job)
    return Done()


def _go_on(job: Job, desk: Desk, one: Placement) -> Settled | None:
    """One step; None where the next one is due at once."""
    outlet = _opened(job, desk)
    step = placing.begun(job, one)
    if one.status in IN_DOUBT and step is None:
        _read_back(job, desk, outlet, one)
        return None
    if outlet.is_disabled:
        return Again(after=SWITCHED_OFF)
    with desk.database.writing() as db:
        call = placing.note_call(db, job, one) if step is None else placing.go_on(db, job, one, step)
    return None if call is None else _send(job, desk, outlet, call)


def _opened(job: Job, desk: Desk) -> Outlet:
    try:
        return desk.open_outlet(job.account_id)
    except HubError as error:  # closed, or its plugin is gone: nothing can be told there any more
        with desk.database.writing() as db:
            jobs.advance(db, job)
            placements.give_up(db, job.key, str(error))
        raise


def _send(job: Job, desk: Desk, outlet: Outlet, call: Call) -> Settled | None:
    one = call.placement
    try:
        answer = outlet.host.push_product(outlet.door, call.product, call.state)
    except UnknownOutcome as error:
        with desk.database.writing() as db:
            placing.in_doubt(db, job, one, str(error))
        raise
    except (ChannelError, HubError) as error:
        _came_to_nothing(job, desk, call, error)
        return None
    if isinstance(answer, Waiting):
        return _wait(job, desk, one, answer)
    with desk.database.writing() as db:
        placing.pushed(db, job, one, answer)
    return None


def _came_to_nothing(job: Job, desk: Desk, call: Call, error: ChannelError | HubError) -> None:
    """The warehouse has not taken it: never will, or not now."""
    with desk.database.writing() as db:
        if isinstance(error, HubError):  # a plugin that breaks may have said something before
            placing.fail(db, job, call.placement, str(error), may_be_there=True)
            placing.others(db, job)
        elif isinstance(error, Rejected):
            placing.fail(db, job, call.placement, str(error), may_be_there=bool(call.state))
        elif not call.state:
            placing.not_now(db, job, call.placement, str(error))
    if not isinstance(error, Rejected):
        raise error


def _wait(job: Job, desk: Desk, one: Placement, answer: Waiting) -> Settled | None:
    with desk.database.writing() as db:
        if placing.waited_too_long(db, one):
            reason = "the warehouse took it and has not finished within a day"
            placing.fail(db, job, one, reason, may_be_there=True)
            return None
    after = min(max(answer.after, SHORTEST), PATIENCE)
    return Again(after=after, resume=msgspec.to_builtins(Step(product_id=one.product_id, state=answer.state)))


def _read_back(job: Job, desk: Desk, outlet: Outlet, one: Placement) -> None:
    """Ask what became of a call that nobody knows the outcome of; only a lasting no allows another one.

    An update that may have landed is sent again: that a product is known there does not say as what.
    """
    if not job.unknown:
        raise UnknownOutcome("an earlier call may have reached the warehouse: it is asked first")
    with desk.database.reading() as db:
        told = placing.as_told(db, job, one)
    try:
        answer = outlet.host.find_listing(outlet.door, told)
    except (Rejected, HubError) as error:
        reason = f"no answer came, and what became of it cannot be asked: {error}"
        with desk.database.writing() as db:
            placing.fail(db, job, one, reason, may_be_there=True)
        return
    with desk.database.writing() as db:
        left = _settled(db, job, outlet, one, answer)
    if left > timedelta(0):
        raise Temporary("the warehouse does not show it yet; it may still come", code="not_seen_yet", retry_after=left)


def _settled(db: Transaction, job: Job, outlet: Outlet, one: Placement, answer: Listing | Absent) -> timedelta:
    """Settle what can be settled; gives how long to wait where nothing can."""
    if isinstance(answer, Listing) and not one.is_there:
        placing.pushed(db, job, one, answer)
        return timedelta(0)
    is_there = isinstance(answer, Listing)
    left = timedelta(0) if is_there else placing.left_of(db, one, outlet.host.channel.absent_means_lost_after)
    if left <= timedelta(0):
        placing.lost(db, job, one)
    return left


class Reminder:
    """Looks round all warehouses, lot by lot, and asks for what waits where no job is left for it."""

    def __init__(self) -> None:
        self._after = ""

    def __call__(self, db: Transaction) -> int:
        """Look at some more; gives how many, 0 after the last."""
        found = placements.waiting(db, after=self._after, limit=LOT)
        self._after = found[-1].id if found else ""  # before anything can fail
        for one in found:
            if not jobs.unfinished(db, PUSH_PRODUCT, [one.id], account_id=one.account_id):
                jobs.enqueue(db, PUSH_PRODUCT, key=one.id, merchant_id=one.merchant_id, account_id=one.account_id)
        return len(found)
