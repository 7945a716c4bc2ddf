"""What people ask of cross-listings: begin one, hand in its workbook, stop it. The rest is done by jobs."""

from __future__ import annotations

from collections.abc import Collection

from hub_hookspecs import Capability

from hub.catalog.store import products
from hub.channels.rules import State as AccountState
from hub.channels.service import standing, switching
from hub.channels.service.proving import require_enabled
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.crosslisting.rules import TAKES_WORKBOOK, State
from hub.crosslisting.service.categories import require_choice
from hub.crosslisting.service.shop import FILES
from hub.crosslisting.service.telling import note
from hub.crosslisting.store import rows, runs
from hub.crosslisting.store.runs import Chosen, Run
from hub.kernel import files, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor
from hub.kernel.ids import new_id
from hub.kernel.jobs import JobKind
from hub.kernel.sealing import KeyRing
from hub.kernel.workbooks import MEDIA_TYPE

DRAFT = JobKind("crosslisting.draft", lane="default")
CHECK = JobKind("crosslisting.check", lane="default")
PUSH = JobKind("crosslisting.push", lane="bulk", can_be_unknown=True)  # per account and product: never two at once
FINISH = JobKind("crosslisting.finish", lane="default")
WORKBOOK, UPLOAD, RESULT = "crosslisting_workbook", "crosslisting_upload", "crosslisting_result"  # kinds of files
MOST_REQUEUED = 1_000
STOPPABLE = (State.DRAFTING, State.READY, State.CHECKING, State.PUSHING)


def start(
    channels: Channels, db: Transaction, merchant_id: str, account_id: str, chosen: Chosen, *, actor: Actor
) -> Run:  # fmt: skip
    """Ask for a workbook of the chosen products for an account whose channel can be pushed to."""
    account = _pushable(channels, db, merchant_id, account_id)
    _require_products(db, merchant_id, chosen)
    if chosen.category_ref:
        require_choice(channels, db, account, chosen.category_ref)
    run_id = new_id()
    runs.make(db, run_id, merchant_id=merchant_id, account_id=account.id, chosen=chosen)
    ticket = jobs.enqueue(db, DRAFT, key=run_id, merchant_id=merchant_id)
    db.flush()
    runs.turn(db, run_id, [State.DRAFTING], job_id=ticket.job_id)
    run = runs.expect(db, run_id)
    note(db, "begun", run, actor=actor, after={"account_id": account.id})
    return run


def run_of(db: Transaction, merchant_id: str, run_id: str, *, for_change: bool = False) -> Run:
    found = runs.find(db, run_id, merchant_id=merchant_id, for_change=for_change)
    if found is None:
        raise NotFound("cross-listing")
    return found


def outcomes(db: Transaction, found: Collection[Run]) -> dict[str, dict[str, int]]:
    """How many rows of each are in each state: as kept where all have ended, counted where they have not."""
    counted = rows.counts_of(db, [run.id for run in found if run.outcomes is None])
    return {run.id: run.outcomes or counted.get(run.id, {}) for run in found}


def hand_in(
    channels: Channels, ring: KeyRing, db: Transaction, merchant_id: str, run_id: str, content: bytes, *, actor: Actor
) -> Run:
    """Take a filled workbook and have it checked; its rows are pushed where nothing is wrong with them."""
    run = run_of(db, merchant_id, run_id, for_change=True)
    if run.state not in TAKES_WORKBOOK or run.workbook is None:
        raise Refused(f"the cross-listing is {run.state}: {_WHEN[run.state]}", code="workbook_not_awaited")
    _pushable(channels, db, merchant_id, run.account_id)
    digest = files.put(
        db, ring, content, merchant_id=merchant_id, kind=UPLOAD, media_type=MEDIA_TYPE, keep=FILES
    )  # fmt: skip
    ticket = jobs.enqueue(db, CHECK, key=run_id, merchant_id=merchant_id)
    db.flush()
    rows.clear(db, run_id)
    fresh = {"upload": digest, "job_id": ticket.job_id, "reason": "", "outcomes": None}
    runs.turn(db, run_id, TAKES_WORKBOOK, state=State.CHECKING, **fresh)
    note(db, "workbook_handed_in", run, actor=actor, after={"bytes": len(content)})
    return runs.expect(db, run_id)


def cancel(db: Transaction, merchant_id: str, run_id: str, *, actor: Actor) -> Run:
    """Stop a cross-listing: what no channel was told is taken back, what is with one is seen through."""
    alone(db, run_id)
    run = run_of(db, merchant_id, run_id)
    if run.state not in STOPPABLE:
        raise Refused(f"the cross-listing is {run.state}: {_WHEN[run.state]}", code="cannot_cancel")
    note(db, "cancelled", run, actor=actor)
    if runs.turn(db, run_id, [State.DRAFTING, State.READY, State.CHECKING], state=State.CANCELLED):
        rows.clear(db, run_id)  # those of an upload that was not checked to its end
        return runs.expect(db, run_id)
    left = runs.settle_rows(db, run_id, rows.cancel_queued(db, run_id))
    if left == 0:
        jobs.enqueue(db, FINISH, key=run_id, merchant_id=merchant_id)
    for product_id in rows.open_products(db, run_id, limit=MOST_REQUEUED):
        # Somebody may have ended its job by hand; one that is at work is not disturbed.
        jobs.enqueue(db, PUSH, key=product_id, merchant_id=merchant_id, account_id=run.account_id)
    return runs.expect(db, run_id)


def alone(db: Transaction, run_id: str) -> None:
    """Queue and take back rows one after the other: each moves many, and counts what it moved.

    No row lock: whoever settles a row takes the row first, then its whole.
    """
    db.serialise(f"crosslisting:{run_id}")


def _pushable(channels: Channels, db: Transaction, merchant_id: str, account_id: str) -> AccountRow:
    account = standing.open_account(db, merchant_id, account_id)
    host = channels.host(account.plugin)
    if reason := host.lacking(Capability.PUSH_PRODUCT) or account.lacks.get(Capability.PUSH_PRODUCT):
        raise Refused(f"{host.channel.title} cannot take products: {reason}", code="not_supported")
    if account.state is not AccountState.ACTIVE:
        raise Refused(f"the account is {account.state.replace('_', ' ')}: resume it first", code="account_not_active")
    require_enabled(enabled=switching.still_allowed(db, account_id), plugin=account.plugin)
    return account


def _require_products(db: Transaction, merchant_id: str, chosen: Chosen) -> None:
    if chosen.product_ids is None:
        return
    found = products.of_ids(db, merchant_id, chosen.product_ids)
    errors = tuple(
        FieldError(field=f"product_ids[{at}]", message="no such product")
        for at, each in enumerate(chosen.product_ids)
        if each not in found
    )
    if errors:
        raise Invalid(f"{len(errors)} of the products do not exist", errors=errors)


_WHEN = {
    State.DRAFTING: "its workbook is being made, wait for the notice",
    State.READY: "nothing has been sent yet",
    State.CHECKING: "its workbook is being checked, wait for the notice",
    State.PUSHING: "its rows are being sent, wait for the notice or cancel it",
    State.DONE: "all is done",
    State.FAILED: "no workbook could be made, begin a new one",
    State.CANCELLED: "it was stopped",
}
