"""What decides where a merchant's orders are sent from: its rules, its open warehouses, and what those know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import product
from hub.channels.tables import account, switch, warehouse
from hub.kernel.bulk import among, given
from hub.kernel.db import Transaction
from hub.merchants.tables import merchant
from hub.stock.rules.levels import Place
from hub.stock.tables import placement


class StationRow(NamedTuple):
    """An open warehouse of a merchant. Of one of others: the account that it is of, and how that stands."""

    id: str
    kind: str
    name: str
    country: str
    plugin: str | None
    state: str | None
    reason: str | None
    lacks: Mapping[str, str] | None  # of the account, narrower than its channel's declaration
    enabled: bool | None  # the merchant's switch for the plugin; None: it was never turned
    features: tuple[str, ...]  # of the merchant's plan
    several: str  # what becomes of orders from several warehouses


def _stations() -> sa.Select[Any]:  # Any: columns of several tables
    switched = sa.and_(switch.c.merchant_id == warehouse.c.merchant_id, switch.c.plugin == account.c.plugin)
    return (
        sa.select(
            warehouse.c.id, warehouse.c.kind, warehouse.c.name, warehouse.c.country, account.c.plugin, account.c.state,
            account.c.reason, account.c.lacks, switch.c.enabled, merchant.c.features, merchant.c.several_warehouses,
        )
        .join_from(warehouse, merchant, merchant.c.id == warehouse.c.merchant_id)
        .outerjoin(account, account.c.id == warehouse.c.account_id)
        .outerjoin(switch, switched)
        .where(warehouse.c.merchant_id == sa.bindparam("merchant"), warehouse.c.archived_at.is_(None))
        .order_by(warehouse.c.id)
    )  # fmt: skip


_of_merchant = _stations()


def stations(db: Transaction, merchant_id: str) -> list[StationRow]:
    """The merchant's open warehouses, the oldest first."""
    return [StationRow._make(row) for row in db.execute(_of_merchant, {"merchant": merchant_id})]


def _unplaced() -> sa.Select[Any]:  # Any: columns of two tables
    houses = given("houses")
    told = sa.and_(placement.c.warehouse_id == houses.c.value, placement.c.product_id == product.c.id)
    return (
        sa.select(houses.c.value, product.c.id, product.c.sku, placement.c.status, placement.c.reason)
        .select_from(houses.join(product, among(product.c.id, "products")).outerjoin(placement, told))
        .where(placement.c.pushed_at.is_(None))
        .order_by(product.c.sku)
    )


_unknown = _unplaced()
_WORDS = {"failed": "pushing it failed", "pushing": "it is being pushed", "unknown": "whether it arrived is not known"}


def unplaced(db: Transaction, warehouse_ids: Collection[str], product_ids: Collection[str]) -> dict[Place, str]:
    """Those of these products that these warehouses of others never said they know, in words."""
    found = db.execute(_unknown, {"houses": sorted(warehouse_ids), "products": sorted(product_ids)})
    return {(row.value, row.id): _in_words(row.sku, row.status, row.reason) for row in found}


def _in_words(sku: str, status: str | None, reason: str | None) -> str:
    why = _WORDS.get(status or "", "it was not pushed there yet")
    return f"{sku[:100]} ({why}: {reason[:200]})" if reason else f"{sku[:100]} ({why})"
