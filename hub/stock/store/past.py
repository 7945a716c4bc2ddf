"""How much of products lay where at an instant, and what channels had been told by then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.kernel.bulk import among, rows
from hub.kernel.db import Transaction
from hub.kernel.types import Instant, Key
from hub.stock.rules.levels import Place, ReservationState
from hub.stock.store import pushes
from hub.stock.store.due import Outlet
from hub.stock.store.pushes import Push, PushStatus
from hub.stock.tables import agreement, level, movement, push, reservation, reservation_change, told

_at = sa.bindparam("at", type_=Instant())
_M, _R, _C = movement.c, reservation.c, reservation_change.c
_on_hand = (
    sa.select(_M.warehouse_id, _M.product_id, sa.func.sum(_M.quantity).label("sum"))
    .where(among(_M.product_id, "products"), _M.recorded_at <= _at)
    .group_by(_M.warehouse_id, _M.product_id)
)
_moved_since = (
    sa.select(_M.warehouse_id, _M.product_id, sa.func.sum(_M.quantity).label("sum"))
    .where(among(_M.product_id, "products"), _M.recorded_at > _at)
    .group_by(_M.warehouse_id, _M.product_id)
    .subquery("since")
)
_lay = level.c.on_hand - sa.func.coalesce(_moved_since.c.sum, 0)
_was_known = (
    sa.select(_M.id)
    .where(_M.product_id == level.c.product_id, _M.recorded_at <= _at, _M.warehouse_id == level.c.warehouse_id)
    .order_by(_M.recorded_at.desc())  # so that PostgreSQL does not take any that it comes across in all of the table
    .limit(1)
    .correlate(level)
    .scalar_subquery()
)
# Levels and movements of one statement: two would see different moments.
_on_hand_back = (
    sa.select(level.c.warehouse_id, level.c.product_id, _lay.label("sum"))
    .join_from(
        level, _moved_since,
        sa.and_(_moved_since.c.warehouse_id == level.c.warehouse_id, _moved_since.c.product_id == level.c.product_id),
        isouter=True,
    )
    .where(among(level.c.product_id, "products"), sa.or_(_lay != 0, _was_known.is_not(None)))
)  # fmt: skip


def _promised(*only: sa.ColumnElement[bool]) -> sa.Select[Any]:  # Any: two keys and a count
    # Not as the column itself: to SQLite the index of when it was made is as good as any other, and it is the longest.
    made_at = sa.type_coerce(_R.created_at, sa.BigInteger) + 0
    return sa.select(_R.warehouse_id, _R.product_id, _R.quantity).where(
        among(_R.product_id, "products"), made_at <= _at, *only
    )


def _sum(of: Any) -> sa.Select[Any]:  # Any: a union's or a select's rows, and as above
    return sa.select(
        of.c.warehouse_id, of.c.product_id, sa.func.sum(of.c.quantity).label("sum")
    ).group_by(of.c.warehouse_id, of.c.product_id)  # fmt: skip


def _is(state: ReservationState) -> sa.ColumnElement[bool]:
    return _R.state == sa.literal_column(f"'{state.value}'")  # as its index says it


_reserved = _sum(
    _promised(_R.created_at <= _at, sa.or_(_R.closed_at.is_(None), _R.closed_at > _at)).subquery("promised")
)
_reserved_back = _sum(
    sa.union_all(
        _promised(_is(ReservationState.OPEN)),
        _promised(_is(ReservationState.RELEASED), _R.closed_at > _at),
        _promised(_is(ReservationState.SHIPPED), _R.closed_at > _at),
    ).subquery("promised")
)
# What was changed since, of what was reserved by then: it was still open when it was changed.
_resized = (
    sa.select(_C.warehouse_id, _C.product_id, sa.func.sum(_C.quantity - _C.was).label("sum"))
    .where(among(_C.product_id, "products"), _C.at > _at, _C.made_at <= _at)
    .group_by(_C.warehouse_id, _C.product_id)
)


def on_hand(db: Transaction, product_ids: Collection[str], *, at: datetime, back: bool) -> dict[Place, int]:
    """What the movements known by then come to; a place that nothing was known of is left out.

    `back`: read from what lies there now, along what was moved since; else from the first movement on.
    """
    return _sums(db, _on_hand_back if back else _on_hand, product_ids, at)


def reserved(db: Transaction, product_ids: Collection[str], *, at: datetime, back: bool) -> dict[Place, int]:
    """What was promised to orders at that instant; `back`: from what is promised now and what was closed since."""
    found = _sums(db, _reserved_back if back else _reserved, product_ids, at)
    since = _sums(db, _resized, product_ids, at)
    return {place: count - since.get(place, 0) for place, count in found.items()}


def _sums(db: Transaction, query: sa.Select[Any], product_ids: Collection[str], at: datetime) -> dict[Place, int]:
    found = db.execute(query, {"products": product_ids, "at": at})  # Any: two keys and a sum
    return {(row.warehouse_id, row.product_id): int(row.sum) for row in found}


class Shown(NamedTuple):
    """What is kept of a figure besides the log: what was confirmed last, and when."""

    outlet: Outlet
    shown: int | None
    shown_at: datetime | None


_outlets = (
    sa.select(told.c.listing_id, told.c.place_ref, told.c.shown, told.c.shown_at)
    .where(among(told.c.listing_id, "listings"))
    .order_by(told.c.listing_id, told.c.place_ref)
)


def outlets(db: Transaction, listing_ids: Collection[str]) -> list[Shown]:
    """Where these listings are or were shown."""
    found = db.execute(_outlets, {"listings": listing_ids})
    return [Shown((row.listing_id, row.place_ref), row.shown, row.shown_at) for row in found]


_given = rows("outlets", listing_id=Key, place_ref=Key)


def _newest(
    table: sa.Table, at: sa.ColumnElement[datetime], *only: sa.ColumnElement[bool]
) -> dict[str, sa.Select[Any]]:  # Any: the columns of the table
    """The newest row of each outlet by then; looked up one by one, whatever PostgreSQL thinks of the table."""
    here = (table.c.listing_id == _given.c.listing_id, table.c.place_ref == _given.c.place_ref, at <= _at, *only)
    last = sa.select(table).where(*here).order_by(at.desc(), table.c.id.desc()).limit(1).correlate(_given)
    beside = last.lateral("newest")
    inside = last.with_only_columns(table.c.id).scalar_subquery()
    return {
        "postgresql": sa.select(beside).select_from(_given).join(beside, sa.true()),
        "sqlite": sa.select(table).join_from(_given, table, table.c.id == inside),
    }


_P = push.c
_told = _newest(push, _P.sent_at)
_confirmed = _newest(push, _P.sent_at, _P.status == PushStatus.CONFIRMED.value, _P.settled_at <= _at)
_agreed = _newest(agreement, agreement.c.at)


def told_by(db: Transaction, of: Collection[Outlet], *, at: datetime) -> dict[Outlet, Push]:
    """The last figure that each was told by then, with what came of it up to now."""
    return _pushes(db, _told, of, at)


def confirmed_by(db: Transaction, of: Collection[Outlet], *, at: datetime) -> dict[Outlet, Push]:
    """The last figure that each had confirmed by then."""
    return _pushes(db, _confirmed, of, at)


def _pushes(
    db: Transaction, query: Mapping[str, sa.Select[Any]], of: Collection[Outlet], at: datetime
) -> dict[Outlet, Push]:  # Any: as above
    found = (pushes.read(row) for row in db.execute(query[db.dialect], {"outlets": sorted(of), "at": at}))
    return {(one.listing_id, one.place_ref): one for one in found}


class Agreed(NamedTuple):
    """The last figure that was found to be shown already."""

    figure: int
    cause: str
    at: datetime


def agreed_by(db: Transaction, of: Collection[Outlet], *, at: datetime) -> Mapping[Outlet, Agreed]:
    """The last figure that each was found to show without having been told, by then."""
    found = db.execute(_agreed[db.dialect], {"outlets": sorted(of), "at": at})
    return {(row.listing_id, row.place_ref): Agreed(row.figure, row.cause, row.at) for row in found}
