"""Hands a document to a warehouse: once, whatever answer is lost.

The process may die between any two statements. The document says `pushing` before the call goes out, so whoever takes
the job up, and finds it so, asks what the warehouse knows before anything is sent again. Not to be known there counts
only once an accepted document could not be invisible any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from hub_hookspecs import ActionRequired, Receipt, Rejected, TaskRef, TaskState, Temporary, UnknownOutcome

from hub.channels.host import Door, Host
from hub.fulfilment.jobs.asking import SWITCHED_OFF, read_back
from hub.fulfilment.rules.documents import IN_DOUBT, PushStatus, until_lost
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import HubError
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Done, Failed, Job, Settled
from hub.orders.service.desk import Desk
from hub.stock.service.desk import Outlet
from hub.stock.service.pushing import moment


class Document(Protocol):
    @property
    def push_status(self) -> PushStatus: ...

    @property
    def asked_at(self) -> datetime | None: ...


One = TypeVar("One", bound=Document)
Asked = TypeVar("Asked")


@dataclass(frozen=True, kw_only=True)
class Sort(Generic[One, Asked]):
    """How one sort of document is handed over; what is committed before the call, and what comes of it.

    `start`: what the warehouse is asked, committed as the last thing before it is; None: it is not to be asked now.
    """

    find: Callable[[Transaction, str], One | None]
    tasks: Callable[[Transaction, Sequence[One]], Sequence[TaskRef]]
    start: Callable[[Transaction, Job, One], Asked | None]
    call: Callable[[Host, Door, Asked], Receipt]
    settle: Callable[[Transaction, One, TaskState, Actor], object]
    taken: Callable[[Transaction, One, str, Actor], None]
    refused: Callable[[Transaction, One, str, Actor], None]
    not_sent: Callable[[Transaction, One, str, Actor], None]
    in_doubt: Callable[[Transaction, One, str], None]


def push(job: Job, desk: Desk, sort: Sort[One, Asked]) -> Settled:
    """Push the document that the job's key names, unless the warehouse has it or it waits for something."""
    with desk.database.reading() as db:
        one = sort.find(db, job.key)
    if one is None or one.push_status not in (PushStatus.NOT_PUSHED, *IN_DOUBT):
        return Done()
    outlet = _opened(job, desk, sort, one)
    if outlet.is_disabled:
        return Again(after=SWITCHED_OFF)
    if one.push_status in IN_DOUBT:
        found = _found_out(job, desk, outlet, sort, one)
        if found is not None:
            return found
    return _pushed(job, desk, outlet, sort, one)


def _opened(job: Job, desk: Desk, sort: Sort[One, Asked], one: One) -> Outlet:
    try:
        return desk.open_outlet(job.account_id)
    except HubError as error:  # closed, or its plugin is gone: nothing can be told there any more
        with desk.database.writing() as db:
            jobs.advance(db, job)
            if one.push_status in IN_DOUBT:
                sort.in_doubt(db, one, f"whether the warehouse has it cannot be asked: {error}")
            else:
                sort.refused(db, one, str(error), _actor(job))
        raise


def _found_out(job: Job, desk: Desk, outlet: Outlet, sort: Sort[One, Asked], one: One) -> Settled | None:
    """What became of an earlier call; None: it never got there, and may be made again."""
    answer = read_back(desk, outlet, lambda db: sort.tasks(db, [one]))
    with desk.database.writing() as db:
        wait = until_lost(one.asked_at, outlet.host.channel.absent_means_lost_after, moment(db))
        if wait and not isinstance(answer, TaskState):
            jobs.report(db, job, progress=job.progress)
            return Again(after=wait)
        jobs.advance(db, job)
        if isinstance(answer, TaskState):
            sort.settle(db, one, answer, _actor(job))
            return Done({"found": answer.ref})
        sort.not_sent(db, one, "the warehouse never had it: it is asked again", _actor(job))
    return None


def _pushed(job: Job, desk: Desk, outlet: Outlet, sort: Sort[One, Asked], one: One) -> Settled:
    with desk.database.writing() as db:
        asked = sort.start(db, job, one)
    if asked is None:
        return Done({"note": "it waits for something, or is not wanted any more"})
    try:
        receipt = sort.call(outlet.host, outlet.door, asked)
    except Rejected as error:
        with desk.database.writing() as db:
            jobs.advance(db, job)
            sort.refused(db, one, str(error), _actor(job))
        return Failed(str(error), error.code or "rejected")
    except UnknownOutcome as error:
        with desk.database.writing() as db:
            jobs.report(db, job, progress=job.progress)
            sort.in_doubt(db, one, str(error))
        raise
    except (Temporary, ActionRequired) as error:  # it did not get there
        with desk.database.writing() as db:
            jobs.report(db, job, progress=job.progress)
            sort.not_sent(db, one, str(error), _actor(job))
        raise
    except HubError as error:  # a plugin that broke before it had spoken
        with desk.database.writing() as db:
            jobs.advance(db, job)
            sort.refused(db, one, str(error), _actor(job))
        raise
    with desk.database.writing() as db:
        jobs.advance(db, job)
        sort.taken(db, one, receipt.ref, _actor(job))
    return Done({"ref": receipt.ref})


def _actor(job: Job) -> Actor:
    return Actor(kind="job", id=job.id)
