"""Acts on what channels hinted at: the hints of a connection in batches, an account's check, buyers to be erased."""

from __future__ import annotations

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.kernel import jobs
from hub.kernel.events import Actor
from hub.kernel.jobs import Done, Handlers, Job, Settled
from hub.orders.service.erasing import ERASE
from hub.webhooks.service import dispatching, erasing
from hub.webhooks.service.dispatching import CHECK
from hub.webhooks.service.receiving import DISPATCH
from hub.webhooks.store import deliveries

BATCH = 200
_BEGIN: str | None = ""  # before the first ref


def handlers(channels: Channels) -> Handlers:
    return {
        DISPATCH: lambda job: dispatch(job, channels),
        CHECK: lambda job: check(job, channels),
        ERASE: lambda job: erase(job, channels),
    }


def dispatch(job: Job, channels: Channels) -> Settled:
    """Act on the hints of one connection; each batch is one commit, and what comes meanwhile has a job of its own."""
    while True:
        with channels.database.writing() as db:
            told = deliveries.waiting(db, job.key, limit=BATCH)
            dispatching.dispatch(channels, db, job.key, told)
            job = jobs.advance(db, job, progress={"hints": (job.progress or {}).get("hints", 0) + len(told)})
        if not told:
            return Done(job.progress)


def check(job: Job, channels: Channels) -> Settled:
    """Ask the channel whether an account still works, since it hinted that something is amiss."""
    if job.progress:
        return Done(job.progress)
    actor = Actor(kind="job", id=job.id)
    checked = standing.ask_channel(channels, job.merchant_id, job.account_id, actor=actor)
    with channels.database.writing() as db:
        standing.note_check(db, checked, actor=actor)
        job = jobs.advance(db, job, progress={"checked": True})
    return Done(job.progress)


def erase(job: Job, channels: Channels) -> Settled:
    """Erase the buyers of one account, some orders at a time; those that are still open come with a later run."""
    actor, after = Actor(kind="job", id=job.id), _BEGIN
    while after is not None:
        with channels.database.writing() as db:
            erased, after = erasing.step(db, job.key, after, actor=actor)
            job = jobs.advance(db, job, progress={"erased": (job.progress or {}).get("erased", 0) + erased})
    return Done(job.progress)
