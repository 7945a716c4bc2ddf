"""Movements: written once for each cause and never changed; a level is what they come to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.bulk import among, rows
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor
from hub.kernel.ids import new_id
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.rules.levels import MovementKind, Place
from hub.stock.tables import movement


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A movement to be: so many base units come (or, below 0, go), for a cause that moves nothing twice."""

    warehouse_id: str
    product_id: str
    kind: MovementKind
    quantity: int
    cause: str
    reason: str = ""
    note: str = ""
    occurred_at: datetime | None = None  # None: now

    @property
    def place(self) -> Place:
        return self.warehouse_id, self.product_id


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """So many base units came or went. `occurred_at` may be long before `recorded_at`, when the hub learned of it."""

    id: str
    warehouse_id: str
    product_id: str
    kind: MovementKind
    quantity: int
    cause: str
    reason: str
    note: str
    occurred_at: datetime
    recorded_at: datetime
    actor: Actor


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which movements are meant; what is left out does not narrow."""

    product_id: str | None = None
    warehouse_id: str | None = None
    kind: MovementKind | None = None


_GIVEN: dict[str, Any] = {  # Any: the columns differ in type
    "id": Key, "warehouse_id": Key, "product_id": Key, "kind": Key, "quantity": sa.BigInteger(), "cause": Key,
    "reason": Key, "note": sa.Text(), "occurred_at": Instant(),
}  # fmt: skip


def _build(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    new = rows("bookings", **_GIVEN)
    named = {name: new.c[name] for name in _GIVEN} | {
        "occurred_at": sa.func.coalesce(new.c.occurred_at, now()),
        "recorded_at": now(),
        **{name: sa.bindparam(name, type_=Key) for name in ("merchant_id", "actor_kind", "actor_id")},
    }
    chosen = sa.select(*named.values()).where(sa.true()).order_by(new.c.cause)
    written = insert(movement).from_select(list(named), chosen)
    return written.on_conflict_do_nothing(index_elements=["cause"]).returning(movement)


_write = {"postgresql": _build(postgresql.insert), "sqlite": _build(sqlite.insert)}


def write(db: Transaction, merchant_id: str, bookings: Sequence[Booking], *, actor: Actor) -> list[Movement]:
    """Write those whose cause has moved nothing yet; gives what was written."""
    given = [
        (
            new_id(), one.warehouse_id, one.product_id, one.kind.value, one.quantity, one.cause, one.reason, one.note,
            None if one.occurred_at is None else microseconds(one.occurred_at),
        )
        for one in bookings
    ]  # fmt: skip
    who = {"merchant_id": merchant_id, "actor_kind": actor.kind, "actor_id": actor.id}
    return [_read(row) for row in db.execute(_write[db.dialect], {"bookings": given, **who})]


_caused = sa.select(movement).where(among(movement.c.cause, "causes")).order_by(movement.c.id)


def caused_by(db: Transaction, causes: Collection[str]) -> list[Movement]:
    return [_read(row) for row in db.execute(_caused, {"causes": causes})]


def page(db: Transaction, merchant_id: str, wanted: Wanted, *, limit: int, before: str | None) -> list[Movement]:
    """The merchant's movements, the newest first, from the one before `before` on; one more than `limit`."""
    query = sa.select(movement).where(movement.c.merchant_id == merchant_id).order_by(movement.c.id.desc())
    for name in Wanted.__struct_fields__:
        value = getattr(wanted, name)
        query = query if value is None else query.where(movement.c[name] == value)
    if before is not None:
        query = query.where(movement.c.id < before)
    return [_read(row) for row in db.execute(query.limit(limit + 1))]


def _read(row: sa.Row[Any]) -> Movement:  # Any: a row of the table
    named = {name: getattr(row, name) for name in Movement.__struct_fields__ if name not in ("actor", "kind")}
    actor = Actor(kind=row.actor_kind, id=row.actor_id)
    return Movement(**named, kind=MovementKind(row.kind), actor=actor)
