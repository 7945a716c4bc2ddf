"""Which orders of an account are still open."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import Transaction
from hub.orders.store.states import is_open
from hub.orders.tables import sales_order

_O = sales_order.c
_is_open = is_open(_O)
_numbers = (
    sa.select(_O.number)
    .where(_O.account_id == sa.bindparam("account"), _is_open)
    .order_by(_O.seen_at)
    .limit(sa.bindparam("limit"))
)

_how_many = sa.select(sa.func.count()).where(_O.account_id == sa.bindparam("account"), _is_open)


def count(db: Transaction, account_id: str) -> int:
    return int(db.execute(_how_many, {"account": account_id}).scalar_one())


def numbers(db: Transaction, account_id: str, *, limit: int) -> list[str]:
    """As people name them, those first that nobody has heard of for longest."""
    return list(db.execute(_numbers, {"account": account_id, "limit": limit}).scalars())
