"""Asks for orders that wait to be looked at again, in the transaction of what may serve them.

Always the job, whether any order waits or not: an order that is being taken in at this moment is seen only by who looks
when this transaction has ended. What many changes of one transaction ask for is one job for all of the merchant.
"""

from __future__ import annotations

from collections.abc import Collection

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind

RECHECK = JobKind("orders.recheck", lane="urgent")  # the slice of orders handles it; its key says what has changed
APART = 20  # changes of one transaction that are looked at one by one

PRODUCT, LISTING, ACCOUNT, MERCHANT = "product", "listing", "account", "merchant"


def may_serve(db: Transaction, merchant_id: str, product_ids: Collection[str]) -> None:
    """There is more of these products, or something else is made of them: orders may wait for that."""
    _note(db, merchant_id, PRODUCT, product_ids)


def relinked(db: Transaction, merchant_id: str, listing_ids: Collection[str]) -> None:
    """These listings sell something else than before: orders of them may have waited for that, or hold the former."""
    _note(db, merchant_id, LISTING, listing_ids)


def remapped(db: Transaction, merchant_id: str, account_id: str) -> None:
    """Other warehouses may serve an account than before."""
    _note(db, merchant_id, ACCOUNT, [account_id])


def _note(db: Transaction, merchant_id: str, what: str, ids: Collection[str]) -> None:
    for each in ids:
        db.collect(_ask, (merchant_id, f"{what}:{each}"), None, lambda first, again: None)


def _ask(db: Transaction, subjects: dict[tuple[str, str], None]) -> None:
    keys: dict[str, list[str]] = {}
    for merchant_id, key in subjects:
        keys.setdefault(merchant_id, []).append(key)
    for merchant_id, found in keys.items():
        for key in found if len(found) <= APART else [f"{MERCHANT}:{merchant_id}"]:
            jobs.enqueue(db, RECHECK, key=key, merchant_id=merchant_id)
