"""Tells a channel that a parcel left. Its plugin looks before it acts: the same call again is the read-back.

The process may die between any two statements: the job's outcome is unknown then, and the call is made again with the
same key. What the channel took is not taken twice, and only a clear no of its own ends the job without it.
"""

from __future__ import annotations

from datetime import timedelta

from hub_hookspecs import Receipt, Rejected, Temporary

from hub.fulfilment.service import confirming
from hub.fulfilment.store.parcels import Parcel
from hub.kernel import jobs
from hub.kernel.errors import HubError
from hub.kernel.jobs import Again, Done, Failed, Job, Settled
from hub.orders.service.desk import Desk

SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread


def confirm(job: Job, desk: Desk) -> Settled:
    """Tell of the parcel that the job's key names, unless its channel knows of it."""
    with desk.database.reading() as db:
        parcel = confirming.due(db, job.key)
    if parcel is None:
        return Done()
    try:
        receipt = _told(job, desk, parcel)
    except Rejected as error:
        _failed(job, desk, parcel, error)
        return Failed(str(error), error.code or "rejected")
    except HubError as error:  # closed, its plugin gone, or a bug: whether an earlier call arrived stays open
        _failed(job, desk, parcel, error)
        raise
    except Temporary as error:
        if not job.unknown and job.attempts + 1 >= job.max_attempts:
            _failed(job, desk, parcel, error)
        raise
    if receipt is None:
        return Again(after=SWITCHED_OFF)
    with desk.database.writing() as db:
        jobs.advance(db, job)
        confirming.confirmed(db, job, parcel, receipt.ref)
    return Done({"receipt": receipt.ref})


def _told(job: Job, desk: Desk, parcel: Parcel) -> Receipt | None:
    """None where the merchant's switch is off."""
    outlet = desk.open_outlet(job.account_id)
    if outlet.is_disabled:
        return None
    with desk.database.writing() as db:
        shipment = confirming.prepare(db, desk.ring, job, parcel)
    return outlet.host.confirm_shipment(outlet.door, shipment)


def _failed(job: Job, desk: Desk, parcel: Parcel, error: Exception) -> None:
    with desk.database.writing() as db:
        jobs.report(db, job, progress=job.progress)
        confirming.failed(db, job, parcel, str(error))
