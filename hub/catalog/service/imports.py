"""Imports as people ask for them: started, found, stopped, resumed."""

from __future__ import annotations

from hub.channels.rules import State
from hub.channels.service import standing
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Subject, record
from hub.kernel.ids import new_id
from hub.kernel.jobs import Job, JobKind, Ticket

IMPORT_ITEMS = JobKind("catalog.import_items", version=1, lane="bulk")
RESUMABLE = frozenset({jobs.State.CANCELLED, jobs.State.FAILED, jobs.State.DEAD})


def start(db: Transaction, merchant_id: str, account_id: str, *, actor: Actor) -> Ticket:
    """Ask for an import; one that has not begun yet serves both requests."""
    account = standing.open_account(db, merchant_id, account_id)
    if account.state is not State.ACTIVE:
        raise Refused(f"the account is {account.state.replace('_', ' ')}: resume it first", code="account_not_active")
    record(db, "import.requested", subject=Subject(kind="account", id=account_id), actor=actor, merchant_id=merchant_id)
    return enqueue(db, merchant_id, account_id)


def enqueue(db: Transaction, merchant_id: str, account_id: str) -> Ticket:
    payload = {"run": new_id()}  # kept by a resumption: what both halves saw counts as seen
    return jobs.enqueue(db, IMPORT_ITEMS, merchant_id=merchant_id, account_id=account_id, payload=payload)


def find(db: Transaction, merchant_id: str, import_id: str) -> Job:
    job = jobs.find(db, import_id, merchant_id=merchant_id)
    if job is None or job.kind != IMPORT_ITEMS.name:
        raise NotFound("import")
    return job


def cancel(db: Transaction, merchant_id: str, import_id: str, *, actor: Actor) -> Job:
    """Stop an import: at once where it waits, after its page where it runs. What came in stays."""
    find(db, merchant_id, import_id)
    _note(db, "import.cancelled", merchant_id, import_id, actor)
    return jobs.cancel(db, import_id)


def resume(db: Transaction, merchant_id: str, import_id: str, *, actor: Actor) -> Ticket:
    """Go on where a stopped import stood, as a new import that remembers what the old one saw."""
    old = find(db, merchant_id, import_id)
    if old.state not in RESUMABLE:
        cure = "start a new one" if old.state is jobs.State.DONE else "it goes on by itself"
        raise Refused(f"the import is {old.state}: {cure}", code="import_not_stopped")
    _note(db, "import.resumed", merchant_id, import_id, actor)
    return jobs.retry(db, import_id)


def _note(db: Transaction, kind: str, merchant_id: str, import_id: str, actor: Actor) -> None:
    record(db, kind, subject=Subject(kind="import", id=import_id), actor=actor, merchant_id=merchant_id)
