"""What every figure is believed to show: rows are made when first needed, and locked in one order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from msgspec.structs import astuple
from sqlalchemy.dialects import postgresql, sqlite

from hub.catalog.tables import listing
from hub.channels.tables import account, place_map
from hub.kernel.bulk import rows
from hub.kernel.db import Transaction
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.rules.telling import Told
from hub.stock.store.due import Outlet
from hub.stock.tables import due_push, told

_T = told.c
_NAMES = Told.__struct_fields__
_given = rows("outlets", listing_id=Key, place_ref=Key)
_same = sa.and_(_T.listing_id == _given.c.listing_id, _T.place_ref == _given.c.place_ref)
_lock = (
    sa.select(_T.listing_id, _T.place_ref, *(_T[name] for name in _NAMES))
    .join_from(_given, told, _same)
    .order_by(_T.listing_id, _T.place_ref)
)
_locked = _lock.with_for_update(of=told)


def _missing(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    new = sa.select(
        _given.c.listing_id,
        _given.c.place_ref,
        sa.bindparam("account", type_=Key),
        sa.false(),
        sa.literal(0),
        sa.false(),
    )
    names = ["listing_id", "place_ref", "account_id", "unsure", "taken", "void"]
    ordered = new.where(sa.true()).order_by(_given.c.listing_id, _given.c.place_ref)
    return insert(told).from_select(names, ordered).on_conflict_do_nothing()


_make = {"postgresql": _missing(postgresql.insert), "sqlite": _missing(sqlite.insert)}


def lock(
    db: Transaction, account_id: str, outlets: Collection[Outlet], *, known: Collection[Outlet] = ()
) -> dict[Outlet, Told]:  # fmt: skip
    """The rows of these, made where they are missing, kept from others until the transaction ends.

    Of those `known` only the rows that there are.
    """
    if outlets:
        db.execute(_make[db.dialect], {"account": account_id, "outlets": sorted(outlets)})
    given = sorted({*outlets, *known})
    return _read(db, _locked, given) if given else {}


def of(db: Transaction, outlets: Collection[Outlet]) -> dict[Outlet, Told]:
    """The rows of these that there are."""
    return _read(db, _lock, sorted(outlets))


def _read(db: Transaction, query: sa.Select[Any], given: list[Outlet]) -> dict[Outlet, Told]:  # Any: a row of `told`
    found: sa.Result[Any] = db.execute(query, {"outlets": given})
    return {
        (listing_id, ref): Told(**dict(zip(_NAMES, values, strict=True)))
        for listing_id, ref, *values in map(tuple, found)
    }


class Displayed(NamedTuple):
    """What a channel was last seen to show, and when."""

    figure: int | None
    at: datetime | None


_displayed = sa.select(_T.listing_id, _T.place_ref, _T.displayed, _T.displayed_at).join_from(_given, told, _same)


def displayed(db: Transaction, outlets: Collection[Outlet]) -> dict[Outlet, Displayed]:
    """What channels were last seen to show of these."""
    found = db.execute(_displayed, {"outlets": sorted(outlets)})
    return {(row.listing_id, row.place_ref): Displayed(row.displayed, row.displayed_at) for row in found}


_read_there = rows("readings", ref=sa.Text(), place_ref=Key, figure=sa.BigInteger())
_listed = (
    sa.select(listing.c.id)
    .where(
        listing.c.account_id == sa.bindparam("account"), listing.c.ref == _read_there.c.ref, listing.c.state == "linked"
    )
    .correlate(_read_there)
    .scalar_subquery()
)
_is_mapped = (
    sa.select(place_map.c.account_id)
    .where(place_map.c.account_id == sa.bindparam("account"), place_map.c.place_ref == _read_there.c.place_ref)
    .limit(1)
    .correlate(_read_there)
    .scalar_subquery()
)
_named = sa.select(_listed.label("listing_id"), _read_there.c.place_ref, _read_there.c.figure).where(
    _is_mapped.is_not(None)
)


def named(db: Transaction, account_id: str, figure_of: Mapping[tuple[str, str], int]) -> dict[Outlet, int]:
    """Figures by the channel's names of listing and place as those of our linked listings at mapped places."""
    given = [(*name, figure) for name, figure in sorted(figure_of.items())]
    found = db.execute(_named, {"account": account_id, "readings": given})
    return {(row.listing_id, row.place_ref): row.figure for row in found if row.listing_id is not None}


