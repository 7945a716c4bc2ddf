"""`hub job`: what happens later, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, Merchant, OfAccount

if TYPE_CHECKING:
    from hub.kernel.db import Transaction
    from hub.kernel.jobs import Job

app = typer.Typer(rich_markup_mode=None)

State = Literal["ready", "running", "waiting", "unknown", "done", "failed", "dead", "cancelled"]
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job, by id.")]
COLUMNS = (
    ("id", "id"), ("kind", "kind"), ("state", "state"), ("account", "account_id"), ("attempts", "attempts"),
    ("due", "due_at"), ("ended", "finished_at"),
)  # fmt: skip


@app.command("list")
def list_(
    merchant: Merchant,
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
    state: Annotated[State | None, typer.Option(help="Only in this state.")] = None,
    account: OfAccount = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List a merchant's jobs, the newest first."""
    from hub.kernel import jobs
    from hub.kernel.api.job_routes import shown
    from hub.merchants import service as merchants

    kinds, states, before = (kind,) if kind else (), (state,) if state else (), paging.after(cursor) or ""
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = jobs.listing(
            db, merchant, before=before, limit=limit + 1, kinds=kinds, states=states, account_id=account or ""
        )
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json, view=shown)


@app.command()
def show(
    job_id: JobId,
    traceback: Annotated[bool, typer.Option("--traceback", help="Where it broke, for who mends code.")] = False,
    as_json: Json = False,
) -> None:
    """Show a job: how far it is, when it goes on, and why it went wrong."""
    import msgspec

    from hub.kernel import jobs
    from hub.kernel.api.job_routes import shown

    with opening.reading() as db:
        found = msgspec.structs.asdict(shown(_found(db, job_id)))
        broke = {"traceback": jobs.traceback_of(db, job_id)} if traceback else {}
    showing.show(found | broke, as_json=as_json)


@app.command()
def retry(job_id: JobId, as_json: Json = False) -> None:
    """Do the work of an ended job again, from where it stood, as a job of its own."""
    from hub.kernel import jobs
    from hub.runtime import RETRY_CHECKS

    with opening.writing() as db:
        old = _found(db, job_id)
        ticket = jobs.retry(db, job_id, RETRY_CHECKS)
        db.flush()  # writes the job, whose id the event tells
        _record(db, "job.retried", old, after={"job_id": ticket.job_id})
    show(ticket.job_id, traceback=False, as_json=as_json)


@app.command()
def cancel(job_id: JobId, as_json: Json = False) -> None:
    """Stop a job: at once where it waits, at its next step where it runs."""
    from hub.kernel import jobs

    with opening.writing() as db:
        old = _found(db, job_id)
        new = jobs.cancel(db, job_id)
        if (old.state, old.cancel_requested) != (new.state, new.cancel_requested):
            _record(db, "job.cancel_requested", old, before={"state": old.state}, after={"state": new.state})
    show(job_id, traceback=False, as_json=as_json)


@app.command()
def conclude(
    job_id: JobId,
    message: Annotated[str, typer.Option("--message", help="What you found on the channel.")],
    as_json: Json = False,
) -> None:
    """End a job whose outcome is unknown, after you have looked at the channel yourself."""
    from hub.kernel import jobs

    with opening.writing() as db:
        old = _found(db, job_id)
        new = jobs.conclude(db, job_id, message=message)
        _record(db, "job.concluded", old, before={"state": old.state}, after={"state": new.state, "message": message})
    show(job_id, traceback=False, as_json=as_json)


def _found(db: Transaction, job_id: str) -> Job:
    from hub.kernel import jobs
    from hub.kernel.errors import NotFound

    job = jobs.find(db, job_id)
    if job is None:
        raise NotFound("job")
    return job


def _record(
    db: Transaction,
    kind: str,
    job: Job,
    *,
    before: dict[str, Any] | None = None,  # Any: JSON
    after: dict[str, Any],  # Any: JSON
) -> None:
    from hub.kernel import events

    subject = events.Subject(kind="job", id=job.id)
    merchant_id = job.merchant_id or None
    events.record(db, kind, merchant_id=merchant_id, subject=subject, actor=events.CLI, before=before, after=after)
