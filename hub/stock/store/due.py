"""What is due to be told: marked in the transaction of each change, and never forgotten before an answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.catalog.rules import DEEPEST_BUNDLE
from hub.catalog.tables import listing, product, product_component
from hub.channels.rules import State
from hub.channels.tables import account, place_map
from hub.kernel.bulk import rows
from hub.kernel.db import Transaction, now
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.tables import due_push, level

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


def _above() -> sa.Select[Any]:  # Any: a product's id and the cause
    """The products touched of which anything is known, with all bundles above them, each once."""
    touched = rows("touched", product_id=Key, cause=Key)
    known = sa.select(level.c.warehouse_id).where(level.c.product_id == product.c.id).limit(1)
    start = (
        sa.select(product.c.id, touched.c.cause, sa.literal(0).label("height"))
        .join_from(touched, product, product.c.id == touched.c.product_id)
        # Without a movement nobody knows how many there are, which is not zero.
        .where(sa.or_(product.c.bundle, known.correlate(product).scalar_subquery().is_not(None)))
    )
    above = start.cte("above", recursive=True)
    part = product_component.c
    higher = sa.select(part.bundle_id, above.c.cause, above.c.height + 1).where(
        part.product_id == above.c.id, above.c.height < DEEPEST_BUNDLE
    )
    above = above.union(higher)
    return sa.select(above.c.id, sa.func.min(above.c.cause).label("cause")).group_by(above.c.id)


def _linked(to: Any, *, fenced: bool) -> Any:  # Any: products, and a subquery or an alias of listings
    """The listings on these products; PostgreSQL is made to look them up, whatever it thinks of the tables."""
    if not fenced:
        return sa.join(to, listing, sa.and_(listing.c.product_id == to.c.id, listing.c.state == "linked")), listing
    found = (
        sa.select(listing.c.id, listing.c.account_id, listing.c.merchant_id)
        .where(listing.c.product_id == to.c.id, listing.c.state == "linked")
        .offset(0)
        .correlate(to)
        .lateral("linked")
    )
    return sa.join(to, found, sa.true()), found


def _mark(insert: Any, source: Any, listed: Any, cause: Any) -> Any:  # Any: the two dialects' inserts share no type
    hears = sa.and_(account.c.id == listed.c.account_id, account.c.tells_stock, account.c.state != State.CLOSED)
    joined = source.join(account, hears).join(place_map, place_map.c.account_id == account.c.id)
    one, first = sa.literal(1), sa.func.min(cause)
    keys = (listed.c.account_id, listed.c.id, place_map.c.place_ref)
    chosen = (
        sa.select(*keys, sa.func.min(listed.c.merchant_id), one, first, now(), now())
        .select_from(joined)
        .group_by(*keys)
        .order_by(*keys)
    )
    columns = ["account_id", "listing_id", "place_ref", "merchant_id", "turn", "cause", "since", "not_before"]
    marked = insert(due_push).from_select(columns, chosen)
    again = {"turn": _D.turn + 1, "cause": marked.excluded.cause}
    # What waits for an answer, or for orders, goes on waiting.
    return marked.on_conflict_do_update(index_elements=["account_id", "listing_id", "place_ref"], set_=again).returning(
        _D.merchant_id, _D.account_id
    )


def _marking(insert: Any, *, fenced: bool) -> Any:  # Any: see _mark
    to = _above().subquery("products")
    source, listed = _linked(to, fenced=fenced)
    return _mark(insert, source, listed, to.c.cause)


_mark_products = {
    "postgresql": _marking(postgresql.insert, fenced=True),
    "sqlite": _marking(sqlite.insert, fenced=False),
}


def mark(db: Transaction, cause_of: Mapping[str, str]) -> set[Marked]:
    """Let every figure that shows these products be due, in one statement; gives the accounts that have some."""
    found = db.execute(_mark_products[db.dialect], {"touched": sorted(cause_of.items())})
    return {Marked._make(row) for row in found}


def _marking_account(insert: Any) -> Any:  # Any: see _mark
    wanted = (
        listing.c.account_id == sa.bindparam("account"),
        listing.c.state == "linked",
        listing.c.sku_class.is_(None),
    )
    some = (
        sa.select(listing.c.id, listing.c.account_id, listing.c.merchant_id, listing.c.product_id)
        .where(*wanted, listing.c.id > sa.bindparam("after"), listing.c.id <= sa.bindparam("until"))
        .subquery("listed")
    )
    known = sa.select(level.c.warehouse_id).where(level.c.product_id == product.c.id).limit(1)
    told = sa.or_(product.c.bundle, known.correlate(product).scalar_subquery().is_not(None))
    source = sa.join(some, product, sa.and_(product.c.id == some.c.product_id, told))
    return _mark(insert, source, some, sa.bindparam("cause", type_=Key))


_mark_account = {"postgresql": _marking_account(postgresql.insert), "sqlite": _marking_account(sqlite.insert)}
_next_listings = (
    sa.select(listing.c.id)
    .where(
        listing.c.account_id == sa.bindparam("account"),
        listing.c.state == "linked",
        listing.c.sku_class.is_(None),  # as the index says it: it leads to them in this order
        listing.c.id > sa.bindparam("after"),
    )
    .order_by(listing.c.id)
    .limit(sa.bindparam("limit"))
)


def mark_account(db: Transaction, account_id: str, *, cause: str, after: str, limit: int) -> tuple[set[Marked], str]:
    """Let the figures of some of an account's listings be due; gives the last of them, "" where there were none."""
    ids = list(db.execute(_next_listings, {"account": account_id, "after": after, "limit": limit}).scalars())
    if not ids:
        return set(), ""
    given = {"account": account_id, "after": after, "until": ids[-1], "cause": cause}
    return {Marked._make(row) for row in db.execute(_mark_account[db.dialect], given)}, ids[-1]


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


def _marking_again(insert: Any) -> Any:  # Any: see _mark
    account_id, merchant_id, cause = (sa.bindparam(name, type_=Key) for name in ("account", "merchant", "cause"))
    outlet, at = (_given.c.listing_id, _given.c.place_ref), sa.bindparam("at", type_=Instant())
    new = sa.select(account_id, *outlet, merchant_id, sa.literal(1), cause, now(), at)
    columns = ["account_id", "listing_id", "place_ref", "merchant_id", "turn", "cause", "since", "not_before"]
    ordered = new.where(sa.true()).order_by(_given.c.listing_id, _given.c.place_ref)
    marked = insert(due_push).from_select(columns, ordered)
    again = {"turn": _D.turn + 1, "cause": marked.excluded.cause, "not_before": marked.excluded.not_before}
    return marked.on_conflict_do_update(index_elements=["account_id", "listing_id", "place_ref"], set_=again)


_mark_again = {"postgresql": _marking_again(postgresql.insert), "sqlite": _marking_again(sqlite.insert)}


def mark_again(db: Transaction, of: Marked, outlets: Collection[Outlet], *, cause: str, at: datetime) -> None:
    """Let just these be due from then on, whatever is known of them."""
    given = {"account": of.account_id, "merchant": of.merchant_id, "outlets": sorted(outlets), "cause": cause, "at": at}
    db.execute(_mark_again[db.dialect], given)


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
