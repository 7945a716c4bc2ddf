"""Products that a step took out of the catalogue, such as a merge; undoing that step brings them back.

One that is gone gives its code free: its `sku_key` becomes a blank and its id, which no code is equal to. So all who
look for a code pass it by, and only lists of products must leave it out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.rules import sku_key
from hub.catalog.store.filters import unseen_by_planners
from hub.catalog.tables import HAS_PRODUCT, listing, product, product_component
from hub.kernel import bulk
from hub.kernel.bulk import among, given
from hub.kernel.db import Transaction
from hub.kernel.events import event
from hub.kernel.types import Key


class Kept(NamedTuple):
    """A product as far as steps need to know it; `gone_by` names the event of the step that took it out."""

    id: str
    sku: str
    gone_by: str | None
    merged_into: str | None


_kept = sa.select(*(product.c[name] for name in Kept._fields)).where(
    among(product.c.id, "ids"), unseen_by_planners([product.c.merchant_id == sa.bindparam("merchant", type_=Key)])
)


def kept(db: Transaction, merchant_id: str, ids: Collection[str]) -> dict[str, Kept]:
    """Those of these products that are the merchant's, whether they are gone or not, by id."""
    return {row.id: Kept._make(row) for row in db.execute(_kept, {"merchant": merchant_id, "ids": ids})}


_taken_by = (
    sa.select(product.c.id)
    .join_from(product, event, event.c.id == product.c.gone_by)
    .where(among(product.c.id, "ids"), among(event.c.kind, "kinds"))
)


def taken_by(db: Transaction, ids: Collection[str], *, kinds: Collection[str]) -> set[str]:
    """Those of these products that a step of one of these kinds took out."""
    return set(db.execute(_taken_by, {"ids": ids, "kinds": kinds}).scalars())


def take_away(db: Transaction, by: Mapping[str, str], *, into: str | None = None) -> None:
    """Take products out, each by the event of a step; they keep their data, and give their codes free."""
    rows = [(id_, f" {id_}", event_id, into) for id_, event_id in sorted(by.items())]
    bulk.update(db, product, "id", ("sku_key", "gone_by", "merged_into"), rows)


def bring_back(db: Transaction, sku_of: Mapping[str, str]) -> None:
    """Put products back under their SKUs, which must be free."""
    rows = [(id_, sku_key(sku), None, None) for id_, sku in sorted(sku_of.items())]
    bulk.update(db, product, "id", ("sku_key", "gone_by", "merged_into"), rows)


_asked = given("ids").c.value
_other = (
    sa.select(listing.c.id)
    .where(listing.c.product_id == _asked, sa.not_(among(listing.c.id, "except_for")))
    .order_by(listing.c.id)  # leads to the index of a product's listings, whatever is known of the table
    .limit(1)
)
_linked = sa.select(_asked).where(_other.scalar_subquery().is_not(None))
_bundled = sa.select(product_component.c.bundle_id).where(among(product_component.c.bundle_id, "ids")).distinct()
_part = sa.select(product_component.c.product_id).where(among(product_component.c.product_id, "ids")).distinct()


def with_listings(db: Transaction, ids: Collection[str], *, except_for: Collection[str]) -> set[str]:
    """Those of these products that other listings than these are linked to."""
    return set(db.execute(_linked, {"ids": ids, "except_for": except_for}).scalars())


def bundles(db: Transaction, ids: Collection[str]) -> set[str]:
    """Those of these products that have components."""
    return set(db.execute(_bundled, {"ids": ids}).scalars())


def components(db: Transaction, ids: Collection[str]) -> set[str]:
    """Those of these products that are components of others."""
    return set(db.execute(_part, {"ids": ids}).scalars())


_took = (
    sa.select(product.c.merged_into)
    .where(among(product.c.merged_into, "ids"), product.c.merged_into.is_not(None))  # as the partial index says it
    .distinct()
)


def took_others(db: Transaction, ids: Collection[str]) -> set[str]:
    """Those of these products that others are merged into."""
    return set(db.execute(_took, {"ids": ids}).scalars())


_user = sa.select(listing.c.product_id).where(
    listing.c.merchant_id == sa.bindparam("merchant", type_=Key),
    listing.c.sku_key == (_key := given("keys").c.value),
    HAS_PRODUCT,
    listing.c.current,
)
_least, _most = (
    _user.order_by(listing.c.sku_key, order).limit(1).correlate(_key.table).scalar_subquery()
    for order in (listing.c.product_id, listing.c.product_id.desc())
)
_by_users = sa.select(_key.label("key"), _least.label("least"), _most.label("most"))


def by_users(db: Transaction, merchant_id: str, keys: Collection[str]) -> dict[str, tuple[str, str]]:
    """By SKU, the products that current listings with it are linked to: two different ones where they disagree."""
    rows = db.execute(_by_users, {"merchant": merchant_id, "keys": keys})
    return {row.key: (row.least, row.most) for row in rows if row.least}
