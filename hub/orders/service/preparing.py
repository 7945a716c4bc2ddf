"""Tells fulfilment that an order holds something in a warehouse of others, or wants it no more: it alone moves that."""

from __future__ import annotations

from collections.abc import Collection

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind
from hub.orders.rules.lines import Standing
from hub.orders.store.orders import Stored

PREPARE = JobKind("fulfilment.prepare", lane="urgent")  # the slice of fulfilment handles it; its key is the order


def prepare(db: Transaction, before: Stored | None, now: Stored, elsewhere: Collection[str]) -> None:
    """Have fulfilment look at an order that holds, or held, something `elsewhere`: in these warehouses of others."""
    lines = (*now.lines, *(before.lines if before else ()))
    if any(line.standing is Standing.RESERVED and line.warehouse_id in elsewhere for line in lines):
        jobs.enqueue(db, PREPARE, key=now.order.id, merchant_id=now.order.merchant_id)
