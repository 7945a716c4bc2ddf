"""Asks for what depends on a product to be told anew: its stock where its figure means something else, its data."""

from __future__ import annotations

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind

RETELL = JobKind("stock.retell_product", lane="default")  # the slice of stock handles it; its key is the product


# The slice of fulfilment handles it; its key is the product.
REPLACE = JobKind("fulfilment.replace_product", lane="default")
TOLD = frozenset({"sku", "name", "price", "barcode", "weight_g", "size_mm", "options"})  # what warehouses know of it


def retell(db: Transaction, merchant_id: str, product_id: str) -> None:
    """A pack or what a bundle contains has changed: every channel that lists the product is looked at again."""
    jobs.enqueue(db, RETELL, key=product_id, merchant_id=merchant_id)


def replace(db: Transaction, merchant_id: str, product_id: str) -> None:
    """What warehouses of 3PLs know of the product has changed: those that know it are told again."""
    jobs.enqueue(db, REPLACE, key=product_id, merchant_id=merchant_id)
