"""What a warehouse of others said last of its products, as far as that was taken over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.fulfilment.tables import stock_sync, stock_sync_line
from hub.kernel.bulk import given, rows
from hub.kernel.db import Transaction
from hub.kernel.types import Key

_S, _L = stock_sync.c, stock_sync_line.c


class Seen(NamedTuple):
    """The newest word of a warehouse that a level stands by, read between these instants; figures are base units.

    `accepted`: of documents that it had taken by then. `late`: of those what had left by then, as was told since.
    """

    product_id: str
    sync_id: str
    sku: str
    frozen: int
    accepted: int
    late: int
    read_from: datetime
    read_until: datetime


_wanted = given("products")
_taken_over = sa.text("outcome IN ('adopted', 'same')")  # as the index says it
_newest = (
    sa.select(_L.sync_id)
    .join_from(stock_sync_line, stock_sync, _S.id == _L.sync_id)
    .where(
        _L.product_id == _wanted.c.value, _taken_over, _S.warehouse_id == sa.bindparam("warehouse", type_=Key),
        _S.read_until.is_not(None),
    )
    .order_by(_L.sync_id.desc())
    .limit(1)
    .correlate(_wanted)
    .scalar_subquery()
)  # fmt: skip
_line = stock_sync_line.alias("line")
_seen = sa.select(
    _line.c.product_id, _line.c.sync_id, _line.c.sku, _line.c.frozen, _line.c.accepted, _line.c.late, _S.read_from,
    _S.read_until,
).join_from(_wanted, _line, sa.and_(_line.c.product_id == _wanted.c.value, _line.c.sync_id == _newest)).join(
    stock_sync, _S.id == _line.c.sync_id
)  # fmt: skip


def newest(db: Transaction, warehouse_id: str, product_ids: Collection[str]) -> list[Seen]:
    """What these products stand by in this warehouse; those of which it never said anything are left out."""
    if not product_ids:
        return []
    return [Seen._make(row) for row in db.execute(_seen, {"warehouse": warehouse_id, "products": sorted(product_ids)})]


_late = rows("late", sync_id=Key, sku=Key, count=sa.BigInteger())
_note_late = (
    sa.update(stock_sync_line)
    .where(_L.sync_id == _late.c.sync_id, _L.sku == _late.c.sku)
    .values(late=_L.late + _late.c.count)
)


def note_late(db: Transaction, late: Mapping[Seen, int]) -> None:
    """Note that so many units more had left by the time of a reading."""
    db.execute(_note_late, {"late": [(seen.sync_id, seen.sku, count) for seen, count in sorted(late.items())]})
