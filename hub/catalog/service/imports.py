"""Imports as people ask for them: started, found, stopped, resumed; and the end of a closed account's listings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from hub_hookspecs import Capability

from hub.catalog.store import runs
from hub.catalog.store.runs import ImportRun
from hub.channels import rules
from hub.channels.rules import State
from hub.channels.service import standing, switching
from hub.channels.service.proving import require_enabled
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Subject, record
from hub.kernel.ids import new_id
from hub.kernel.jobs import FINISHED, Job, JobKind, Ticket

IMPORT_ITEMS = JobKind("catalog.import_items", version=1, lane="bulk")
SOON = timedelta(minutes=2)  # after the first hint
REST = timedelta(hours=1)  # between two imports that hints have asked for
RETIRE_LISTINGS = JobKind("catalog.retire_listings", version=1, lane="default")


def start(channels: Channels, db: Transaction, merchant_id: str, account_id: str, *, actor: Actor) -> Ticket:
    """Ask for an import; one that has not begun yet serves both requests. Refused where the channel cannot be read."""
    account = _require_permission(db, merchant_id, account_id)
    host = channels.host(account.plugin)
    lacks = rules.lacks(account.lacks, enabled=True, plugin=account.plugin)
    if reason := host.lacking(Capability.IMPORT_ITEMS, lacks):
        raise Refused(f"{host.channel.title} cannot import items: {reason}", code="not_supported")
    record(db, "import.requested", subject=Subject(kind="account", id=account_id), actor=actor, merchant_id=merchant_id)
    return enqueue(db, merchant_id, account_id)


def enqueue(db: Transaction, merchant_id: str, account_id: str) -> Ticket:
    payload = {"run": new_id()}  # kept by a resumption: what both halves saw counts as seen
    return jobs.enqueue(db, IMPORT_ITEMS, merchant_id=merchant_id, account_id=account_id, payload=payload)


def not_begun(db: Transaction, account_ids: Collection[str]) -> set[str]:
    """Those whose listings were never imported and are not about to be: a person begins with that, and no hint."""
    left = set(account_ids) - runs.imported(db, account_ids)
    return {each for each in left if not jobs.unfinished(db, IMPORT_ITEMS, [""], account_id=each)}


def follow(db: Transaction, merchant_id: str, account_id: str) -> Ticket | None:
    """Have the listings read again since its channel says that some have changed; None: they never were (`not_begun`).

    Not at once: what changes rarely changes alone. And not again before the last import is `REST` ago, however many
    hints come: an import reads everything, and what the hub itself changes there is hinted at as well.
    """
    if not_begun(db, [account_id]):
        return None
    moment: datetime = db.execute(sa.select(now())).scalar_one()
    last = runs.last_ended(db, account_id)
    at = max(moment + SOON, last + REST) if last else moment + SOON
    if jobs.unfinished(db, IMPORT_ITEMS, [""], account_id=account_id):  # one that waits keeps its time if it is sooner
        at = moment + REST
    payload = {"run": new_id()}
    return jobs.enqueue(db, IMPORT_ITEMS, merchant_id=merchant_id, account_id=account_id, payload=payload, run_at=at)


def find(db: Transaction, merchant_id: str, import_id: str) -> Job | ImportRun:
    """The import by its job, or by what was kept of it when the job is forgotten."""
    job = jobs.find(db, import_id, merchant_id=merchant_id)
    if job is not None and job.kind == IMPORT_ITEMS.name:
        return job
    kept = runs.find(db, merchant_id, import_id)
    if kept is None:
        raise NotFound("import")
    return kept


def cancel(db: Transaction, merchant_id: str, import_id: str, *, actor: Actor) -> Job:
    """Stop an import: at once where it waits, after its page where it runs. What came in stays."""
    old = _job(db, merchant_id, import_id)
    if old.state in FINISHED:
        raise Refused(f"the import has ended as {old.state} already", code="import_ended")
    if not old.cancel_requested:
        _note(db, "import.cancelled", merchant_id, import_id, actor)
    return jobs.cancel(db, import_id)


def resume(db: Transaction, merchant_id: str, import_id: str, *, actor: Actor) -> Ticket:
    """Go on where a stopped import stood, as a new import that remembers what the old one saw."""
    old = _job(db, merchant_id, import_id)
    if old.state not in FINISHED:
        raise Refused(f"the import is {old.state}: it goes on by itself", code="import_not_stopped")
    if old.state == jobs.State.DONE:
        raise Refused("the import is done: start a new one", code="import_not_stopped")
    _note(db, "import.resumed", merchant_id, import_id, actor)
    return jobs.retry(db, import_id, {IMPORT_ITEMS.name: may_retry})


def may_retry(db: Transaction, job: Job) -> None:
    """Refuse to go on with an import whose account is paused or closed, or whose plugin is disabled."""
    _require_permission(db, job.merchant_id, job.account_id)


def retire(db: Transaction, merchant_id: str, account_id: str) -> None:
    """Ask for the listings of an account that is being closed to be retired."""
    jobs.enqueue(db, RETIRE_LISTINGS, key=account_id, merchant_id=merchant_id)


def _require_permission(db: Transaction, merchant_id: str, account_id: str) -> AccountRow:
    account = standing.open_account(db, merchant_id, account_id)
    if account.state is not State.ACTIVE:
        raise Refused(f"the account is {account.state.replace('_', ' ')}: resume it first", code="account_not_active")
    require_enabled(enabled=switching.still_allowed(db, account_id), plugin=account.plugin)
    return account


def _job(db: Transaction, merchant_id: str, import_id: str) -> Job:
    found = find(db, merchant_id, import_id)
    if isinstance(found, ImportRun):
        raise Refused("the import was done long ago: start a new one", code="import_ended")
    return found


def _note(db: Transaction, kind: str, merchant_id: str, import_id: str, actor: Actor) -> None:
    record(db, kind, subject=Subject(kind="import", id=import_id), actor=actor, merchant_id=merchant_id)
