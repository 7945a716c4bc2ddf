"""The oldest listings that fit, as ids, wherever among all the others they stand.

Two indexes keep them in places, by merchant and by account: one for each state and class, in each the oldest first.
What is asked for is the beginnings of some places, merged; no scan passes what is not meant.
"""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa

from hub.catalog.rules import ListingState, SkuClass
from hub.catalog.store.filters import ListingFilter, begins, bounds, by_key, by_place, unseen_by_planners
from hub.catalog.tables import listing
from hub.kernel.db import Transaction
from hub.kernel.types import Key

L = listing.c
_MERCHANT: sa.BindParameter[str] = sa.bindparam("merchant", type_=Key)
_AFTER: sa.BindParameter[str] = sa.bindparam("after", type_=Key)
_UNTIL: sa.BindParameter[str] = sa.bindparam("until", type_=Key)
_LIMIT: sa.BindParameter[int] = sa.bindparam("limit", type_=sa.Integer)


def ids(
    db: Transaction, merchant_id: str, wanted: ListingFilter, *, limit: int, after: str, until: str,
    current: bool = False,
) -> list[str]:  # fmt: skip
    """The ids behind `after` and up to `until` of what fits; with `current`, only of what has a class."""
    given = {"merchant": merchant_id, "after": after, "until": until, "limit": limit}
    if wanted.q:
        given |= bounds(wanted.q)
    if by_key(wanted):
        return list(db.execute(_of_key(wanted, current=current), given).scalars())
    states = (wanted.standing,) if wanted.standing else tuple(ListingState)
    classes = (wanted.sku_class,) if wanted.sku_class else (*(() if current else (None,)), *SkuClass)
    query = _merged("account_id" if wanted.account_id else "merchant_id", states, classes, searched=bool(wanted.q))
    return list(db.execute(query, {**given, "scope": wanted.account_id or merchant_id}).scalars())


def _of_key(wanted: ListingFilter, *, current: bool) -> sa.Select[str]:
    rest = [L.id > _AFTER, L.id <= _UNTIL, *by_place(wanted)]
    rest += [begins(L)] if wanted.q else []
    rest += [L.sku_class.is_not(None)] if current else []
    found = sa.select(L.id).where(L.merchant_id == _MERCHANT, *by_key(wanted), unseen_by_planners(rest))
    return found.order_by(L.id).limit(_LIMIT)


@cache
def _merged(
    scope: str, states: tuple[ListingState, ...], classes: tuple[SkuClass | None, ...], *, searched: bool
) -> sa.Select[str]:
    fits = [unseen_by_planners([begins(L)])] if searched else []
    parts = [
        sa.select(L.id, L.merchant_id).where(*standing(scope, state, cls), *fits)
        .order_by(L.sku_class, L.id).limit(_LIMIT).subquery()
        for state in states
        for cls in classes
    ]  # fmt: skip
    found = sa.union_all(*(sa.select(part.c.id, part.c.merchant_id) for part in parts)).subquery().c
    # Whose they are is asked outside: in a part, it would be a choice between two indexes.
    return sa.select(found.id).where(found.merchant_id == _MERCHANT).order_by(found.id).limit(_LIMIT)


def standing(scope: str, state: ListingState, cls: SkuClass | None) -> list[sa.ColumnElement[bool]]:
    """The place (`scope`, state, class) between `after` and `until`, to be read `ORDER BY sku_class, id`.

    Said so that only the index of places has that order. Told that the class is equal, PostgreSQL would know that the
    ids alone order it, and walk the primary key past everybody's listings in the hope to meet enough of these soon.
    """
    place = [L[scope] == sa.bindparam("scope"), L.state == state.value]
    if cls is None:
        return [*place, L.sku_class.is_(None), L.id > _AFTER, L.id <= _UNTIL]
    here, name = sa.tuple_(L.sku_class, L.id), sa.literal(cls.value)
    return [*place, here > sa.tuple_(name, _AFTER), here <= sa.tuple_(name, _UNTIL)]
