"""What orders hold in warehouses of others is looked at whenever it, or its order, has changed."""

from __future__ import annotations

from hub.channels.service.wiring import Channels
from hub.fulfilment.service import arranging
from hub.kernel import jobs
from hub.kernel.events import Actor
from hub.kernel.jobs import Done, Job, Settled
from hub.orders.store import orders


def prepare(job: Job, channels: Channels) -> Settled:
    """Bring the outbounds of the order that the job's key names in line with it."""
    with channels.database.writing() as db:
        stored = orders.find(db, job.merchant_id, job.key, for_change=True)
        if stored is not None:
            arranging.arrange(db, channels, stored, actor=Actor(kind="job", id=job.id))
        jobs.advance(db, job)
    return Done()
