"""What the jobs that talk to warehouses have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from hub_hookspecs import Absent, ChannelError, Rejected, TaskRef, TaskState

from hub.kernel import jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import HubError
from hub.kernel.jobs import Failed, Job, Settled
from hub.orders.service.desk import Desk
from hub.stock.service.desk import Outlet

SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread


def read_back(desk: Desk, outlet: Outlet, task: Callable[[Transaction], Sequence[TaskRef]]) -> TaskState | Absent:
    """What the warehouse knows of one document."""
    with desk.database.reading() as db:
        tasks = task(db)
    (answer,) = outlet.host.read_tasks(outlet.door, tasks)
    return answer


def carried(
    job: Job, database: Database, goes: Callable[[], Settled], *, fails: Callable[[Transaction, str], object],
    waits: Callable[[Transaction, str], object],
) -> Settled:  # fmt: skip
    """What a run that has a record of its own comes to; the record says why it failed for good, or is tried again."""
    try:
        return goes()
    except (Rejected, HubError) as error:
        with database.writing() as db:
            jobs.report(db, job, progress=job.progress)
            fails(db, str(error))
        return Failed(str(error), error.code or "refused")
    except ChannelError as error:
        with database.writing() as db:
            jobs.report(db, job, progress=job.progress)
            waits(db, str(error))
        raise