_changed = rows("changed", listing_id=Key, place_ref=Key, **{name: _T[name].type for name in _NAMES})
_write = (
    sa.update(told)
    .where(_T.listing_id == _changed.c.listing_id, _T.place_ref == _changed.c.place_ref)
    .values({name: _changed.c[name] for name in _NAMES})
)
_shown = rows("figures", listing_id=Key, place_ref=Key, figure=sa.BigInteger())
_display = (
    sa.update(told)
    .where(_T.listing_id == _shown.c.listing_id, _T.place_ref == _shown.c.place_ref)
    .values(displayed=_shown.c.figure, displayed_at=sa.bindparam("at", type_=Instant()))
)


_counted = rows("counted", listing_id=Key, figure=sa.BigInteger())
_seen_at = sa.bindparam("seen_at", type_=Instant())
_place = (
    sa.select(sa.case((sa.func.min(place_map.c.place_ref) == sa.func.max(place_map.c.place_ref),
                       sa.func.min(place_map.c.place_ref))))
    .where(place_map.c.account_id == sa.bindparam("account"))
    .scalar_subquery()
)  # fmt: skip
_hears = sa.select(account.c.tells_stock).where(account.c.id == sa.bindparam("account")).scalar_subquery()
_due_there = (
    sa.select(due_push.c.turn)
    .where(*(due_push.c[name] == _T[name] for name in ("account_id", "listing_id", "place_ref")))
    .correlate(told)
    .scalar_subquery()
)
_differing = (
    sa.select(_T.listing_id, _T.place_ref, _counted.c.figure)
    .join_from(_counted, told, sa.and_(_T.listing_id == _counted.c.listing_id, _T.place_ref == _place))
    .where(
        _hears,
        sa.or_(_T.touched_at.is_(None), _T.touched_at < _seen_at),
        sa.or_(
            _T.expected != _counted.c.figure,
            _T.displayed.is_distinct_from(_counted.c.figure),
            sa.and_(_T.expected.is_(None), _due_there.is_(None)),
        ),
    )
)


def differing(
    db: Transaction, account_id: str, figure_of: Mapping[str, int], *, seen_at: datetime
) -> dict[Outlet, int]:  # fmt: skip
    """Those of these figures of listings, seen from then on, that are not what we believe or display.

    Those too of which we believe nothing and are not about to tell anything: the caller knows what is offered.

    Only where we have done nothing since, and only of an account that hears of stock at just one place: a figure of a
    listing is that of its place then.
    """
    given = {"account": account_id, "counted": sorted(figure_of.items()), "seen_at": seen_at}
    return {(row.listing_id, row.place_ref): row.figure for row in db.execute(_differing, given)}


def write(db: Transaction, rows_: Mapping[Outlet, Told]) -> None:
    """Keep these rows, which are locked, as they are now."""
    if rows_:
        db.execute(_write, {"changed": [(*outlet, *_stored(one)) for outlet, one in sorted(rows_.items())]})


def display(db: Transaction, figure_of: Mapping[Outlet, int], *, at: datetime) -> None:
    """Note what the channel was seen to show then."""
    if figure_of:
        figures = [(*outlet, figure) for outlet, figure in sorted(figure_of.items())]
        db.execute(_display, {"figures": figures, "at": at})


def _stored(one: Told) -> list[Any]:  # Any: the columns differ in type
    return [microseconds(value) if isinstance(value, datetime) else value for value in astuple(one)]


def of_listing(db: Transaction, listing_id: str) -> dict[str, sa.RowMapping]:
    """The rows of one listing, by place."""
    found = db.execute(sa.select(told).where(_T.listing_id == listing_id)).mappings()
    return {row["place_ref"]: row for row in found}
