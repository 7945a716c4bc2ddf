"""What an account that is about to be closed would leave behind."""

from __future__ import annotations

from collections.abc import Sequence

from hub.kernel.db import Transaction
from hub.orders.store import parting

NAMED = 5


def open_work(db: Transaction, account_id: str) -> Sequence[str]:
    """Its open orders, in words: they hold stock, and nobody would hear that they were shipped or cancelled."""
    numbers = parting.numbers(db, account_id, limit=NAMED + 1)
    if not numbers:
        return ()
    named = ", ".join(numbers[:NAMED]) + (" and more" if len(numbers) > NAMED else "")
    return (f"orders are open: {named}; have them shipped or cancelled, and import the account's orders",)
