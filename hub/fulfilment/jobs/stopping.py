"""Asks a warehouse to stop an outbound. Asking again is safe, and whoever died before the answer reads back first."""

from __future__ import annotations

from datetime import timedelta

from hub_hookspecs import Cancellation, CancelOutcome, Rejected, UnknownOutcome

from hub.channels.service.wiring import Channels
from hub.fulfilment.jobs.asking import SWITCHED_OFF, read_back
from hub.fulfilment.rules.cancelling import Cancel
from hub.fulfilment.rules.documents import IN_DOUBT
from hub.fulfilment.service import cancelling, refreshing
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel import jobs
from hub.kernel.errors import HubError
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Done, Job, Settled
from hub.orders.service.desk import Desk
from hub.stock.service.desk import Outlet

_UNSURE = timedelta(minutes=1)  # the push of it is being found out first


def stop(job: Job, desk: Desk, channels: Channels) -> Settled:
    """Have the outbound that the job's key names stopped, unless that is settled."""
    with desk.database.reading() as db:
        one = outbounds.find(db, job.key)
    if one is None or one.cancel not in (Cancel.ASKED, Cancel.UNKNOWN):
        return Done()
    if one.push_status in IN_DOUBT:
        return Again(after=_UNSURE)
    outlet = desk.open_outlet(job.account_id)
    if outlet.is_disabled:
        return Again(after=SWITCHED_OFF)
    if one.cancel is Cancel.UNKNOWN or job.unknown:
        one = _read(job, desk, channels, outlet, one)
        if one.cancel not in (Cancel.ASKED, Cancel.UNKNOWN):
            return Done({"cancel": one.cancel.value})
    return _asked(job, desk, channels, outlet, one)


def _read(job: Job, desk: Desk, channels: Channels, outlet: Outlet, one: OutboundRow) -> OutboundRow:
    """What became of an earlier wish, as the document itself tells."""
    answer = read_back(desk, outlet, lambda db: refreshing.tasks_of(db, [one]))
    with desk.database.writing() as db:
        jobs.report(db, job, progress=job.progress)
        return refreshing.settle(db, channels, one, answer, actor=Actor(kind="job", id=job.id))


def _asked(job: Job, desk: Desk, channels: Channels, outlet: Outlet, one: OutboundRow) -> Settled:
    with desk.database.writing() as db:
        (task,), why = refreshing.tasks_of(db, [one]), cancelling.why(one)
        jobs.hold(db, job)
    try:
        answer = outlet.host.cancel_outbound(outlet.door, task, why)
    except Rejected as error:
        answer = Cancellation(outcome=CancelOutcome.REFUSED, reason=str(error))
    except UnknownOutcome:
        with desk.database.writing() as db:
            jobs.report(db, job, progress=job.progress)
            cancelling.in_doubt(db, one)
        raise
    except HubError as error:
        _settle(job, desk, channels, one, Cancellation(outcome=CancelOutcome.REFUSED, reason=str(error)))
        raise
    _settle(job, desk, channels, one, answer)
    return Done({"cancel": answer.outcome.value})


def _settle(job: Job, desk: Desk, channels: Channels, one: OutboundRow, answer: Cancellation) -> None:
    with desk.database.writing() as db:
        jobs.advance(db, job)
        cancelling.answered(db, channels, one, answer, actor=Actor(kind="job", id=job.id))
