"""Follows hints: what a channel says has changed is read again by its ref; the hint itself moves nothing.

Requests of one account fold into one job, so what was asked for stands in rows beside it: no hint is lost, and a
thousand of them are read in batches.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.channels import store as channels
from hub.channels.rules import State
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind, Ticket
from hub.orders.service import importing
from hub.orders.store import hints

READ_ORDERS = JobKind("orders.read", lane="urgent")


def ask(db: Transaction, merchant_id: str, account_id: str, refs: Sequence[str]) -> Ticket | None:
    """Have these orders read again now, known or not; no refs: something has changed, so have the feed read.

    None where the account is closed: nobody reads its orders any more.
    """
    account = channels.accounts.account_of(db, account_id)
    if account is None or account.state is State.CLOSED:
        return None
    if not refs:
        return importing.ask(db, merchant_id, account_id)
    hints.add(db, account_id, refs)
    return jobs.enqueue(db, READ_ORDERS, merchant_id=merchant_id, account_id=account_id)


def ask_for_rest(db: Transaction, merchant_id: str, account_id: str) -> None:
    """Have what is still hinted at read: its job was cancelled, or gave up while the channel was away."""
    if hints.some(db, account_id, limit=1):
        jobs.enqueue(db, READ_ORDERS, merchant_id=merchant_id, account_id=account_id)


def forget(db: Transaction, account_id: str) -> None:
    """Follow no hint any more to the orders of an account that is being closed."""
    hints.forget(db, account_id)
