"""Imports a channel's listings: a stream of pages, each committed with the cursor that follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from hub_hookspecs import Item, Page

from hub.catalog.service import intake
from hub.catalog.service.imports import IMPORT_ITEMS, RETIRE_LISTINGS
from hub.catalog.service.intake import FiguresSeen, Source
from hub.catalog.service.tallies import Tally
from hub.catalog.store import runs
from hub.channels.host import Door, Host
from hub.kernel import jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.jobs import Again, Cancelled, Done, Handlers, Job, Settled

SWITCHED_OFF = timedelta(seconds=5)  # a gate holds the job from then on; this only frees the thread
EVER = datetime.max.replace(tzinfo=UTC)


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where an import stands: after which page, or after which listing once the channel has told everything."""

    began_at: datetime  # also of an import that is resumed: what anybody met since then is not retired
    cursor: str = ""
    phase: Literal["reading", "finishing"] = "reading"
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """An account opened for an import, and the host of its channel."""

    merchant_id: str
    host: Host
    door: Door


@dataclass(frozen=True, kw_only=True)
class Importer:
    """What an import needs beside its job; `may_go_on` is asked between pages, since a switch may have been thrown.

    `figures_seen` is told what pages show of linked listings: see `Source`.
    """

    database: Database
    open_shop: Callable[[str], Shop]
    may_go_on: Callable[[Transaction, str], bool]
    figures_seen: FiguresSeen = intake.nobody_asks


def handlers(importer: Importer) -> Handlers:
    return {
        IMPORT_ITEMS: lambda job: import_items(job, importer),
        RETIRE_LISTINGS: lambda job: retire_listings(job, importer.database),
    }


def import_items(job: Job, importer: Importer) -> Settled:
    """Run an import from where its job stands."""
    shop = importer.open_shop(job.account_id)
    source = Source(
        merchant_id=shop.merchant_id, account_id=job.account_id, channel=shop.host.channel,
        figures_seen=importer.figures_seen,
    )  # fmt: skip
    position = msgspec.convert(job.resume or {"began_at": importer.database.clock.now()}, Position)
    if position.phase == "reading":
        pages = shop.host.import_items(shop.door, position.cursor)
        job, stopped = _read(job, importer, source, position, pages)
        if stopped is not None:
            return stopped
        position = Position(began_at=position.began_at, phase="finishing")
    return _finish(job, importer.database, position)


def _read(
    job: Job, importer: Importer, source: Source, position: Position, pages: Iterator[Page[Item]]
) -> tuple[Job, Settled | None]:
    """Take in page after page; gives the job as it stands and, where it must pause or stop, how."""
    database, tally = importer.database, _tally(job)
    while True:
        asked_at = database.clock.now()  # before the page is asked: a later order cannot be in its figures
        page = next(pages, None)
        if page is None:
            return job, None
        position = msgspec.structs.replace(position, cursor=page.cursor)
        with database.writing() as db:
            tally += intake.take_page(db, source, page.records, run=job.payload["run"], seen_at=asked_at)
            job = jobs.advance(db, job, progress=tally, resume=position)
            may_go_on = importer.may_go_on(db, job.account_id)
        if job.cancel_requested:
            return job, Cancelled()
        if page.resume_after is not None:
            return job, Again(after=page.resume_after)
        if not may_go_on:
            return job, Again(after=SWITCHED_OFF)


def _finish(job: Job, database: Database, position: Position) -> Settled:
    """Retire what the run did not meet, and keep its record together with the last batch."""
    after: str | None = position.after
    tally = msgspec.to_builtins(_tally(job))  # a channel that lists nothing may have given no page, so no progress
    run, before = job.payload["run"], position.began_at
    while after is not None:
        with database.writing() as db:
            after = intake.retire_unseen(db, job.merchant_id, job.account_id, run=run, before=before, after=after)
            position = Position(began_at=before, phase="finishing", after=after or "")
            job = jobs.advance(db, job, resume=position)
            if after is None:
                runs.keep(db, job, tally)
        if job.cancel_requested and after is not None:
            return Cancelled()
    return Done(tally)


def retire_listings(job: Job, database: Database) -> Settled:
    """Retire every listing of an account that was closed, batch by batch, whoever saw it last and by whatever clock.

    No run is called as this job is; a listing that was pushed and never imported has the name of no run at all.
    """
    after: str | None = str(job.resume or "")
    while after is not None:
        with database.writing() as db:
            after = intake.retire_unseen(db, job.merchant_id, job.key, run=job.id, before=EVER, after=after)
            job = jobs.advance(db, job, resume=after or "")
    return Done()


def _tally(job: Job) -> Tally:
    return msgspec.convert(job.progress or {}, Tally)
