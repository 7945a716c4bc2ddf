"""What is due to be told, and never forgotten before an answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.channels.tables import account
from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.store import modes
from hub.stock.store.unasked import PUSH, unasked
from hub.stock.tables import due_push, push_mode

Outlet = tuple[str, str]  # listing_id, place_ref: where a figure is shown
_D = due_push.c


class Due(NamedTuple):
    """A figure that is to be looked at; an answer for an earlier turn leaves it due."""

    listing_id: str
    place_ref: str
    merchant_id: str
    turn: int
    cause: str
    not_before: datetime
    approved: int | None = None  # the figure that a person wants told

    @property
    def outlet(self) -> Outlet:
        return self.listing_id, self.place_ref


class Marked(NamedTuple):
    """An account that has something to tell."""

    merchant_id: str
    account_id: str


_soon = (_D.account_id == sa.bindparam("account"), _D.not_before <= now())
_next = sa.select(_D.listing_id, _D.place_ref).order_by(_D.not_before).limit(sa.bindparam("limit")).where(*_soon)
_approved = _next.where(_D.approved.is_not(None))
_next_approved: dict[str, sa.Executable] = {
    "postgresql": _approved,
    # Told by name, since to SQLite one index is as good as the other: that of all that is due, which may be very much.
    "sqlite": sa.text(
        "SELECT listing_id, place_ref FROM due_push INDEXED BY ix_due_push_approved WHERE account_id = :account"
        " AND not_before <= hub_now() AND approved IS NOT NULL ORDER BY not_before LIMIT :limit"
    ),
}


def upcoming(db: Transaction, account_id: str, *, limit: int) -> list[Outlet]:
    """Where the account is to be told something now, the longest due first; only what is approved, where it has to be.

    Nobody reads what is due to be told but by this.
    """
    wanted: sa.Executable = _next_approved[db.dialect] if modes.approved_only(db, account_id) else _next
    rows_ = db.execute(wanted, {"account": account_id, "limit": limit})
    return [(row.listing_id, row.place_ref) for row in rows_]


_mine = _D.account_id == sa.bindparam("account")
# The account in each row: beside a constant SQLite would walk through all that is due there, for each of them.
_given = rows("outlets", account_id=Key, listing_id=Key, place_ref=Key)
_same = sa.and_(*(_D[name] == _given.c[name] for name in ("account_id", "listing_id", "place_ref")))
_those = (
    sa.select(*(_D[name] for name in Due._fields))
    .join_from(_given, due_push, _same)
    .order_by(_D.listing_id, _D.place_ref)
)
_lock = _those.with_for_update(of=due_push)


def _named(account_id: str, outlets: Collection[Outlet]) -> list[tuple[str, str, str]]:
    return [(account_id, *outlet) for outlet in sorted(outlets)]


def of(db: Transaction, account_id: str, outlets: Collection[Outlet]) -> dict[Outlet, Due]:
    """Those of these that are due; nothing is locked."""
    found = db.execute(_those, {"outlets": _named(account_id, outlets)})
    return {due.outlet: due for due in (Due._make(row) for row in found)}


def lock(db: Transaction, account_id: str, outlets: Collection[Outlet]) -> dict[Outlet, Due]:
    """Those of these that are due, with their turns, kept from others until the transaction ends."""
    found = db.execute(_lock, {"outlets": _named(account_id, outlets)})
    return {due.outlet: due for due in (Due._make(row) for row in found)}


_delete = sa.delete(due_push).where(sa.tuple_(_D.account_id, _D.listing_id, _D.place_ref).in_(sa.select(*_given.c)))


def done(db: Transaction, account_id: str, outlets: Collection[Outlet]) -> None:
    """Let these be due no more; their rows are locked, and their turns were compared."""
    if outlets:
        db.execute(_delete, {"outlets": _named(account_id, outlets)})


_behind = (
    sa.select(*(_D[name] for name in Due._fields), _D.since)
    .where(_mine, sa.tuple_(_D.listing_id, _D.place_ref) > sa.tuple_(sa.bindparam("listing"), sa.bindparam("place")))
    .order_by(_D.listing_id, _D.place_ref)
    .limit(sa.bindparam("limit"))
)


def behind(db: Transaction, account_id: str, after: Outlet, *, limit: int) -> list[tuple[Due, datetime]]:
    """What is due of an account and since when, in the order of its keys from behind `after` on; nothing is locked."""
    given = {"account": account_id, "listing": after[0], "place": after[1], "limit": limit}
    return [(Due._make(row[:-1]), row.since) for row in db.execute(_behind, given)]


_dated = rows("moments", account_id=Key, listing_id=Key, place_ref=Key, moment=Instant())
_postpone = (
    sa.update(due_push)
    .where(*(_D[name] == _dated.c[name] for name in ("account_id", "listing_id", "place_ref")))
    .values(not_before=_dated.c.moment)
)


def set_moments(db: Transaction, account_id: str, moment_of: Mapping[Outlet, datetime]) -> None:
    """Let these, whose rows are locked, be looked at again from then on."""
    if moment_of:
        given = [(account_id, *outlet, microseconds(at)) for outlet, at in sorted(moment_of.items())]
        db.execute(_postpone, {"moments": given})


_earliest = sa.select(sa.func.min(_D.not_before)).where(_mine)
_earliest_approved: dict[str, sa.Executable] = {
    "postgresql": _earliest.where(_D.approved.is_not(None)),
    "sqlite": sa.text(
        "SELECT min(not_before) FROM due_push INDEXED BY ix_due_push_approved"
        " WHERE account_id = :account AND approved IS NOT NULL"
    ).columns(sa.column("at", Instant())),
}


def earliest(db: Transaction, account_id: str) -> datetime | None:
    """When the account has to be told something next."""
    wanted: sa.Executable = _earliest_approved[db.dialect] if modes.approved_only(db, account_id) else _earliest
    found: datetime | None = db.execute(wanted, {"account": account_id}).scalar_one()
    return found


def forget(db: Transaction, account_id: str) -> None:
    db.execute(sa.delete(due_push).where(_mine), {"account": account_id})


def of_listing(db: Transaction, account_id: str, listing_id: str) -> Sequence[sa.RowMapping]:
    wanted = sa.select(due_push).where(_D.account_id == account_id, _D.listing_id == listing_id)
    return db.execute(wanted).mappings().all()


_late = (_D.account_id == account.c.id, _D.not_before <= sa.bindparam("before", type_=Instant()))
_first = sa.select(_D.listing_id).where(*_late).order_by(_D.not_before).limit(1)
_overdue = (
    sa.select(account.c.merchant_id, account.c.id)
    .join_from(account, push_mode, push_mode.c.account_id == account.c.id, isouter=True)
    .where(
        account.c.tells_stock,
        unasked(PUSH),  # those that are paused have a job that waits: no number of them stands before the others
        # Two look-ups by the index of each: what waits for a person may be very much, and is nobody's to be woken for.
        sa.case(
            (push_mode.c.approved_only, _first.where(_D.approved.is_not(None)).correlate(account).scalar_subquery()),
            else_=_first.correlate(account).scalar_subquery(),
        ).is_not(None),
    )
    .limit(sa.bindparam("limit"))
)


def overdue(db: Transaction, *, before: datetime, limit: int) -> list[Marked]:
    """Accounts with something to tell that has been due since before then, and no job that would tell it."""
    return [Marked._make(row) for row in db.execute(_overdue, {"before": before, "limit": limit})]
