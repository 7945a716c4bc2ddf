"""Asks a warehouse how far its documents are: those that are due, many at once, each settled in its own transaction.

Who dies in it has settled what was committed; the rest stays due. What no answer came for is asked for later, so that
one document that cannot be read does not keep others back.
"""

from __future__ import annotations

from datetime import datetime

from hub_hookspecs import Rejected, TaskRef, Temporary

from hub.channels.host import PluginBug
from hub.channels.service.wiring import Channels
from hub.fulfilment.jobs.asking import SWITCHED_OFF
from hub.fulfilment.service import documents
from hub.kernel import jobs
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Cancelled, Done, Job, Settled
from hub.orders.service.desk import Desk
from hub.stock.service.desk import Outlet
from hub.stock.service.pushing import moment

AT_ONCE = 50  # documents in one question


def read(job: Job, desk: Desk, channels: Channels) -> Settled:
    """Ask for all documents of the account that are due; progress counts them."""
    outlet = desk.open_outlet(job.account_id)
    if outlet.is_disabled:
        return Again(after=SWITCHED_OFF)
    asked: set[str] = set()
    while True:
        with desk.database.reading() as db:
            since, due = moment(db), documents.due(db, job.account_id, limit=AT_ONCE)
        tasks = [task for task in due if task.key not in asked]  # what is due again by now has a run of its own
        asked |= {task.key for task in tasks}
        if not tasks:
            return Done(job.progress)
        job = _read(job, desk, channels, outlet, tasks, since)
        if job.cancel_requested:
            return Cancelled()
        with desk.database.reading() as db:
            if not desk.may_go_on(db, job.account_id):
                return Again(after=SWITCHED_OFF)


def _read(
    job: Job, desk: Desk, channels: Channels, outlet: Outlet, tasks: list[TaskRef], since: datetime
) -> Job:  # fmt: skip
    actor, rest = Actor(kind="job", id=job.id), {task.key: task for task in tasks}
    try:
        for answer in outlet.host.read_tasks(outlet.door, tasks):
            task = rest.pop(answer.key)
            with desk.database.writing() as db:
                documents.settle(db, channels, job.account_id, task.kind, answer, since=since, actor=actor)
                job = jobs.advance(db, job, progress={"read": (job.progress or {}).get("read", 0) + 1})
    except (Temporary, Rejected, PluginBug):
        with desk.database.writing() as db:
            jobs.report(db, job, progress=job.progress)
            documents.postpone(db, job.account_id, rest.values())
        if len(rest) == len(tasks):  # it answers for none: it is the channel that has trouble
            raise
    return job
