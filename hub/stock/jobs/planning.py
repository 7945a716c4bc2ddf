"""Makes plans: reads what the channel shows, where it can be asked, then compares all that is due; and approves all."""

from __future__ import annotations

from typing import Literal

import msgspec
from hub_hookspecs import Capability

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor, Subject, record
from hub.kernel.jobs import Again, Cancelled, Done, Failed, Job, Settled
from hub.stock.rules import telling
from hub.stock.rules.planning import PlanState
from hub.stock.rules.telling import Told
from hub.stock.service import approving, offering, pushing, syncing
from hub.stock.service.approving import Request
from hub.stock.service.desk import Desk, Outlet
from hub.stock.store import due, plans, told
from hub.stock.store.plans import Planned

BATCH = 500  # figures looked at in one transaction


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where the making of a plan stands: after which page, then after which figure that is due."""

    phase: Literal["reading", "comparing", "ending"] = "reading"
    cursor: str = ""
    after: tuple[str, str] = ("", "")


def make_plan(job: Job, desk: Desk) -> Settled:
    """Make the plan named by the job, from where an earlier run has left it."""
    with desk.database.reading() as db:
        newest = plans.newest(db, job.account_id)
    if newest is None or newest.id != job.key:
        return Done()  # another one was asked for, or the account is closed
    position = msgspec.convert(job.resume or {}, Position)
    outlet = desk.open_outlet(job.account_id)
    if position.phase == "reading":
        why_not = _why_not(desk, job, outlet)
        if not why_not:
            job, paused = _read(job, desk, outlet, position)
            if paused is not None:
                return paused
        job = _read_out(job, desk, why_not)
        position = Position(phase="comparing")
    if position.phase == "comparing":
        job, stopped = _compare(job, desk, position)
        if stopped is not None:
            return stopped
    _drop_older(job, desk)
    return Done(job.progress)


def _why_not(desk: Desk, job: Job, outlet: Outlet) -> str:
    """Why the channel is not asked what it shows; "" where it is."""
    if outlet.is_disabled:
        return "the merchant's switch is off"
    with desk.database.reading() as db:
        lacks = pushing.account(db, job.account_id).lacks
    return outlet.host.lacking(Capability.SYNC_STOCK) or lacks.get(Capability.SYNC_STOCK, "")


def _read(job: Job, desk: Desk, outlet: Outlet, position: Position) -> tuple[Job, Settled | None]:
    """Take down page after page of what the channel shows; gives how the job has to pause or stop, if it has."""
    pages = outlet.host.sync_stock(outlet.door, position.cursor)
    while True:
        asked_at = desk.database.clock.now()  # before the page is asked: what is done later is newer than its figures
        page = next(pages, None)
        if page is None:
            return job, None
        with desk.database.writing() as db:
            syncing.levels_seen(db, job.account_id, page.records, asked_at)
            job = jobs.advance(db, job, resume=Position(cursor=page.cursor))
        if job.cancel_requested:
            return job, Cancelled()
        if page.resume_after is not None:
            return job, Again(after=page.resume_after)


def _read_out(job: Job, desk: Desk, why_not: str) -> Job:
    with desk.database.writing() as db:
        plans.change(db, job.key, no_reading=why_not)
        return jobs.advance(db, job, resume=Position(phase="comparing"))


def _compare(job: Job, desk: Desk, position: Position) -> tuple[Job, Settled | None]:
    rows = int((job.progress or {}).get("rows", 0))
    after: tuple[str, str] | None = position.after
    while after is not None:
        with desk.database.writing() as db:
            found, after = _lot(db, job.account_id, after)
            plans.keep(db, job.key, found)
            rows += len(found)
            resume = Position(phase="comparing", after=after) if after else Position(phase="ending")
            if after is None:
                plans.change(db, job.key, state=PlanState.READY.value, rows=rows, made_at=pushing.moment(db))
            job = jobs.advance(db, job, progress={"rows": rows}, resume=resume)
        if job.cancel_requested and after is not None:
            return job, Cancelled()
    return job, None


def _drop_older(job: Job, desk: Desk) -> None:
    left = True
    while left:
        with desk.database.writing() as db:
            left = plans.drop_older(db, job.account_id, job.key)
            jobs.advance(db, job)


def _lot(db: Transaction, account_id: str, after: tuple[str, str]) -> tuple[list[Planned], tuple[str, str] | None]:
    """What is due behind `after` and would be told as something new, and behind which to go on; None: that was all."""
    waiting = due.behind(db, account_id, after, limit=BATCH)
    outlets = [one.outlet for one, _ in waiting]
    believed = told.of(db, outlets)
    offers = offering.offers_of(db, pushing.account(db, account_id), outlets)
    found = []
    for one, since in waiting:
        explained = offers.get(one.outlet)
        if explained is None or explained.offer is None:
            continue  # nothing is told there, whatever anybody approves
        figure = explained.offer.figure
        if not telling.nothing_to_send(believed.get(one.outlet, Told()), figure):
            found.append(
                Planned(
                    listing_id=one.listing_id, place_ref=one.place_ref, turn=one.turn, offered=figure, cause=one.cause,
                    since=since,
                )
            )  # fmt: skip
    return found, outlets[-1] if len(waiting) == BATCH else None


def approve_all(job: Job, desk: Desk) -> Settled:
    """Approve every row of a plan, as a person asked; where this dies, it goes on, and what is approved stays so."""
    request = msgspec.convert(job.payload, Request)
    after: tuple[str, str] | None = tuple(job.resume) if job.resume else ("", "")
    while after is not None:
        with desk.database.writing() as db:
            try:
                plan = approving.require(db, job.merchant_id, job.account_id, request.plan_id)
            except Refused as error:
                jobs.advance(db, job)
                return Failed(str(error), error.code)
            planned = plans.page(db, plan.id, limit=BATCH, after=after)
            rows = {one.outlet: one for one in planned}
            counted = dict(job.progress or {})
            for one in approving.approve_rows(db, plan, rows, list(rows)):
                counted[one.verdict.value] = counted.get(one.verdict.value, 0) + 1
            after = planned[-1].outlet if len(planned) == BATCH else None
            if after is None:
                _note(db, job, request, counted)
            job = jobs.advance(db, job, progress=counted, resume=after)
        if job.cancel_requested and after is not None:
            return Cancelled()
    return Done(job.progress)


def _note(db: Transaction, job: Job, request: Request, counted: dict[str, int]) -> None:
    record(
        db, "stock.plan_approved", merchant_id=job.merchant_id, subject=Subject(kind="account", id=job.account_id),
        actor=Actor(kind="job", id=job.id), after={"plan_id": request.plan_id, "rows": counted},
    )  # fmt: skip
