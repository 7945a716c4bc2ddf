"""Reads jobs for people: one by its id, a page of a merchant's, and the rows of others as structs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import msgspec
import sqlalchemy as sa

from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.jobs.records import FINISHED, Job, JobKind, State, Trouble
from hub.kernel.jobs.tables import Condition, is_ready, is_started, job

SHOWN = [column for column in job.c if column.name != "traceback"]


def opened(row: sa.RowMapping, *, lease: timedelta = timedelta(0), seats: int = 0) -> Job:
    error = row["error"] and msgspec.convert(row["error"], Trouble)
    return Job(**{**row, "state": State(row["state"]), "error": error}, lease=lease, seats=seats)


def find(db: Transaction, job_id: str, *, merchant_id: str | None = None) -> Job | None:
    """Look one job up; with a merchant, only among that merchant's."""
    query = sa.select(*SHOWN).where(job.c.id == job_id)
    mine = query if merchant_id is None else query.where(job.c.merchant_id == merchant_id)
    row = db.execute(mine).mappings().first()
    return None if row is None else opened(row)


def traceback_of(db: Transaction, job_id: str) -> str:
    """Where a plugin or the hub broke; for people who mend code, never for merchants."""
    return db.execute(sa.select(job.c.traceback).where(job.c.id == job_id)).scalar() or ""


def listing(
    db: Transaction,
    merchant_id: str,
    *,
    before: str = "",
    limit: int = 50,
    kinds: Collection[str] = (),
    states: Collection[str] = (),
    account_id: str = "",
) -> list[Job]:
    """List a merchant's jobs, newest first, from the one `before` which the last page ended."""
    query = sa.select(*SHOWN).where(job.c.merchant_id == merchant_id).order_by(job.c.id.desc()).limit(limit)
    if before:
        query = query.where(job.c.id < before)
    if kinds:
        query = query.where(job.c.kind.in_(kinds))
    if states:
        query = query.where(job.c.state.in_(states))
    if account_id:
        query = query.where(job.c.account_id == account_id)
    return [opened(row) for row in db.execute(query).mappings()]


def unfinished_kinds(db: Transaction) -> frozenset[str]:
    """Every kind that still has work to do: a worker must be able to handle them all."""
    return frozenset(db.execute(sa.select(job.c.kind).where(job.c.state.not_in(FINISHED)).distinct()).scalars())


def unfinished(db: Transaction, kind: JobKind, keys: Collection[str], *, account_id: str = "") -> set[str]:
    """Those of these keys that a job of the kind still has to do with."""
    wanted = {"kind": kind.name, "account": account_id, "keys": keys}
    return set(db.execute(_UNFINISHED, wanted).scalars())


def _keys(where: Condition) -> sa.Select[tuple[str]]:
    same = (job.c.kind == sa.bindparam("kind"), job.c.account_id == sa.bindparam("account"))
    return sa.select(job.c.key).where(*same, among(job.c.key, "keys"), where)


_UNFINISHED = sa.union_all(_keys(is_ready(job.c.state)), _keys(is_started(job.c.state)))  # each part has its index
