"""What is promised to orders: one row for each cause, closed once; read by order, written for many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import Key, microseconds
from hub.stock.rules.levels import Place, ReservationState
from hub.stock.tables import reservation

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


def write(
    db: Transaction, merchant_id: str, new: Iterable[tuple[Held, ReservationState]], *, at: datetime
) -> None:  # fmt: skip
    """Promise these; what has left by now is noted as shipped at once."""
    stamp = microseconds(at)
    rows = [
        (new_id(), merchant_id, *held, state.value, stamp, None if state is ReservationState.OPEN else stamp)
        for held, state in new
    ]
    bulk.upsert(db, reservation, _COLUMNS, rows, conflict=("id",))


def resize(db: Transaction, quantities: Mapping[str, int]) -> None:
    """Let what is promised for these causes, which are open and locked, be so much."""
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
