"""Lets figures be due, in the transaction of each change: those that show a product, an account's, or just these."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
from hub.kernel.types import Instant, Key
from hub.stock.store.due import Marked, Outlet
from hub.stock.tables import due_push, level

_D = due_push.c


class Touched(NamedTuple):
    """What a change is about: a product, or what a listing shows by the time of the commit. The other one is empty."""

    product_id: str = ""
    listing_id: str = ""


def _above() -> sa.Select[Any]:  # Any: a product's id and the cause
    """The products touched of which anything is known, with all bundles above them, each once."""
    given = rows("touched", product_id=Key, listing_id=Key, cause=Key)
    shown = sa.select(listing.c.product_id).where(listing.c.id == given.c.listing_id).correlate(given).scalar_subquery()
    touched = sa.select(sa.func.coalesce(shown, given.c.product_id).label("product_id"), given.c.cause).subquery("of")
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
    again = {"turn": _D.turn + 1, "cause": marked.excluded.cause, "approved": sa.null()}  # that was for another figure
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


def mark(db: Transaction, cause_of: Mapping[Touched, str]) -> set[Marked]:
    """Let every figure that shows these products be due, in one statement; gives the accounts that have some."""
    touched = sorted((*each, cause) for each, cause in cause_of.items())
    found = db.execute(_mark_products[db.dialect], {"touched": touched})
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


_given = rows("outlets", listing_id=Key, place_ref=Key)


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
