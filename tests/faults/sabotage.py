"""Takes one guard out of a worker process, so that a harness can show that it would notice."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import sqlalchemy as sa
from hub_hookspecs import Item, Page

from hub.catalog import jobs as importing
from hub.catalog.jobs import Importer, Position
from hub.catalog.service import intake
from hub.catalog.service.intake import Source
from hub.kernel import jobs
from hub.kernel.db import now
from hub.kernel.jobs import Job, Settled, leases, settle, sweeper
from hub.kernel.jobs.tables import job as table
from hub.kernel.jobs.tables import moment_after

GAP = timedelta(milliseconds=400)  # between cursor and page, so that a kill finds its way in


def no_fence() -> None:
    """Whoever holds any token may write."""
    anyone = (table.c.id == sa.bindparam("held_id"), sa.bindparam("held_token", type_=sa.String()) != "")
    held = sa.update(table).where(*anyone)
    leaseless = {"lease_token": "", "lease_until": None}
    settle.__dict__["_FINISH"] = held.values(finished_at=now(), unknown=False, **leaseless)
    settle.__dict__["_LOCK"] = sa.select(*settle._LOCK.selected_columns).where(*anyone).with_for_update()
    settle.__dict__["_PAUSE"] = held.values(run_at=moment_after(), **leaseless)
    leases.__dict__["_EXTEND"] = held.values(lease_until=moment_after()).returning(table.c.cancel_requested)


def no_rescue() -> None:
    """Nobody frees the jobs of a worker that is gone."""
    importlib.import_module("hub.kernel.jobs.sweep").__dict__["rescue"] = lambda db: 0


def no_limit_of_rescues() -> None:
    """A job may take down as many workers as it likes."""
    importlib.import_module("hub.kernel.jobs.rescue").__dict__["MAX_RESCUES"] = 1_000


def no_wakes_from_the_sweep() -> None:
    """What Redis lost is never made up for."""
    sweeper.__dict__["wakes"] = lambda database, threads: dict.fromkeys(jobs.LANES, 0)


def cursor_before_page() -> None:
    """The cursor is committed in a transaction of its own, before the page that it follows."""
    importing.__dict__["_read"] = _read_carelessly


def _read_carelessly(
    job: Job, importer: Importer, source: Source, position: Position, pages: Iterator[Page[Item]]
) -> tuple[Job, Settled | None]:
    database, tally = importer.database, importing._tally(job)
    for page in pages:
        with database.writing() as db:
            job = jobs.advance(db, job, resume=Position(began_at=position.began_at, cursor=page.cursor))
        threading.Event().wait(GAP.total_seconds())
        with database.writing() as db:
            tally += intake.take_page(db, source, page.records, run=job.payload["run"], seen_at=database.clock.now())
            job = jobs.advance(db, job, progress=tally)
    return job, None


SABOTAGE: dict[str, Callable[[], None]] = {
    act.__name__: act for act in (no_fence, no_rescue, no_limit_of_rescues, no_wakes_from_the_sweep, cursor_before_page)
}
