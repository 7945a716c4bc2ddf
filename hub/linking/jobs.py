"""Confirms every listing that fits a filter, and undoes such a step: batch by batch, each with where it ended."""

from __future__ import annotations

from collections import Counter

import msgspec

from hub.catalog.store import pages
from hub.kernel import events, jobs
from hub.kernel.db import Database
from hub.kernel.jobs import Cancelled, Done, Handlers, Job, Settled
from hub.linking import store
from hub.linking.service import back, deciding, selecting
from hub.linking.service.selecting import CONFIRM_LISTINGS, UNDO_STEP, Request, UndoRequest

BATCH = 500


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a confirmation of many stands: after which listing, of those up to the last that there was when it began.

    Not when it was asked for: another request is folded into one that has not begun, and means what there is by then.
    """

    until: str
    after: str = ""


def handlers(database: Database) -> Handlers:
    return {
        CONFIRM_LISTINGS: lambda job: confirm_listings(job, database),
        UNDO_STEP: lambda job: undo_step(job, database),
    }


def confirm_listings(job: Job, database: Database) -> Settled:
    """Run such a request from where its job stands; progress counts outcomes, of `total` listings."""
    request = msgspec.convert(job.payload, Request)
    progress, place = Counter[str](job.progress or {}), msgspec.convert(job.resume, Place | None)
    while True:
        with database.writing() as db:
            if place is None:
                place = Place(until=store.newest(db, job.merchant_id))
                progress["total"] = pages.count(db, job.merchant_id, request.wanted)
            ids = pages.ids(db, job.merchant_id, request.wanted, limit=BATCH, after=place.after, until=place.until)
            if not ids:
                return Done(_outcome(progress, request.step if progress["linked"] else None))
            answers = deciding.confirm(db, job.merchant_id, ids, actor=request.actor, cause=request.step)
            found = Counter(answer.outcome for answer in answers)
            if found["linked"] and not progress["linked"]:
                selecting.note(db, job, request)
            progress += found
            place = msgspec.structs.replace(place, after=ids[-1])
            job = jobs.advance(db, job, progress=dict(progress), resume=place)
        if job.cancel_requested:
            return Cancelled()


def undo_step(job: Job, database: Database) -> Settled:
    """Undo a step of many, its last listing first; what cannot be is counted by the code of its obstacle."""
    request = msgspec.convert(job.payload, UndoRequest)
    progress, before = Counter[str](job.progress or {}), str(job.resume or "")
    while True:
        with database.writing() as db:
            if not progress:
                progress["total"] = events.count_caused_by(db, request.event_id, about="listing")
            db.serialise(f"catalog:{job.merchant_id}")
            batch = events.caused_by(db, request.event_id, about="listing", before_id=before, limit=BATCH)
            if not batch:
                return Done(_outcome(progress, request.step if progress["undone"] else None))
            undone, stuck = back.undo_listings(db, job.merchant_id, batch, actor=request.actor, cause=request.step)
            if undone and not progress["undone"]:  # another request may have undone it all before this one began
                selecting.note(db, job, request)
            progress += Counter(undone=len(undone)) + Counter(obstacle.code for obstacle in stuck.values())
            before = batch[-1].id
            job = jobs.advance(db, job, progress=dict(progress), resume=before)
        if job.cancel_requested:
            return Cancelled()


def _outcome(progress: Counter[str], step: str | None) -> dict[str, object]:
    """What it came to, and the event that undoes all of it, where anything was done."""
    counted: dict[str, object] = {name: count for name, count in progress.items() if name != "total"}
    return counted if step is None else counted | {"event_id": step}
