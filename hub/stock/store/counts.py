"""What a stocktake began with, level by level, and what became of the rows that people counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.channels.rules.warehouses import name_key
from hub.channels.store.rows import read
from hub.channels.store.warehouses import Warehouse
from hub.channels.tables import warehouse
from hub.kernel import bulk
from hub.kernel.bulk import among, rows
from hub.kernel.db import Transaction
from hub.kernel.types import Key
from hub.kernel.workbooks import CellError
from hub.stock.rules.levels import Place
from hub.stock.rules.stocktaking import Outcome, Then
from hub.stock.tables import movement, stocktake_level, stocktake_row

_L, _R = stocktake_level.c, stocktake_row.c


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A row that somebody counted, and what became of it."""

    number: int
    warehouse_id: str | None
    product_id: str | None
    warehouse: str
    sku: str
    counted: int | None
    moved: int
    outcome: Outcome
    errors: tuple[CellError, ...] = ()


_THEN = ("stocktake_id", "warehouse_id", "product_id", "on_hand", "turn")
_ROW = (
    "stocktake_id", "number", "warehouse_id", "product_id", "warehouse", "sku", "counted", "moved", "outcome", "errors",
)  # fmt: skip


def start(db: Transaction, stocktake_id: str, then_of: Mapping[Place, Then]) -> None:
    """Keep what the workbook is made with."""
    given = [(stocktake_id, *place, then.on_hand, then.turn) for place, then in sorted(then_of.items())]
    bulk.upsert(db, stocktake_level, _THEN, given, conflict=_THEN[:3])


def forget_levels(db: Transaction, stocktake_id: str) -> None:
    db.execute(sa.delete(stocktake_level).where(_L.stocktake_id == stocktake_id))


# The stocktake in each row: beside a constant SQLite would walk through all of it, for each of them.
_places = rows("places", stocktake_id=Key, warehouse_id=Key, product_id=Key)
_then = sa.select(_L.warehouse_id, _L.product_id, _L.on_hand, _L.turn).join_from(
    _places, stocktake_level, sa.and_(*(_L[name] == _places.c[name] for name in _THEN[:3]))
)


def then_of(db: Transaction, stocktake_id: str, places: Collection[Place]) -> dict[Place, Then]:
    """What the workbook was made with, of those of these levels that are in it."""
    found = db.execute(_then, {"places": [(stocktake_id, *place) for place in sorted(places)]})
    return {(row.warehouse_id, row.product_id): Then(row.on_hand, row.turn) for row in found}


_named = sa.select(warehouse).where(
    warehouse.c.merchant_id == sa.bindparam("merchant"),
    among(warehouse.c.name_key, "names"),
    warehouse.c.archived_at.is_(None),
)


def warehouses_named(db: Transaction, merchant_id: str, names: Iterable[str]) -> dict[str, Warehouse]:
    """The merchant's open warehouses of these names, by the key of the name."""
    given = {"merchant": merchant_id, "names": sorted({name_key(name) for name in names})}
    return {row["name_key"]: read(row, Warehouse) for row in db.execute(_named, given).mappings()}


_known = sa.select(movement.c.product_id).where(among(movement.c.product_id, "products")).distinct()


def moved_before(db: Transaction, product_ids: Collection[str]) -> set[str]:
    """Those of these products of which a movement is known anywhere."""
    return set(db.execute(_known, {"products": product_ids}).scalars())


def clear(db: Transaction, stocktake_id: str) -> None:
    """Forget what became of an earlier upload."""
    db.execute(sa.delete(stocktake_row).where(_R.stocktake_id == stocktake_id))


def keep(db: Transaction, stocktake_id: str, counted: Sequence[Counted]) -> None:
    given = [
        (
            stocktake_id, one.number, one.warehouse_id, one.product_id, one.warehouse, one.sku, one.counted, one.moved,
            one.outcome.value, msgspec.json.encode(one.errors).decode(),
        )
        for one in counted
    ]  # fmt: skip
    bulk.upsert(db, stocktake_row, _ROW, given, conflict=("stocktake_id", "number"))


def outcomes(db: Transaction, stocktake_id: str) -> dict[str, int]:
    counted = (
        sa.select(_R.outcome, sa.func.count().label("number"))
        .where(_R.stocktake_id == stocktake_id)
        .group_by(_R.outcome)
    )
    return {row.outcome: int(row.number) for row in db.execute(counted)}


def page(
    db: Transaction, stocktake_id: str, *, limit: int, after: int = 0, outcome: Outcome | None = None
) -> list[Counted]:
    """Rows of the last upload by number, behind `after`."""
    wanted = sa.select(*(_R[name] for name in _ROW[1:])).where(_R.stocktake_id == stocktake_id, _R.number > after)
    if outcome is not None:
        wanted = wanted.where(_R.outcome == outcome)
    return [_read(row) for row in db.execute(wanted.order_by(_R.number).limit(limit)).mappings()]


def _read(row: Mapping[Any, Any]) -> Counted:  # Any: the columns of a row
    errors = msgspec.convert(row["errors"], tuple[CellError, ...])
    return Counted(**{**row, "outcome": Outcome(row["outcome"]), "errors": errors})
