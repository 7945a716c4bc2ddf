"""Forgets where parcels went: their labels, printed or not."""

from __future__ import annotations

from collections.abc import Collection

from hub.fulfilment.service.labelling import KIND
from hub.fulfilment.store import labels, outbounds
from hub.kernel import files
from hub.kernel.db import Transaction


def forget_labels(db: Transaction, order_ids: Collection[str]) -> None:
    """Delete the labels of these orders, and the files that are theirs; who wants one is told that it is gone.

    What a warehouse was asked, and has not answered, is forgotten too: it is read back, and never sent again.
    """
    outbounds.forget(db, order_ids)
    for merchant_id, digest in labels.forget(db, order_ids):
        files.drop(db, merchant_id=merchant_id, kind=KIND, digest=digest)
