"""Asks for a product's stock to be told anew where the catalogue changed what its figure means."""

from __future__ import annotations

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind

RETELL = JobKind("stock.retell_product", lane="default")  # the slice of stock handles it; its key is the product


def retell(db: Transaction, merchant_id: str, product_id: str) -> None:
    """A pack or what a bundle contains has changed: every channel that lists the product is looked at again."""
    jobs.enqueue(db, RETELL, key=product_id, merchant_id=merchant_id)
