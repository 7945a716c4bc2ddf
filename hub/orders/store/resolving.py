"""What order lines sell, and where it may come from, in one statement for all the lines of a batch."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import listing, product
from hub.channels.tables import place_map, warehouse
from hub.kernel.bulk import given
from hub.kernel.db import Transaction, now
from hub.merchants.tables import merchant
from hub.orders.tables import shipping_rule


class Sold(NamedTuple):
    """A listing as an order line names it; `product_id` None: it is not linked. `sku` is the product's."""

    listing_id: str
    product_id: str | None
    pack: int
    bundle: bool
    sku: str = ""


class Known(NamedTuple):
    """What the hub knows of the lines of a batch at this moment.

    `sold` is by listing ref, `warehouses` by place, in the order of the account's mapping; `default` is the merchant's
    own warehouse, None where nobody has looked at it yet. `holds_unpaid`: its orders hold stock before they are paid.
    `routed`: the merchant has rules of where its orders are sent from, or warehouses of others.
    """

    at: datetime
    sold: dict[str, Sold]
    warehouses: dict[str, tuple[str, ...]]
    default: str | None
    holds_unpaid: bool
    routed: bool = False


def _statement(*, fenced: bool) -> sa.Select[Any]:  # Any: columns of several tables
    refs = given("refs")
    one = listing.alias("sold")
    same = sa.and_(one.c.account_id == sa.bindparam("account"), one.c.ref == refs.c.value)
    if fenced:  # looked up one by one, whatever PostgreSQL thinks of the table
        found: Any = sa.select(one).where(same).limit(1).correlate(refs).lateral("found")
        joined = refs.outerjoin(found, sa.true())
    else:
        found = one
        joined = refs.outerjoin(one, same)
    mine = (
        sa.select(warehouse.c.id)
        .where(warehouse.c.merchant_id == sa.bindparam("merchant"), warehouse.c.is_default)
        .scalar_subquery()
    )
    rules = sa.exists().where(shipping_rule.c.merchant_id == sa.bindparam("merchant"))
    others = sa.exists().where(
        warehouse.c.merchant_id == sa.bindparam("merchant"), warehouse.c.kind == "third_party",
        warehouse.c.archived_at.is_(None),
    )  # fmt: skip
    unpaid = sa.select(merchant.c.reserve_unpaid).where(merchant.c.id == sa.bindparam("merchant")).scalar_subquery()
    return (
        sa.select(
            refs.c.value.label("ref"), now().label("at"), mine.label("default_id"), unpaid.label("unpaid"),
            sa.or_(rules, others).label("routed"), found.c.id, found.c.product_id, found.c.pack, product.c.bundle,
            product.c.sku, place_map.c.place_ref, place_map.c.warehouse_id,
        )
        .select_from(
            joined.outerjoin(product, product.c.id == found.c.product_id)
            .outerjoin(place_map, place_map.c.account_id == sa.bindparam("account"))
        )
        .order_by(place_map.c.rank, place_map.c.warehouse_id)
    )  # fmt: skip


_known = {"postgresql": _statement(fenced=True), "sqlite": _statement(fenced=False)}


def known(db: Transaction, merchant_id: str, account_id: str, refs: Collection[str]) -> Known:
    """Look these listings of the account up, and its warehouses; `refs` is never empty."""
    rows = db.execute(_known[db.dialect], {"merchant": merchant_id, "account": account_id, "refs": sorted(refs)}).all()
    sold = {row.ref: Sold(row.id, row.product_id, row.pack, bool(row.bundle), row.sku or "") for row in rows if row.id}
    places: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.warehouse_id:
            places.setdefault(row.place_ref, {})[row.warehouse_id] = None
    warehouses = {place: tuple(found) for place, found in places.items()}
    return Known(rows[0].at, sold, warehouses, rows[0].default_id, bool(rows[0].unpaid), bool(rows[0].routed))
