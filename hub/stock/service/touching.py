"""Lets what a change of stock means to channels be told: the figures become due in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind
from hub.stock.store import marking
from hub.stock.store.marking import Touched

if TYPE_CHECKING:
    from datetime import datetime

# Whatever goes wrong, a figure that is due stays due: the job backs off and never gives up.
PUSH_STOCK = JobKind("stock.push", lane="urgent", max_attempts=1_000_000)


def touch(db: Transaction, product_ids: Collection[str], *, cause: str) -> None:
    """Let every figure be due that shows one of these products, itself or in a bundle.

    All that one transaction touches is marked at once, last, in the order of its keys: two transactions that touch the
    same never wait for each other crosswise. Products of which no movement is known are left out.
    """
    _touch(db, (Touched(product_id=product_id) for product_id in product_ids), cause)


def touch_shown(db: Transaction, listing_ids: Collection[str], *, cause: str) -> None:
    """As `touch`, whatever product these listings show by the commit: one may be linked to another just now."""
    _touch(db, (Touched(listing_id=listing_id) for listing_id in listing_ids), cause)


def _touch(db: Transaction, touched: Iterable[Touched], cause: str) -> None:
    for each in touched:
        db.collect(_mark, each, cause, lambda first, latest: latest)


def _mark(db: Transaction, cause_of: dict[Touched, str]) -> None:
    for merchant_id, account_id in sorted(marking.mark(db, cause_of)):
        ask(db, merchant_id, account_id)


def ask(db: Transaction, merchant_id: str, account_id: str, *, at: datetime | None = None) -> None:
    """Have an account told what is due by then; None: now."""
    jobs.enqueue(db, PUSH_STOCK, merchant_id=merchant_id, account_id=account_id, run_at=at)
