"""The SKU groups, the four classes and their counts: computed set-based, moved in the transaction that changes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.catalog.rules import Group, SkuClass, classify
from hub.catalog.store.filters import unseen_by_planners
from hub.catalog.tables import class_count, listing, product
from hub.kernel import bulk
from hub.kernel.bulk import among, given
from hub.kernel.db import Transaction
from hub.kernel.types import Json, Key


def sku_groups(db: Transaction, *, merchant_id: str, account_id: str, keys: Collection[str]) -> dict[str, Group]:
    """Who uses each SKU, where anybody does; `own` is exact as far as one page can change it."""
    if not keys:
        return {}
    ceiling = 2 * len(keys) + 2
    parameters = {"merchant": merchant_id, "account": account_id, "keys": keys, "ceiling": ceiling}
    rows = db.execute(_sku_groups, parameters)
    return {row.key: Group(row.own, bool(row.elsewhere), bool(row.product)) for row in rows}


def _sku_groups_statement() -> sa.Select[tuple[str, int, bool, bool]]:
    # A SKU may stand in a hundred thousand listings: count no further than a page can matter, and ask for others by
    # two ranges of the index around our own entries instead of walking past them.
    keys = given("keys")
    users = sa.select(sa.literal(1)).where(
        listing.c.merchant_id == sa.bindparam("merchant"), listing.c.sku_key == keys.c.value, listing.c.current
    )
    account: sa.BindParameter[str] = sa.bindparam("account", type_=Key)
    own = users.where(listing.c.account_id == account).limit(sa.bindparam("ceiling")).correlate(keys).subquery()
    others = (users.where(listing.c.account_id < account), users.where(listing.c.account_id > account))
    made = sa.select(sa.literal(1)).where(
        product.c.merchant_id == sa.bindparam("merchant"), product.c.sku_key == keys.c.value
    )
    found = sa.select(
        keys.c.value.label("key"),
        sa.select(sa.func.count()).select_from(own).scalar_subquery().label("own"),
        sa.or_(*(_some(other) for other in others)).label("elsewhere"),
        _some(made).label("product"),
    ).cte("found")
    found = found.prefix_with("MATERIALIZED")  # or each question would be asked again to filter by it
    return sa.select(found).where(sa.or_(found.c.own > 0, found.c.elsewhere, found.c.product))


def _some(rows: sa.Select[int]) -> sa.ColumnElement[bool]:
    """EXISTS, said so that PostgreSQL looks one row up instead of hashing all that the merchant has."""
    return rows.limit(1).scalar_subquery().is_not(None)


_sku_groups = _sku_groups_statement()


def add_counts(db: Transaction, merchant_id: str, deltas: Mapping[tuple[str, str], int]) -> None:
    """Move the counts by (account, class); they change in the transaction that changes a class."""
    moves = [(account, cls, merchant_id, delta) for (account, cls), delta in sorted(deltas.items()) if delta]
    columns = ("account_id", "sku_class", "merchant_id", "listings")
    rises = [move for move in moves if move[3] > 0]
    bulk.upsert(db, class_count, columns, rises, conflict=columns[:2], add=("listings",))
    for account, cls, _, delta in moves:
        if delta < 0:  # never by the upsert: a row that is to be inserted must not be negative, even if it exists
            db.execute(_lower_count, {"account": account, "cls": cls, "delta": delta})


_lower_count = (
    sa.update(class_count)
    .where(class_count.c.account_id == sa.bindparam("account"), class_count.c.sku_class == sa.bindparam("cls"))
    .values(listings=class_count.c.listings + sa.bindparam("delta"))
)


def reclassify(
    db: Transaction, merchant_id: str, keys: Collection[str], *, freed: Collection[str] = (), grown: int = 0
) -> None:  # fmt: skip
    """Compute the class of current, unlinked listings with these SKUs anew, and move the counts with it.

    Where an account has several with one SKU they stay duplicates, however many there are, and are not looked at, but
    for those that were `freed`: by id, they have no class yet. `grown` is by how many listings an account's part of a
    SKU may have become larger in this transaction: only so few can have become duplicates by it.
    """
    wanted = sorted(set(keys) - {""})
    if not wanted:
        return
    most = 1 + grown
    parts = _users(db, merchant_id, wanted, limit=most + 1)
    class_of = _classes_of(parts)
    waiting = [Waiting(*one[:3], part.account, part.key) for part in parts for one in part.few(most) if one[3] is None]
    if freed and any(len(part.listings) > most for part in parts):
        waiting += [Waiting._make(row) for row in db.execute(_freed, {"ids": freed})]
    changed = {one.id: (one, class_of[one.account, one.key]) for one in waiting if (one.account, one.key) in class_of}
    _change(db, merchant_id, [(one, cls) for one, cls in changed.values() if one.sku_class != cls])


class Part(NamedTuple):
    """An account's part of a SKU: its current listings as (id, state, class, product), no more than can matter."""

    key: str
    account: str
    listings: list[tuple[str, str, str | None, str | None]]
    product: bool  # the merchant has one with this SKU

    def few(self, most: int) -> list[tuple[str, str, str | None, str | None]]:
        return self.listings if len(self.listings) <= most else []


