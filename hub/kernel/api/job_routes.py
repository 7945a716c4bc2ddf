"""Routes of the work that happens later."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.kernel import events, jobs
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import NotFound
from hub.kernel.events import Subject
from hub.kernel.jobs import Job, RetryChecks, State, Ticket, Trouble
from hub.kernel.paging import Page, after_id, page


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job for people: how far it is, when it goes on, and why it went wrong."""

    id: str
    kind: str
    state: State
    account_id: str | None
    subject: str
    progress: Any  # Any: each kind shows its own
    outcome: Any  # Any: each kind returns its own
    error: Trouble | None
    attempts: int
    cancel_requested: bool
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def shown(job: Job) -> JobView:
    return JobView(
        id=job.id,
        kind=job.kind,
        state=job.state,
        account_id=job.account_id or None,
        subject=job.key,
        progress=job.progress,
        outcome=job.outcome,
        error=job.error,
        attempts=job.attempts,
        cancel_requested=job.cancel_requested,
        due_at=job.run_at,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def found(db: Transaction, job_id: str, merchant_id: str) -> Job:
    job = jobs.find(db, job_id, merchant_id=merchant_id)
    if job is None:
        raise NotFound("job")
    return job


def left(db: Transaction, merchant_id: str, ticket: Ticket) -> tuple[JobView, dict[str, str]]:
    """The job that was left for what takes longer, and the header that says where to ask for it."""
    db.flush()  # writes the job, whose id the answer tells
    job = found(db, ticket.job_id, merchant_id)
    return shown(job), {"Location": f"/v1/merchants/{merchant_id}/jobs/{job.id}"}


@get("/jobs", opt=allow(Access.READ), operation_id="list_jobs", sync_to_thread=True)
def list_jobs(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    kind: Words = None,
    job_state: Annotated[State | None, QueryParameter(name="state")] = None,
    account_id: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[JobView]:
    """List a merchant's jobs, the newest first."""
    before = after_id(cursor) or ""
    with database.reading() as db:
        rows = jobs.listing(
            db,
            merchant_id,
            before=before,
            limit=limit + 1,
            kinds=(kind,) if kind else (),
            states=(job_state,) if job_state else (),
            account_id=account_id or "",
        )
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=shown)


@get("/jobs/{job_id:str}", opt=allow(Access.READ), operation_id="get_job", sync_to_thread=True)
def get_job(database: NamedDependency[Database], merchant_id: Id, job_id: Id) -> JobView:
    """Show a job and how far it is."""
    with database.reading() as db:
        return shown(found(db, job_id, merchant_id))


@post(
    "/jobs/{job_id:str}/cancel",
    opt=allow(Access.WRITE),
    operation_id="cancel_job",
    status_code=200,
    sync_to_thread=True,
)
def cancel_job(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, job_id: Id
) -> Response[JobView]:
    """Ask a job to stop: at once where it waits, at its next step where it runs."""
    with database.writing() as db:
        old = found(db, job_id, merchant_id)
        new = jobs.cancel(db, job_id)
        if (old.state, old.cancel_requested) != (new.state, new.cancel_requested):
            _record(db, "job.cancel_requested", request, new, before={"state": old.state}, after={"state": new.state})
        return request.answer(db, shown(new), status=200)


@post(
    "/jobs/{job_id:str}/retry",
    opt=allow(Access.WRITE),
    operation_id="retry_job",
    status_code=202,
    sync_to_thread=True,
)
def retry_job(
    request: ApiRequest,
    database: NamedDependency[Database],
    retry_checks: NamedDependency[RetryChecks],
    merchant_id: Id,
    job_id: Id,
) -> Response[JobView]:
    """Do the work of an ended job again, from where it stood, as a job of its own."""
    with database.writing() as db:
        old = found(db, job_id, merchant_id)
        job, where = left(db, merchant_id, jobs.retry(db, job_id, retry_checks))
        _record(db, "job.retried", request, old, before=None, after={"job_id": job.id})
        return request.answer(db, job, status=202, headers=where)


def _record(
    db: Transaction,
    kind: str,
    request: ApiRequest,
    job: Job,
    *,
    before: dict[str, Any] | None,  # Any: JSON
    after: dict[str, Any],  # Any: JSON
) -> None:
    events.record(
        db,
        kind,
        merchant_id=job.merchant_id,
        subject=Subject(kind="job", id=job.id),
        actor=request.actor,
        before=before,
        after=after,
    )


router = Router(
    "/v1/merchants/{merchant_id:str}", route_handlers=[list_jobs, get_job, cancel_job, retry_job], tags=["jobs"]
)
