"""Which orders a channel said have changed; a hint goes when the order was read after it, and not before."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.orders.tables import order_hint

_H = order_hint.c
_of_account = _H.account_id == sa.bindparam("account")
_given = (_of_account, among(_H.ref, "refs"))
_some = sa.select(_H.ref, _H.turn).where(_of_account).order_by(_H.ref).limit(sa.bindparam("limit"))
_lock = sa.select(_H.ref, _H.turn).where(*_given).order_by(_H.ref).with_for_update()


def add(db: Transaction, account_id: str, refs: Collection[str]) -> None:
    columns = ("account_id", "ref", "turn")
    rows = [(account_id, ref, 1) for ref in sorted(set(refs))]
    bulk.upsert(db, order_hint, columns, rows, conflict=columns[:2], add=("turn",))


def some(db: Transaction, account_id: str, *, limit: int) -> dict[str, int]:
    """Refs that are hinted at, each with its turn."""
    found = db.execute(_some, {"account": account_id, "limit": limit})
    return {row.ref: row.turn for row in found}


def done(db: Transaction, account_id: str, read: Mapping[str, int]) -> None:
    """Drop hints that were followed, save those given again since they were found at that turn."""
    # Rows are taken in one order: who hints at many orders at the same moment must not meet us halfway.
    rows = db.execute(_lock, {"account": account_id, "refs": sorted(read)}).all()
    followed = [row.ref for row in rows if row.turn == read[row.ref]]
    db.execute(sa.delete(order_hint).where(*_given), {"account": account_id, "refs": followed})


def forget(db: Transaction, account_id: str) -> None:
    db.execute(sa.delete(order_hint).where(_of_account), {"account": account_id})
