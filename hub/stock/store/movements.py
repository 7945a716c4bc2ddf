"""Movements: written once for each cause and never changed; a level is what they come to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.bulk import among, given, rows
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor
from hub.kernel.ids import new_id
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.rules.adopting import Counted
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


def counted_by(counted: Counted, place: Place, quantity: int, cause: str, at: datetime | None) -> Booking:
    """What makes up for a movement that a reading had counted before it was told: with both the level stays.

    The reading had moved as much, as its own: from then on that was this movement, which was `at` that time.
    """
    return Booking(
        warehouse_id=place[0], product_id=place[1], kind=MovementKind.SYNC, quantity=quantity,
        cause=f"sync:{counted.sync}:{cause}", occurred_at=at and max(at, counted.read_until),
    )  # fmt: skip


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
    written = [
        (
            new_id(), one.warehouse_id, one.product_id, one.kind.value, one.quantity, one.cause, one.reason, one.note,
            None if one.occurred_at is None else microseconds(one.occurred_at),
        )
        for one in bookings
    ]  # fmt: skip
    who = {"merchant_id": merchant_id, "actor_kind": actor.kind, "actor_id": actor.id}
    return [read(row) for row in db.execute(_write[db.dialect], {"bookings": written, **who})]


_caused = sa.select(movement).where(among(movement.c.cause, "causes")).order_by(movement.c.id)


def caused_by(db: Transaction, causes: Collection[str]) -> list[Movement]:
    return [read(row) for row in db.execute(_caused, {"causes": causes})]


def _left_for(*, fenced: bool) -> sa.Select[Any]:  # Any: two texts and two figures
    """The causes are in byte order, and `;` follows `:`."""
    lines = given("lines")
    first = sa.literal("shipment:line:").concat(lines.c.value)
    mine = sa.and_(movement.c.cause >= first.concat(":"), movement.c.cause < first.concat(";"))
    if not fenced:
        return sa.select(lines.c.value, movement.c.cause, movement.c.product_id, movement.c.quantity).join_from(
            lines, movement, mine
        )
    one = sa.select(movement.c.cause, movement.c.product_id, movement.c.quantity).where(mine)
    found = one.offset(0).correlate(lines).lateral("found")
    return sa.select(lines.c.value, found).select_from(lines.join(found, sa.true()))


_left = {"postgresql": _left_for(fenced=True), "sqlite": _left_for(fenced=False)}


class Gone(NamedTuple):
    """So many base units that have left for a line of an order."""

    line_id: str
    cause: str
    product_id: str
    quantity: int


def left_for(db: Transaction, line_ids: Collection[str]) -> list[Gone]:
    """What has left for these lines of orders."""
    found = db.execute(_left[db.dialect], {"lines": sorted(line_ids)})
    return [Gone(row.value, row.cause, row.product_id, -row.quantity) for row in found]


def page(db: Transaction, merchant_id: str, wanted: Wanted, *, limit: int, before: str | None) -> list[Movement]:
    """The merchant's movements, the newest first, from the one before `before` on; one more than `limit`."""
    query = sa.select(movement).where(movement.c.merchant_id == merchant_id).order_by(movement.c.id.desc())
    for name in Wanted.__struct_fields__:
        value = getattr(wanted, name)
        query = query if value is None else query.where(movement.c[name] == value)
    if before is not None:
        query = query.where(movement.c.id < before)
    return [read(row) for row in db.execute(query.limit(limit + 1))]


def read(row: sa.Row[Any]) -> Movement:  # Any: a row of the table
    """A movement as it is stored."""
    named = {name: getattr(row, name) for name in Movement.__struct_fields__ if name not in ("actor", "kind")}
    actor = Actor(kind=row.actor_kind, id=row.actor_id)
    return Movement(**named, kind=MovementKind(row.kind), actor=actor)
