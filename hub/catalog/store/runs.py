"""The record of a finished import; its job, which tells how it runs, is forgotten after a while."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.catalog.tables import import_run
from hub.channels.tables import account
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now
from hub.kernel.jobs import Job


class ImportRun(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an import for good."""

    job_id: str
    run: str  # the same for an import and its resumption
    merchant_id: str
    account_id: str
    created_at: datetime
    started_at: datetime
    finished_at: datetime
    tally: dict[str, Any]  # Any: what the import counted


def keep(db: Transaction, job: Job, tally: dict[str, Any]) -> None:  # Any: as in `ImportRun`
    """Keep what a finished import came to, in the transaction that finishes it.

    A run that died after that, and before its job was settled, comes here again: what it said first stands.
    """
    row = {
        "job_id": job.id,
        "run": job.payload["run"],
        "merchant_id": job.merchant_id,
        "account_id": job.account_id,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": now(),
        "tally": tally,
    }
    insert = postgresql.insert(import_run) if db.dialect == "postgresql" else sqlite.insert(import_run)
    db.execute(insert.values(row).on_conflict_do_nothing(index_elements=["job_id"]))


def find(db: Transaction, merchant_id: str, job_id: str) -> ImportRun | None:
    mine = sa.and_(import_run.c.job_id == job_id, import_run.c.merchant_id == merchant_id)
    row = db.execute(sa.select(import_run).where(mine)).mappings().one_or_none()
    return None if row is None else msgspec.convert(dict(row), ImportRun)


def last_ended(db: Transaction, account_id: str) -> datetime | None:
    """When the newest import of an account that was finished came to its end."""
    newest = sa.select(import_run.c.finished_at).where(import_run.c.account_id == account_id)
    return db.execute(newest.order_by(import_run.c.job_id.desc()).limit(1)).scalar()


_some_run = sa.select(import_run.c.job_id).where(import_run.c.account_id == account.c.id).limit(1).scalar_subquery()
_imported = sa.select(account.c.id).where(among(account.c.id, "accounts"), _some_run.is_not(None))


def imported(db: Transaction, account_ids: Collection[str]) -> set[str]:
    """Those of these accounts of which an import was finished."""
    return set(db.execute(_imported, {"accounts": account_ids}).scalars())