class Waiting(NamedTuple):
    """A listing that is judged anew."""

    id: str
    state: str
    sku_class: str | None
    account: str
    key: str


def _classes_of(parts: Collection[Part]) -> dict[tuple[str, str], SkuClass]:
    """By account and SKU."""
    users = Counter(part.key for part in parts if part.listings)
    return {
        (part.account, part.key): classify(
            part.key, Group(len(part.listings), elsewhere=users[part.key] > 1, product=part.product)
        )
        for part in parts
        if part.listings
    }


def _change(db: Transaction, merchant_id: str, changed: Collection[tuple[Waiting, SkuClass]]) -> None:
    bulk.update(db, listing, "id", ("sku_class",), sorted((one.id, cls.value) for one, cls in changed))
    counted = [(one, cls) for one, cls in changed if one.state == "pending"]
    deltas = Counter((one.account, cls.value) for one, cls in counted)
    deltas.subtract((one.account, one.sku_class) for one, _ in counted if one.sku_class)
    add_counts(db, merchant_id, deltas)


def _users(db: Transaction, merchant_id: str, keys: Collection[str], *, limit: int) -> list[Part]:
    """Each account's part of these SKUs: from account to account by the index, in as many rounds as there are."""
    found: list[Part] = []
    behind = [(key, "") for key in keys]
    while behind:
        given = {"merchant": merchant_id, "behind": behind, "limit": limit}
        parts = [
            Part(row.key, row.account, row.listings or [], bool(row.product))
            for row in db.execute(_next_parts[db.dialect], given)
        ]
        found += parts
        behind = [(part.key, part.account) for part in parts]
    return found


def _next_parts_statement(listed: Callable[..., sa.ColumnElement[Any]]) -> sa.Select[Any]:  # Any: columns of `Part`
    # In each account no further than can matter: a SKU such as "-" may stand in a hundred thousand listings. Not one
    # recursive statement: PostgreSQL thinks that so dear that it compiles it first, for longer than it then runs.
    one, merchant = listing.c, sa.bindparam("merchant", type_=Key)
    behind = bulk.rows("behind", key=sa.Text(), account=sa.Text()).c
    first = (
        sa.select(one.account_id)
        .where(one.merchant_id == merchant, one.sku_key == behind.key, one.account_id > behind.account)
        .order_by(one.account_id)
        .limit(1)
        .scalar_subquery()
    )
    users = sa.select(behind.key, first.label("account")).cte("users").prefix_with("MATERIALIZED").c
    few = (
        sa.select(one.id, one.state, one.sku_class, one.product_id)
        .where(one.merchant_id == merchant, one.sku_key == users.key, one.account_id == users.account, one.current)
        .limit(sa.bindparam("limit"))
        .correlate(users.key.table)
        .subquery()
    )
    made = sa.select(sa.literal(1)).where(product.c.merchant_id == merchant, product.c.sku_key == users.key)
    found = sa.select(listed(*few.c)).select_from(few).scalar_subquery()
    columns = (found.label("listings"), _some(made.order_by(product.c.sku_key)).label("product"))
    return sa.select(users.key, users.account, *columns).where(users.account.is_not(None))


_ARRAYS: dict[str, Callable[..., sa.ColumnElement[Any]]] = {  # Any: JSON
    "sqlite": lambda *columns: sa.func.json_group_array(sa.func.json_array(*columns), type_=Json),
    "postgresql": lambda *columns: sa.type_coerce(
        sa.cast(sa.func.json_agg(sa.func.json_build_array(*columns)), sa.Text), Json
    ),
}
_next_parts = {dialect: _next_parts_statement(listed) for dialect, listed in _ARRAYS.items()}
_freed = sa.select(listing.c.id, listing.c.state, listing.c.sku_class, listing.c.account_id, listing.c.sku_key).where(
    among(listing.c.id, "ids"),
    unseen_by_planners([listing.c.current, listing.c.product_id.is_(None)]),
)
