"""Has the orders of an account walked through: as a job of its own, or within a job that is about to tell of stock."""

from __future__ import annotations

from datetime import datetime

import msgspec
from hub_hookspecs import Capability
from msgspec.structs import replace

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import Again, Done, Job, Settled
from hub.orders.jobs.tallying import Told, added
from hub.orders.jobs.walking import SWITCHED_OFF, Walker
from hub.orders.service.desk import Desk
from hub.orders.service.importing import FEED
from hub.orders.store import feeds
from hub.stock.service.pushing import moment


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """When an import began, by the clock that all workers share; where it stands is the feed's own affair."""

    began_at: datetime


def import_orders(job: Job, desk: Desk) -> Settled:
    """Import the orders of an account from where its feed stands."""
    outlet = desk.open_outlet(job.account_id)
    if outlet.is_disabled or outlet.host.lacking(Capability.IMPORT_ORDERS, outlet.door.lacks):
        return Done({"note": "the account's orders are not imported"})
    with desk.database.writing() as db:
        position = msgspec.convert(job.resume or {"began_at": moment(db)}, Position)
        job = jobs.advance(db, job, resume=position)
    walker = Walker(job, desk, outlet, _count)
    return walker.run(position.began_at) or Done(walker.job.progress)


def read_before_telling(job: Job, desk: Desk) -> Settled | None:
    """Have the orders of the account read now, for a job that tells its channel what may be sold; None: they were.

    Else the answer is how that job has to pause or stop; nothing is told then. It keeps its own progress, and its
    attempts go on counting: pages that come do not mean that levels go out.
    """
    outlet = desk.open_outlet(job.account_id)
    if outlet.is_disabled:
        return Again(after=SWITCHED_OFF)
    paused_in = msgspec.convert(job.resume, datetime | None)
    with desk.database.reading() as db:
        walk = feeds.under_way(db, job.account_id, FEED)
        # A walk in which the channel made us wait is new enough; a longer one, left by others, is not.
        since = walk.began_at if walk and walk.began_at == paused_in else moment(db)
    walker = Walker(job, desk, outlet, _hold)
    stopped = walker.run(since)
    return replace(stopped, resume=walker.began_at) if isinstance(stopped, Again) else stopped


def _count(db: Transaction, job: Job, told: Told | None) -> Job:
    return jobs.advance(db, job) if told is None else jobs.advance(db, job, progress=added(job.progress, told))


def _hold(db: Transaction, job: Job, told: Told | None) -> Job:
    return jobs.report(db, job, progress=job.progress)
