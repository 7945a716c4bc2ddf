"""Everything that fits a filter, and whole steps of many taken back: asked for here, done by jobs."""

from __future__ import annotations

import hashlib

import msgspec

from hub.catalog.store.pages import ListingFilter
from hub.channels.service import standing
from hub.kernel import events, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Change, Event, Subject
from hub.kernel.ids import new_id
from hub.kernel.jobs import FINISHED, Job, JobKind, State, Ticket
from hub.linking import rules, store
from hub.linking.rules import Kind

CONFIRM_LISTINGS = JobKind("linking.confirm_listings", version=3, lane="default")
UNDO_STEP = JobKind("linking.undo_step", version=2, lane="default")
_UNFINISHED = [state for state in State if state not in FINISHED]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Which listings, on whose word, and the event of the whole step."""

    wanted: ListingFilter
    actor: Actor
    step: str


class UndoRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which step of many, on whose word, and the event of the undoing."""

    event_id: str
    actor: Actor
    step: str
    kind: Kind


def confirm_all(db: Transaction, merchant_id: str, wanted: ListingFilter, *, actor: Actor) -> Ticket:
    """Ask for all listings that fit to be confirmed; those imported after the work has begun are not meant."""
    request = Request(wanted=wanted, actor=actor, step=new_id())
    said = msgspec.json.encode((merchant_id, wanted, actor))
    key = hashlib.sha256(said).hexdigest()  # another filter, or another person, is another request
    return jobs.enqueue(
        db, CONFIRM_LISTINGS, key=key, merchant_id=merchant_id, payload=msgspec.to_builtins(request)
    )  # fmt: skip


def require_account(db: Transaction, merchant_id: str, wanted: ListingFilter) -> None:
    """Refuse a filter that names an account which is not the merchant's; nothing could ever fit it."""
    try:
        if wanted.account_id is not None:
            standing.account(db, merchant_id, wanted.account_id)
    except NotFound as error:
        cure = FieldError(field="filter.account_id", message="name one of the merchant's accounts, by its id")
        raise Invalid("the merchant has no such account", errors=(cure,)) from error


def undo_all(db: Transaction, merchant_id: str, event: Event, *, actor: Actor) -> Ticket:
    """Ask for a step of many to be undone, listing by listing; what stands elsewhere by now stays as it is.

    So an undoing that was cancelled is gone on with by asking again. Whether anything still stands by a large step is
    the job's to find out.
    """
    if _runs(db, merchant_id, event.id):
        raise Refused("the step is not over yet: wait for its job, or cancel it", code="still_running")
    if not store.may_stand(db, event.id):
        raise Refused(f"no listing stands by it any more{_undone_by(db, event)}", code="undone_already")
    request = UndoRequest(event_id=event.id, actor=actor, step=new_id(), kind=rules.undoing_of(event.kind))
    return jobs.enqueue(
        db, UNDO_STEP, key=event.id, merchant_id=merchant_id, payload=msgspec.to_builtins(request)
    )  # fmt: skip


def _undone_by(db: Transaction, event: Event) -> str:
    last = events.caused_by(db, event.id, about="merchant", limit=1)
    return f": event {last[0].id} undid it; undo that one to have it again" if last else ""


def note(db: Transaction, job: Job, request: Request | UndoRequest) -> None:
    """Note the step as a whole, in the transaction of its first batch: the listings' own events name it."""
    kind, cause, said = Kind.MANY_CONFIRMED, None, {"job_id": job.id}
    if isinstance(request, UndoRequest):
        kind, cause, said = request.kind, request.event_id, {**said, "undoes": request.event_id}
    else:
        said = {**said, "filter": msgspec.to_builtins(request.wanted)}
    subject = Subject(kind="merchant", id=job.merchant_id)
    change = Change(id=request.step, kind=kind.value, subject=subject, before={}, after=said, cause=cause)
    events.record_all(db, job.merchant_id, [change], actor=request.actor)


def _runs(db: Transaction, merchant_id: str, step: str) -> bool:
    kinds = [CONFIRM_LISTINGS.name, UNDO_STEP.name]
    running = jobs.listing(db, merchant_id, kinds=kinds, states=_UNFINISHED, limit=1_000)
    return any(job.payload["step"] == step for job in running)
