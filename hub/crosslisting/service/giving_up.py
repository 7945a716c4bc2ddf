"""Ends what nobody goes on with: whatever becomes of its jobs or its account, a cross-listing ends and people are told.

A cross-listing that is under way always has a job, and one transaction makes both. Where its job has ended without it
(cancelled by a person, dead, its account about to close), what has happened is written down here instead.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from hub.channels.store.accounts import AccountRow
from hub.crosslisting.rules import MAY_BE_THERE, State
from hub.crosslisting.service import telling
from hub.crosslisting.service.asking import CHECK, DRAFT, FINISH, PUSH, alone
from hub.crosslisting.store import rows, runs
from hub.crosslisting.store.runs import Run
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.events import SYSTEM

STILL = timedelta(minutes=1)  # without a change, until a cross-listing is looked at; its jobs do not wait for this
NO_JOB = "its job was cancelled or broke off"
CLOSED = "the account was closed"


class Caretaker:
    """Looks after the cross-listings that stand still, one a transaction; each round begins with the oldest."""

    def __init__(self) -> None:
        self._after = ""

    def __call__(self, db: Transaction) -> int:
        run = runs.next_still(db, after=self._after, span=STILL)
        self._after = run.id if run else ""  # before anything can fail: one that cannot be ended keeps no other back
        if run is not None:
            _look_after(db, run.id)
        return int(run is not None)


def close_account(db: Transaction, account: AccountRow) -> None:
    """End all that is under way on an account that is about to be closed."""
    for run in runs.under_way(db, account.id):
        alone(db, run.id)
        if runs.expect(db, run.id).state is State.PUSHING:
            _fail_rows(db, run, None, code="account_closed", reason=CLOSED)
        else:
            _end_workbook(db, run, State.CANCELLED, CLOSED)


def _look_after(db: Transaction, run_id: str) -> None:
    alone(db, run_id)
    run = runs.expect(db, run_id)
    match run.state:
        case State.DRAFTING if not jobs.unfinished(db, DRAFT, [run_id]):
            _end_workbook(db, run, State.FAILED, NO_JOB)
        case State.CHECKING if not jobs.unfinished(db, CHECK, [run_id]):
            _end_workbook(db, run, State.READY, NO_JOB)
        case State.PUSHING if not jobs.unfinished(db, CHECK, [run_id]):  # which queues the rows
            _look_after_rows(db, run)
        case _:
            pass  # somebody goes on with it


def _look_after_rows(db: Transaction, run: Run) -> None:
    products = set(rows.open_products(db, run.id))
    left_alone = products - jobs.unfinished(db, PUSH, products, account_id=run.account_id)
    if left_alone or rows.unsettled(db, run.id) > len(products):
        _fail_rows(db, run, left_alone, code="job_ended", reason=NO_JOB)
    elif not products and not jobs.unfinished(db, FINISH, [run.id]):
        _end_without_result(db, run)


def _fail_rows(db: Transaction, run: Run, products: Collection[str] | None, *, code: str, reason: str) -> None:
    rows.give_up(
        db, run.id, products, code=code, reason=f"{reason} before it was sent",
        in_doubt=f"{reason} before the channel had answered{MAY_BE_THERE}",
    )  # fmt: skip
    runs.turn(db, run.id, [State.PUSHING])  # nobody counts a row of it as settled from here to the commit
    left = rows.unsettled(db, run.id)
    runs.turn(db, run.id, [State.PUSHING], open_rows=left)
    if left == 0:
        jobs.enqueue(db, FINISH, key=run.id, merchant_id=run.merchant_id)


def _end_workbook(db: Transaction, run: Run, state: State, reason: str) -> None:
    """No workbook was made, or none checked."""
    if runs.turn(db, run.id, [run.state], of_upload=run.upload, state=state, reason=reason):
        rows.clear(db, run.id)
        telling.announce(db, _TOLD.get((run.state, state), "ended"), run, actor=SYSTEM, reason=reason)


def _end_without_result(db: Transaction, run: Run) -> None:
    """The rows have ended; only the file that lists them was not made."""
    reason = f"no result workbook was made ({NO_JOB}); the cross-listing still shows its rows"
    outcomes = rows.counts(db, run.id)
    if runs.turn(db, run.id, [State.PUSHING], state=State.DONE, open_rows=0, outcomes=outcomes, reason=reason):
        telling.announce(db, "ended", run, actor=SYSTEM, reason=reason)


_TOLD = {(State.DRAFTING, State.FAILED): "workbook_failed", (State.CHECKING, State.READY): "workbook_refused"}
