"""The record of an import: begun with its job, closed with its totals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
import sqlalchemy as sa

from hub.catalog.tables import import_run
from hub.kernel import bulk
from hub.kernel.db import Transaction, now
from hub.kernel.jobs import Job
from hub.kernel.types import microseconds


class ImportRun(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an import when its job is long gone."""

    job_id: str
    run: str
    merchant_id: str
    account_id: str
    started_at: datetime
    finished_at: datetime | None
    cursor: str
    items_seen: int
    skipped: dict[str, int]
    state: str


def open_record(db: Transaction, job: Job) -> None:
    """Open the record; a job that comes back finds it open already."""
    columns = ("job_id", "run", "merchant_id", "account_id", "started_at", "cursor", "items_seen", "skipped", "state")
    started = microseconds(job.started_at or job.created_at)
    row = (job.id, job.payload["run"], job.merchant_id, job.account_id, started, "", 0, "{}", "reading")
    bulk.upsert(db, import_run, columns, [row], conflict=("job_id",))


def record(db: Transaction, job_id: str, *, cursor: str, items_seen: int, skipped: Mapping[str, int]) -> None:
    values = {"cursor": cursor, "items_seen": items_seen, "skipped": dict(skipped)}
    db.execute(sa.update(import_run).where(import_run.c.job_id == job_id).values(values))


def finish(db: Transaction, job_id: str, *, items_seen: int, skipped: Mapping[str, int]) -> None:
    values = {"items_seen": items_seen, "skipped": dict(skipped), "state": "done", "finished_at": now()}
    db.execute(sa.update(import_run).where(import_run.c.job_id == job_id).values(values))


def find(db: Transaction, job_id: str) -> ImportRun | None:
    row = db.execute(sa.select(import_run).where(import_run.c.job_id == job_id)).mappings().one_or_none()
    return None if row is None else ImportRun(**row)
