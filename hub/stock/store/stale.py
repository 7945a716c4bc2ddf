"""Figures that channels may be showing otherwise than they are offered, those behind longest first.

A figure is behind since it became due, or since its channel first refused it. Each account is read from two indexes in
that order, whatever else is due there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import listing
from hub.channels.rules import State
from hub.channels.tables import account, place_map
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now
from hub.kernel.gate import gate, member
from hub.kernel.jobs.tables import is_claimable, job
from hub.kernel.types import EPOCH, Instant, Key
from hub.stock.rules.freshness import Standing
from hub.stock.store.due import Outlet
from hub.stock.store.unasked import PUSH
from hub.stock.tables import due_push, push_mode, told

MOST = 10_000  # that are counted of an account
AT_ONCE = 200  # accounts in one statement: SQLite takes 500 parts, and each account has two
After = tuple[datetime, str, str]  # since when, listing and place of the last one seen
START: After = (EPOCH, "", "")
_D, _T = due_push.c, told.c


class Behind(NamedTuple):
    """A figure that is behind since then; `refused`: since the channel refused it, and nothing is due."""

    account_id: str
    listing_id: str
    place_ref: str
    since: datetime
    refused: bool
    approved: bool
    asked_at: datetime | None
    reading: int | None


_due_there = (
    sa.select(_D.turn)
    .where(_D.account_id == _T.account_id, _D.listing_id == _T.listing_id, _D.place_ref == _T.place_ref)
    .correlate(told)
    .scalar_subquery()
)
_linked = (
    sa.select(listing.c.id).where(listing.c.id == _T.listing_id, listing.c.state == "linked").correlate(told)
).scalar_subquery()
_mapped = (
    sa.select(place_map.c.warehouse_id)
    .where(place_map.c.account_id == _T.account_id, place_map.c.place_ref == _T.place_ref)
    .limit(1)
    .correlate(told)
).scalar_subquery()
# What is offered nowhere any more is refused by nobody, whatever the channel said of it once.
STAYS_REFUSED = (_T.refused_at.is_not(None), _linked.is_not(None), _mapped.is_not(None))
_IS_REFUSED = (*STAYS_REFUSED, _due_there.is_(None))


def _late(account_id: str, n: int) -> sa.Select[Any]:  # Any: the columns of `Behind`
    mine = (_D.account_id == sa.bindparam(f"account_{n}", account_id, type_=Key), *_window(_D, _D.since))
    known = sa.and_(_T.listing_id == _D.listing_id, _T.place_ref == _D.place_ref)
    found = (
        sa.select(
            _D.account_id, _D.listing_id, _D.place_ref, _D.since, sa.false().label("refused"),
            _D.approved.is_not(None).label("approved"), _T.asked_at, _T.reading,
        )
        .join_from(due_push, told, known, isouter=True)
        .where(*mine)
    )  # fmt: skip
    return _first(found, _D, _D.since)


def _refused(account_id: str, n: int) -> sa.Select[Any]:  # Any: see _late
    mine = (_T.account_id == sa.bindparam(f"account_{n}", account_id, type_=Key), *_window(_T, _T.refused_at))
    found = sa.select(
        _T.account_id, _T.listing_id, _T.place_ref, _T.refused_at.label("since"), sa.true().label("refused"),
        sa.false().label("approved"), _T.asked_at, _T.reading,
    ).where(*mine, *_IS_REFUSED)  # fmt: skip
    return _first(found, _T, _T.refused_at)


def _window(of: Any, since: sa.ColumnElement[datetime]) -> tuple[sa.ColumnElement[bool], ...]:  # Any: columns
    key = sa.tuple_(since, of.listing_id, of.place_ref)
    after = sa.tuple_(
        sa.bindparam("after", type_=Instant()), sa.bindparam("listing", type_=Key), sa.bindparam("place", type_=Key)
    )  # fmt: skip
    return since <= sa.bindparam("until", type_=Instant()), key > after


def _first(found: sa.Select[Any], of: Any, since: sa.ColumnElement[datetime]) -> sa.Select[Any]:  # Any: as above
    some = found.order_by(since, of.listing_id, of.place_ref).limit(sa.bindparam("limit")).subquery()
    return sa.select(some)


def oldest(
    db: Transaction, account_ids: Sequence[str], *, until: datetime, after: After, limit: int
) -> list[Behind]:  # fmt: skip
    """Those of these accounts that are behind since `until` or longer, from behind `after` on."""
    lots = (account_ids[n : n + AT_ONCE] for n in range(0, len(account_ids), AT_ONCE))
    found = [row for lot in lots for row in _oldest_of(db, lot, until=until, after=after, limit=limit)]
    return sorted(found, key=lambda row: (row.since, row.listing_id, row.place_ref))[:limit]


def _oldest_of(
    db: Transaction, account_ids: Sequence[str], *, until: datetime, after: After, limit: int
) -> list[Behind]:  # fmt: skip
    each = [part(id_, n) for n, id_ in enumerate(account_ids) for part in (_late, _refused)]
    everything = sa.union_all(*each).subquery("everything")
    query = (
        sa.select(everything)
        .order_by(everything.c.since, everything.c.listing_id, everything.c.place_ref)
        .limit(sa.bindparam("limit"))
    )
    given = {"until": until, "after": after[0], "listing": after[1], "place": after[2], "limit": limit}
    found = db.execute(query, given)
    return [Behind._make(row)._replace(refused=bool(row.refused), approved=bool(row.approved)) for row in found]


def refused(db: Transaction, account_id: str, *, until: datetime, after: After, limit: int) -> list[Behind]:
    """The figures that the channel has refused since `until` or longer and nobody is about to tell again."""
    given = {"until": until, "after": after[0], "listing": after[1], "place": after[2], "limit": limit}
    return [Behind._make(row)._replace(refused=True) for row in db.execute(_refused(account_id, 0), given)]


class Lagging(NamedTuple):
    """An account with figures that have been behind too long: how many (up to `MOST`), and the oldest's instant.

    What is refused counts while it is told again too: an alarm does not end with a try.
    """

    account_id: str
    merchant_id: str
    plugin: str
    name: str
    late: int
    late_since: datetime | None
    refused: int
    refused_since: datetime | None


_until = sa.bindparam("until", type_=Instant())
_some_late = (
    sa.select(_D.since)
    .where(_D.account_id == account.c.id, _D.since <= _until)
    .order_by(_D.since)
    .limit(MOST)
    .correlate(account)
)
_some_refused = (
    sa.select(_T.refused_at)
    .where(_T.account_id == account.c.id, _T.refused_at <= _until, *STAYS_REFUSED)
    .order_by(_T.refused_at)
    .limit(MOST)
    .correlate(account)
)


def _count(some: sa.Select[Any]) -> sa.ScalarSelect[int]:  # Any: instants
    return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()


_lagging = (
    sa.select(
        account.c.id, account.c.merchant_id, account.c.plugin, account.c.name, _count(_some_late).label("late"),
        _some_late.limit(1).scalar_subquery().label("late_since"), _count(_some_refused).label("refused"),
        _some_refused.limit(1).scalar_subquery().label("refused_since"),
    )
    .join_from(account, push_mode, push_mode.c.account_id == account.c.id, isouter=True)
    .where(
        account.c.tells_stock, account.c.state != State.CLOSED,
        sa.func.coalesce(push_mode.c.approved_only, sa.false()).is_(sa.false()),  # those wait for a person, by will
        sa.or_(
            _some_late.limit(1).scalar_subquery().is_not(None), _some_refused.limit(1).scalar_subquery().is_not(None)
        ),
    )
)  # fmt: skip


def lagging(db: Transaction, *, until: datetime) -> list[Lagging]:
    """The accounts with figures that are behind since then or longer; two looks at an index for each account."""
    return [Lagging._make(row) for row in db.execute(_lagging, {"until": until})]


_first_refused = sa.select(
    account.c.id,
    *(
        _some_refused.with_only_columns(_T[name]).limit(1).scalar_subquery().label(name)
        for name in ("listing_id", "place_ref")
    ),
).where(among(account.c.id, "accounts"))


def first_refused(db: Transaction, account_ids: Collection[str], *, until: datetime) -> dict[str, Outlet]:
    """By account, the figure that its channel has refused longest, since then or longer."""
    found = db.execute(_first_refused, {"accounts": account_ids, "until": until})
    return {row.id: (row.listing_id, row.place_ref) for row in found if row.listing_id is not None}


class Teller(NamedTuple):
    """An account that is told of stock, as people know it."""

    id: str
    plugin: str
    name: str


_tellers = (
    sa.select(account.c.id, account.c.plugin, account.c.name)
    .where(account.c.merchant_id == sa.bindparam("merchant"), account.c.tells_stock, account.c.state != State.CLOSED)
    .order_by(account.c.id)
)


def tellers(db: Transaction, merchant_id: str) -> list[Teller]:
    """The merchant's accounts that are told of stock."""
    return [Teller._make(row) for row in db.execute(_tellers, {"merchant": merchant_id})]


