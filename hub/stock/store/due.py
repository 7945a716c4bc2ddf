"""What is due to be told, and never forgotten before an answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.tables import due_push

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

    @property
    def outlet(self) -> Outlet:
        return self.listing_id, self.place_ref


class Marked(NamedTuple):
    """An account that has something to tell."""

    merchant_id: str
    account_id: str


_next = (
    sa.select(_D.listing_id, _D.place_ref)
    .where(_D.account_id == sa.bindparam("account"), _D.not_before <= now())
    .order_by(_D.not_before)
    .limit(sa.bindparam("limit"))
)


def upcoming(db: Transaction, account_id: str, *, limit: int) -> list[Outlet]:
    """Where the account is to be told something now, the longest due first."""
    rows_ = db.execute(_next, {"account": account_id, "limit": limit})
    return [(row.listing_id, row.place_ref) for row in rows_]


_given = rows("outlets", listing_id=Key, place_ref=Key)
_same = sa.and_(_D.listing_id == _given.c.listing_id, _D.place_ref == _given.c.place_ref)
_mine = _D.account_id == sa.bindparam("account")
_lock = (
    sa.select(*(_D[name] for name in Due._fields))
    .join_from(_given, due_push, sa.and_(_mine, _same))
    .order_by(_D.listing_id, _D.place_ref)
    .with_for_update(of=due_push)
)


def lock(db: Transaction, account_id: str, outlets: Collection[Outlet]) -> dict[Outlet, Due]:
    """Those of these that are due, with their turns, kept from others until the transaction ends."""
    found = db.execute(_lock, {"account": account_id, "outlets": sorted(outlets)})
    return {due.outlet: due for due in (Due._make(row) for row in found)}


_delete = sa.delete(due_push).where(
    _mine, sa.tuple_(_D.listing_id, _D.place_ref).in_(sa.select(_given.c.listing_id, _given.c.place_ref))
)


def done(db: Transaction, account_id: str, outlets: Collection[Outlet]) -> None:
    """Let these be due no more; their rows are locked, and their turns were compared."""
    if outlets:
        db.execute(_delete, {"account": account_id, "outlets": sorted(outlets)})


_dated = rows("moments", listing_id=Key, place_ref=Key, moment=Instant())
_postpone = (
    sa.update(due_push)
    .where(_mine, _D.listing_id == _dated.c.listing_id, _D.place_ref == _dated.c.place_ref)
    .values(not_before=_dated.c.moment)
)


def set_moments(db: Transaction, account_id: str, moment_of: Mapping[Outlet, datetime]) -> None:
    """Let these, whose rows are locked, be looked at again from then on."""
    if moment_of:
        given = [(*outlet, microseconds(at)) for outlet, at in sorted(moment_of.items())]
        db.execute(_postpone, {"account": account_id, "moments": given})


_earliest = sa.select(sa.func.min(_D.not_before)).where(_mine)


def earliest(db: Transaction, account_id: str) -> datetime | None:
    """When the account has to be told something next."""
    found: datetime | None = db.execute(_earliest, {"account": account_id}).scalar_one()
    return found


def forget(db: Transaction, account_id: str) -> None:
    db.execute(sa.delete(due_push).where(_mine), {"account": account_id})


def of_listing(db: Transaction, account_id: str, listing_id: str) -> Sequence[sa.RowMapping]:
    wanted = sa.select(due_push).where(_D.account_id == account_id, _D.listing_id == listing_id)
    return db.execute(wanted).mappings().all()


def overdue(db: Transaction, *, before: datetime, limit: int) -> list[Marked]:
    """Accounts with something that has been due since before then."""
    wanted = sa.select(_D.merchant_id, _D.account_id).where(_D.not_before <= before).distinct().limit(limit)
    return [Marked._make(row) for row in db.execute(wanted)]
