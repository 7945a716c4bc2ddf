"""Products in warehouses of 3PLs as people see them: whether each was told of, and what lies there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.catalog.tables import product
from hub.channels.tables import warehouse
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.types import Key
from hub.stock.rules.placing import Status
from hub.stock.tables import level, placement


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A placement as people see it, with what lies there; None: nobody knows of any."""

    warehouse_id: str
    warehouse: str
    product_id: str
    sku: str
    name: str
    known_as: str
    status: Status
    reason: str
    ref: str
    due: bool
    asked_at: datetime | None
    pushed_at: datetime | None
    on_hand: int | None
    reserved: int | None
    held: int | None
    available: int | None


_here = sa.and_(level.c.warehouse_id == placement.c.warehouse_id, level.c.product_id == placement.c.product_id)
_row = (
    sa.select(
        placement.c.warehouse_id, warehouse.c.name.label("warehouse"), placement.c.product_id, product.c.sku,
        product.c.name, placement.c.sku.label("known_as"), placement.c.status, placement.c.reason, placement.c.ref,
        placement.c.due, placement.c.asked_at, placement.c.pushed_at, level.c.on_hand, level.c.reserved, level.c.held,
        (level.c.on_hand - level.c.reserved - level.c.held).label("available"),
    )
    .join_from(placement, warehouse, warehouse.c.id == placement.c.warehouse_id)
    .join(product, product.c.id == placement.c.product_id)
    .outerjoin(level, _here)
)  # fmt: skip


def _rows(db: Transaction, wanted: sa.Select[Any], parameters: dict[str, Any]) -> list[Row]:  # Any: rows
    return [Row(**{**row, "status": Status(row["status"])}) for row in db.execute(wanted, parameters).mappings()]


def page(db: Transaction, warehouse_id: str, *, status: Status | None, after: str, limit: int) -> list[Row]:
    """What the warehouse was told of, the oldest product first; one more than `limit` where there are more."""
    wanted = _row.where(
        placement.c.warehouse_id == sa.bindparam("warehouse", type_=Key), placement.c.product_id > after
    )
    if status is not None:
        wanted = wanted.where(placement.c.status == status.value)
    return _rows(db, wanted.order_by(placement.c.product_id).limit(limit + 1), {"warehouse": warehouse_id})


def of_products(db: Transaction, merchant_id: str, product_ids: Collection[str], warehouse_id: str = "") -> list[Row]:
    """Where these products were placed, or how they stand in one warehouse."""
    wanted = _row.where(among(placement.c.product_id, "products"), placement.c.merchant_id == merchant_id)
    if warehouse_id:
        wanted = wanted.where(placement.c.warehouse_id == warehouse_id)
    ordered = wanted.order_by(placement.c.product_id, placement.c.warehouse_id)
    return _rows(db, ordered, {"products": list(product_ids)})


_elsewhere = (
    sa.select(product.c.sku, warehouse.c.name.label("warehouse"))
    .join_from(level, warehouse, warehouse.c.id == level.c.warehouse_id)
    .join(product, product.c.id == level.c.product_id)
    .where(
        among(level.c.product_id, "products"), level.c.warehouse_id != sa.bindparam("warehouse", type_=Key),
        warehouse.c.archived_at.is_(None), level.c.on_hand > 0,
    )
    .union(
        sa.select(product.c.sku, warehouse.c.name)
        .join_from(placement, warehouse, warehouse.c.id == placement.c.warehouse_id)
        .join(product, product.c.id == placement.c.product_id)
        .where(
            among(placement.c.product_id, "products"),
            placement.c.warehouse_id != sa.bindparam("warehouse", type_=Key), warehouse.c.archived_at.is_(None),
        )
    )
    .order_by(sa.literal_column("1"), sa.literal_column("2"))
    .limit(sa.bindparam("most", type_=sa.Integer))
)  # fmt: skip


def elsewhere(db: Transaction, warehouse_id: str, product_ids: Collection[str], *, limit: int) -> list[tuple[str, str]]:
    """Which of these products lie, or are placed, in other open warehouses too: SKUs and names of the warehouses."""
    wanted = {"products": list(product_ids), "warehouse": warehouse_id, "most": limit}
    return [(row.sku, row.warehouse) for row in db.execute(_elsewhere, wanted)]
