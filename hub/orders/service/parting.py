"""What an account that is about to be closed would leave behind."""

from __future__ import annotations

from collections.abc import Sequence

from hub.kernel.db import Transaction
from hub.orders.store import parting

NAMED = 5


def open_work(db: Transaction, account_id: str, left: int | None = None) -> Sequence[str]:
    """Its open orders, in words: they hold stock, and nobody would hear that they were shipped or cancelled.

    `left`: how many a person leaves to people; just as many as are open are no objection.
    """
    found = parting.numbers(db, account_id, limit=NAMED + 1)
    if not found and not left:
        return ()
    count = parting.count(db, account_id)
    if left == count:
        return ()
    if left is not None:
        return (f"{count} orders are open, and not {left}: look at them again, and say how many are left to people",)
    named = ", ".join(found[:NAMED]) + (" and more" if len(found) > NAMED else "")
    return (
        f"{count} orders are open: {named}; have them shipped or cancelled, and import the account's orders. Where its "
        f"channel is gone for good, leave them to people (abandon_open_orders={count}): they keep their stock until "
        "each is sent or cancelled by hand",
    )
