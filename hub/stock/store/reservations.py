"""What is promised to orders: one row for each cause, closed once; read by order, written for many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import among, rows
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import Key, microseconds
from hub.stock.rules.levels import Place, ReservationState
from hub.stock.tables import reservation, reservation_change

_R = reservation.c
_COLUMNS = (
    "id", "merchant_id", "cause", "order_id", "warehouse_id", "product_id", "quantity", "state", "created_at",
    "closed_at",
)  # fmt: skip


class Held(NamedTuple):
    """So many base units that are promised to an order, for a cause that promises nothing twice; never of a bundle."""

    cause: str
    order_id: str
    warehouse_id: str
    product_id: str
    quantity: int

    @property
    def place(self) -> Place:
        return self.warehouse_id, self.product_id


_open = (
    sa.select(*(_R[name] for name in Held._fields))
    .where(among(_R.order_id, "orders"), _R.state == ReservationState.OPEN.value)
    .order_by(_R.cause)
)


def of_orders(db: Transaction, order_ids: Collection[str]) -> list[Held]:
    """What is promised to these orders now."""
    return [Held._make(row) for row in db.execute(_open, {"orders": order_ids})]


_of_level = (
    sa.select(*(_R[name] for name in Held._fields), _R.created_at)
    .where(
        _R.product_id == sa.bindparam("product", type_=Key), _R.warehouse_id == sa.bindparam("warehouse", type_=Key),
        _R.state == sa.literal_column("'open'"),  # as the index says it
    )
    .order_by(_R.created_at, _R.cause)
)  # fmt: skip


def of_level(db: Transaction, warehouse_id: str, product_id: str) -> list[tuple[Held, datetime]]:
    """What of a level is promised, and since when, the oldest first."""
    found = db.execute(_of_level, {"warehouse": warehouse_id, "product": product_id})
    return [(Held._make(row[:-1]), row.created_at) for row in found]


def write(
    db: Transaction, merchant_id: str, new: Iterable[tuple[Held, ReservationState]], *, at: datetime
) -> None:  # fmt: skip
    """Promise these; what has left by now is noted as shipped at once."""
    stamp = microseconds(at)
    given = [
        (new_id(), merchant_id, *held, state.value, stamp, None if state is ReservationState.OPEN else stamp)
        for held, state in new
    ]
    bulk.upsert(db, reservation, _COLUMNS, given, conflict=("id",))


_sized = rows("sizes", id=Key, cause=Key, quantity=sa.BigInteger())
_RESIZED = ("id", "merchant_id", "cause", "order_id", "warehouse_id", "product_id", "made_at", "was", "quantity", "at")
_changing = sa.insert(reservation_change).from_select(
    list(_RESIZED),
    sa.select(
        _sized.c.id, _R.merchant_id, _R.cause, _R.order_id, _R.warehouse_id, _R.product_id, _R.created_at, _R.quantity,
        _sized.c.quantity, now(),
    ).join_from(_sized, reservation, _R.cause == _sized.c.cause),
)  # fmt: skip


def resize(db: Transaction, quantities: Mapping[str, int]) -> None:
    """Let what is promised for these causes, which are open and locked, be so much; what it was before is kept."""
    if not quantities:
        return
    db.execute(_changing, {"sizes": [(new_id(), *one) for one in sorted(quantities.items())]})
    bulk.update(db, reservation, "cause", ("quantity",), sorted(quantities.items()))


_close = (
    sa.update(reservation)
    .where(among(_R.cause, "causes"), _R.state == ReservationState.OPEN.value)
    .values(state=sa.bindparam("new_state", type_=Key), closed_at=now())
    .returning(_R.cause)
)


def close(db: Transaction, causes: Collection[str], state: ReservationState) -> set[str]:
    """Close those of these that are open; gives their causes. Their levels are locked."""
    return set(db.execute(_close, {"causes": causes, "new_state": state.value}).scalars())


_orders = sa.select(_R.cause, _R.order_id).where(among(_R.cause, "causes"))


def orders_of(db: Transaction, causes: Collection[str]) -> dict[str, str]:
    """By cause, the order that it was promised to."""
    return {row.cause: row.order_id for row in db.execute(_orders, {"causes": causes})}