class Named(NamedTuple):
    """A listing, and the product that it shows."""

    ref: str
    sku: str
    product_id: str | None


_names = sa.select(listing.c.id, listing.c.ref, listing.c.sku, listing.c.product_id).where(among(listing.c.id, "ids"))


def named(db: Transaction, listing_ids: Collection[str]) -> dict[str, Named]:
    return {row.id: Named(row.ref, row.sku, row.product_id) for row in db.execute(_names, {"ids": listing_ids})}


_limited = (
    sa.select(sa.func.max(gate.c.not_before))
    .join_from(member, gate, gate.c.scope == member.c.scope)
    .where(member.c.account_id == account.c.id, gate.c.not_before > now())
    .correlate(account)
    .scalar_subquery()
)
_failure = (
    sa.select(job.c.error)
    .where(
        job.c.kind == PUSH, job.c.account_id == account.c.id, job.c.key == "", is_claimable(job.c.state),
        job.c.error.is_not(None),
    )
    .limit(1)
    .correlate(account)
    .scalar_subquery()
)  # fmt: skip
_standing = (
    sa.select(
        account.c.id, account.c.state, account.c.reason, _limited.label("limited_until"), _failure.label("failure"),
        sa.func.coalesce(push_mode.c.approved_only, sa.false()).label("approved_only"),
    )
    .join_from(account, push_mode, push_mode.c.account_id == account.c.id, isouter=True)
    .where(among(account.c.id, "accounts"))
)  # fmt: skip


def standing(db: Transaction, account_ids: Collection[str]) -> dict[str, Standing]:
    """What keeps figures from these accounts, if anything does."""
    return {
        row.id: Standing(
            row.state, row.reason, row.limited_until, (row.failure or {}).get("message", ""), bool(row.approved_only)
        )
        for row in db.execute(_standing, {"accounts": account_ids})
    }
