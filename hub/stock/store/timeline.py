"""What happened to one product, kind by kind, the newest first; each is one range of one index.

Whatever else there is of other products is never looked at. An entry's instant is when the hub learned of it: that is
what a figure was made of at that moment, though goods may have come or left before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.types import Instant, Key
from hub.stock.rules.timeline import Kind, Position, bound_of
from hub.stock.store import movements, pushes
from hub.stock.store.agreements import Agreement
from hub.stock.store.movements import Movement
from hub.stock.store.pushes import Push
from hub.stock.tables import agreement, movement, push, reservation, reservation_change

BEGINNING, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """From when on, until before when, and behind which entry."""

    since: datetime = BEGINNING
    until: datetime = END
    before: Position | None = None


class Promise(NamedTuple):
    """So many units promised to an order in a warehouse; `was` where they were another number before."""

    order_id: str
    warehouse_id: str
    quantity: int
    was: int | None
    state: str


What = Movement | Push | Agreement | Promise | sa.RowMapping


class Entry(NamedTuple):
    """Something that happened."""

    at: datetime
    kind: Kind
    id: str
    what: Any  # Any: `What`, which each kind narrows

    @property
    def position(self) -> Position:
        return Position(self.at, self.kind.value, self.id)


def _of_product(table: sa.Table, at: sa.ColumnElement[datetime], *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Some of a product's rows of this table, by this instant, the newest first."""  # Any: the columns differ in type
    upper = sa.tuple_(sa.bindparam("at", type_=Instant()), sa.bindparam("id", type_=Key))
    return (
        sa.select(*(columns or table.c), at.label("entry_at"))
        .where(
            table.c.product_id == sa.bindparam("product"),
            sa.tuple_(at, table.c.id) < upper,
            at >= sa.bindparam("since", type_=Instant()),
        )
        .order_by(at.desc(), table.c.id.desc())
        .limit(sa.bindparam("limit"))
    )


_R, _C = reservation.c, reservation_change.c
_promised = (_R.id, _R.order_id, _R.warehouse_id, _R.quantity, sa.null().label("was"), _R.state)
# A reservation keeps how much it is by now; what it was made of is what it was before the first change.
_at_first = (
    sa.select(_C.was)
    .where(_C.cause == _R.cause)
    .order_by(_C.at, _C.id)
    .limit(1)
    .correlate(reservation)
    .scalar_subquery()
)
_made = (
    _R.id, _R.order_id, _R.warehouse_id, sa.func.coalesce(_at_first, _R.quantity).label("quantity"),
    sa.null().label("was"), _R.state,
)  # fmt: skip
_QUERIES = {
    Kind.MOVEMENT: _of_product(movement, movement.c.recorded_at),
    Kind.RESERVED: _of_product(reservation, _R.created_at, *_made),
    Kind.RELEASED: _of_product(reservation, _R.closed_at, *_promised).where(
        _R.state == sa.literal_column("'released'")  # as its index says it
    ),
    Kind.RESIZED: _of_product(
        reservation_change, _C.at, _C.id, _C.order_id, _C.warehouse_id, _C.quantity, _C.was,
        sa.literal("open", Key).label("state"),
    ),
    Kind.PUSH: _of_product(push, push.c.sent_at),
    Kind.AGREED: _of_product(agreement, agreement.c.at),
}  # fmt: skip
_TOLD = {Kind.PUSH: push, Kind.AGREED: agreement}


def _promise(row: sa.Row[Any]) -> Promise:  # Any: a row of the queries above
    return Promise(row.order_id, row.warehouse_id, row.quantity, row.was, row.state)


_READ: Mapping[Kind, Callable[[sa.Row[Any]], Any]] = {  # Any: see Entry
    Kind.MOVEMENT: movements.read,
    Kind.RESERVED: _promise,
    Kind.RELEASED: _promise,
    Kind.RESIZED: _promise,
    Kind.PUSH: pushes.read,
    Kind.AGREED: lambda row: Agreement(**{name: getattr(row, name) for name in Agreement.__struct_fields__}),
}


def of_kind(
    db: Transaction, kind: Kind, product_id: str, span: Span, *, listings: Sequence[str] | None, limit: int
) -> list[Entry]:  # fmt: skip
    """What happened of this kind, at most `limit`; of these listings alone, where some are named."""
    query = _QUERIES[kind]
    given: dict[str, Any] = {"product": product_id, "since": span.since, "limit": limit}  # Any: they differ in type
    given["at"], given["id"] = bound_of(span.before, kind, span.until)
    if listings is not None:
        query = query.where(among(_TOLD[kind].c.listing_id, "listings"))
        given["listings"] = listings
    return [Entry(row.entry_at, kind, row.id, _READ[kind](row)) for row in db.execute(query, given)]
