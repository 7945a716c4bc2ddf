"""What orders have reserved: one row for each cause, closed once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.bulk import among, rows
from hub.kernel.db import Transaction, now
from hub.kernel.ids import new_id
from hub.kernel.types import Key
from hub.stock.rules.levels import Place, ReservationState
from hub.stock.tables import reservation

_R = reservation.c


class Reservation(NamedTuple):
    """So many base units of a product that are promised, for a cause."""

    cause: str
    order_id: str
    warehouse_id: str
    product_id: str
    quantity: int
    state: str

    @property
    def place(self) -> Place:
        return self.warehouse_id, self.product_id


_GIVEN: dict[str, Any] = {  # Any: the columns differ in type
    "id": Key, "cause": Key, "warehouse_id": Key, "product_id": Key, "quantity": sa.BigInteger(),
}  # fmt: skip


def _build(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    new = rows("reservations", **_GIVEN)
    merchant, order = (sa.bindparam(name, type_=Key) for name in ("merchant", "order"))
    state = sa.literal(ReservationState.OPEN.value, Key)
    chosen = sa.select(*(new.c[name] for name in _GIVEN), merchant, order, state, now()).where(sa.true())
    names = [*_GIVEN, "merchant_id", "order_id", "state", "created_at"]
    return insert(reservation).from_select(names, chosen.order_by(new.c.cause))


_write = {"postgresql": _build(postgresql.insert), "sqlite": _build(sqlite.insert)}


def write(
    db: Transaction, merchant_id: str, order_id: str, wants: Iterable[tuple[str, str, int]], warehouse_id: str
) -> None:  # fmt: skip
    """Promise these, each (cause, product, quantity), out of one warehouse."""
    given = [(new_id(), cause, warehouse_id, product, quantity) for cause, product, quantity in wants]
    db.execute(_write[db.dialect], {"reservations": given, "merchant": merchant_id, "order": order_id})


_of = sa.select(*(_R[name] for name in Reservation._fields)).where(among(_R.cause, "causes")).order_by(_R.cause)


def of_causes(db: Transaction, causes: Collection[str]) -> list[Reservation]:
    return [Reservation._make(row) for row in db.execute(_of, {"causes": causes})]


_close = (
    sa.update(reservation)
    .where(among(_R.cause, "causes"), _R.state == ReservationState.OPEN.value)
    .values(state=sa.bindparam("new_state", type_=Key), closed_at=now())
    .returning(_R.cause)
)


def close(db: Transaction, causes: Collection[str], state: ReservationState) -> set[str]:
    """Close those of these that are open; gives their causes. Their levels are locked."""
    return set(db.execute(_close, {"causes": causes, "new_state": state.value}).scalars())
