"""Acts on what channels hinted at: the hints of a connection in batches, and the check of an account."""

from __future__ import annotations

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.kernel import jobs
from hub.kernel.events import Actor
from hub.kernel.jobs import Done, Handlers, Job, Settled
from hub.webhooks.service import dispatching
from hub.webhooks.service.dispatching import CHECK
from hub.webhooks.service.receiving import DISPATCH
from hub.webhooks.store import deliveries

BATCH = 200


def handlers(channels: Channels) -> Handlers:
    return {DISPATCH: lambda job: dispatch(job, channels), CHECK: lambda job: check(job, channels)}


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
