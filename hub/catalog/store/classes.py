"""The SKU groups, the four classes and their counts: computed set-based, moved in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from hub.catalog.rules import Group, SkuClass
from hub.catalog.tables import class_count, listing, product
from hub.kernel import bulk
from hub.kernel.bulk import among, given
from hub.kernel.db import Transaction
from hub.kernel.types import Key


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


def reclassify(db: Transaction, merchant_id: str, keys: Collection[str]) -> None:
    """Compute the class of every current, unlinked listing with these SKUs anew, and move the counts with it."""
    parameters = {"merchant": merchant_id, "keys": [key for key in keys if key]}
    if not parameters["keys"]:
        return
    before = _counted(db, parameters)
    db.execute(_reclassify, parameters)
    after = _counted(db, parameters)
    add_counts(db, merchant_id, {key: after.get(key, 0) - before.get(key, 0) for key in before | after})


def _counted(db: Transaction, parameters: Mapping[str, object]) -> dict[tuple[str, str], int]:
    # Ignored ones are not counted, and what was just unlinked has no class yet. Both are left out here and not by the
    # statement: asked for what is pending, or has a class, the databases take the index of all that waits.
    rows = db.execute(_counts_of_keys, parameters)
    return {(row.account_id, row.sku_class): row.listings for row in rows if row.sku_class and row.state == "pending"}


_waiting = listing.alias("waiting")


def _of_keys(rows: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    own = (rows.c.merchant_id == sa.bindparam("merchant"), among(rows.c.sku_key, "keys"))
    return [*own, rows.c.current, rows.c.product_id.is_(None)]


_counts_of_keys = (
    sa.select(_waiting.c.account_id, _waiting.c.sku_class, _waiting.c.state, sa.func.count().label("listings"))
    .where(*_of_keys(_waiting))
    .group_by(_waiting.c.account_id, _waiting.c.sku_class, _waiting.c.state)
)


def _reclassify_statement() -> sa.Update:
    # The row itself, and not the same row joined to it: PostgreSQL would read all listings to find the few again.
    one, other = listing.c, listing.alias("other").c
    same = sa.and_(other.merchant_id == one.merchant_id, other.sku_key == one.sku_key, other.current)
    twins = sa.select(sa.literal(1)).where(same, other.account_id == one.account_id).limit(2).correlate(listing)
    made = sa.select(sa.literal(1)).where(product.c.merchant_id == one.merchant_id, product.c.sku_key == one.sku_key)
    used = sa.or_(
        sa.exists().where(same, other.account_id < one.account_id),
        sa.exists().where(same, other.account_id > one.account_id),
        _some(made),
    )
    twin_count = sa.select(sa.func.count()).select_from(twins.subquery()).scalar_subquery()
    found = sa.case((twin_count > 1, SkuClass.DUPLICATE), (used, SkuClass.MATCHED), else_=SkuClass.UNMATCHED)
    return sa.update(listing).where(*_of_keys(listing), one.sku_class.is_distinct_from(found)).values(sku_class=found)


_reclassify = _reclassify_statement()
