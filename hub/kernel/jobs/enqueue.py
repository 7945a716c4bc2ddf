"""Asks for work: a row in the transaction that caused it, written once and last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.jobs.records import JobKind, State
from hub.kernel.jobs.tables import is_ready, job, same_work
from hub.kernel.types import Instant

SameWork = tuple[str, str, str]  # kind, account_id, key


class Ticket:
    """The request for one piece of work; knows its job as soon as the transaction has written it."""

    def __init__(self, row: Mapping[str, Any]) -> None:  # Any: the columns of a job
        self.row = dict(row)
        self._job_id = ""

    @property
    def job_id(self) -> str:
        """The ready row that will do the work: ours, or the one that was there before."""
        if not self._job_id:
            raise RuntimeError("the job is written when the transaction commits; ask for its id afterwards")
        return self._job_id

    def written(self, job_id: str) -> None:
        self._job_id = job_id


def enqueue(
    db: Transaction,
    kind: JobKind,
    *,
    key: str = "",
    merchant_id: str = "",
    account_id: str = "",
    payload: object = None,
    progress: object = None,
    resume: object = None,
    run_at: datetime | None = None,
) -> Ticket:
    """Ask for work of this kind; a request that is still ready for the same account and key serves for both.

    Payloads are not merged: what distinguishes two requests belongs in the key.
    """
    row = {"kind": kind.name, "version": kind.version, "lane": kind.lane, "max_attempts": kind.max_attempts}
    row |= {"can_be_unknown": kind.can_be_unknown, "key": key, "merchant_id": merchant_id, "account_id": account_id}
    row |= {"payload": payload, "progress": progress, "resume": resume}
    return request(db, row | {"wanted_at": run_at})


def request(db: Transaction, row: Mapping[str, Any]) -> Ticket:  # Any: the columns of a job
    """Collect a row for the end of this transaction; the second for the same work joins the first."""
    work = (row["kind"], row["account_id"], row["key"])
    db.wakes.add(row["lane"])
    return db.collect(write, work, Ticket(row), _join, last=True)


def write(db: Transaction, tickets: dict[SameWork, Ticket]) -> None:
    """Write everything asked for in one order, so that two transactions never wait for each other."""
    ordered = [tickets[work] for work in sorted(tickets)]
    rows = [{"id": new_id(), **ticket.row} for ticket in ordered]
    for written in db.execute(_UPSERT[db.dialect], rows):
        tickets[written.kind, written.account_id, written.key].written(written.id)


def _join(first: Ticket, second: Ticket) -> Ticket:
    wanted = (first.row["wanted_at"], second.row["wanted_at"])
    first.row["wanted_at"] = None if None in wanted else min(wanted)
    return first


def _build(insert: Any, earlier: Any) -> Any:  # Any: the two dialects' inserts share no type
    wanted = sa.bindparam("wanted_at", type_=Instant())
    made = insert(job).values(
        {column: sa.bindparam(column, type_=job.c[column].type) for column in _GIVEN}
        | {"state": State.READY.value, "run_at": sa.func.coalesce(wanted, now()), "created_at": now()}
        | {"attempts": 0, "rescues": 0, "unknown": False, "lease_token": "", "cancel_requested": False}
    )
    # The row lock is the point of DO UPDATE: with DO NOTHING a worker could claim the row and read before we commit.
    return made.on_conflict_do_update(
        index_elements=list(same_work),
        index_where=is_ready(job.c.state),
        set_={"run_at": earlier(job.c.run_at, made.excluded.run_at)},
    ).returning(job.c.id, *same_work)


_GIVEN = (
    "id kind version key merchant_id account_id lane max_attempts can_be_unknown payload progress resume".split()  # noqa: SIM905 - reads as the row it is
)
_UPSERT = {
    "sqlite": _build(sqlite.insert, sa.func.min),
    "postgresql": _build(postgresql.insert, sa.func.least),
}
