"""Levels: made when first needed, locked in one order, moved only as far as nothing promised or held is touched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.catalog.tables import product
from hub.channels.tables import warehouse
from hub.kernel.bulk import among, rows
from hub.kernel.db import Transaction
from hub.kernel.types import Instant, Key, microseconds
from hub.stock.rules.levels import Place, Standing
from hub.stock.tables import level


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a product lies in a warehouse, in base units.

    `reserved` is promised to orders, `held` is there and cannot be sold; what was sold before `opened_at` is not in it.
    `turn` is raised by each movement but those of sales.
    """

    warehouse_id: str
    product_id: str
    on_hand: int
    reserved: int
    held: int
    opened_at: datetime | None
    turn: int

    @property
    def standing(self) -> Standing:
        return Standing(self.on_hand, self.reserved, self.held)


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """A level as it is shown; `available` is what may be sold."""

    warehouse_id: str
    warehouse: str
    product_id: str
    sku: str
    name: str
    on_hand: int
    reserved: int
    held: int
    available: int
    opened_at: datetime | None


_at = sa.and_(among(level.c.warehouse_id, "warehouses"), among(level.c.product_id, "products"))
_columns = [level.c[name] for name in Level.__struct_fields__]
_locked = sa.select(*_columns).where(_at).order_by(level.c.warehouse_id, level.c.product_id).with_for_update()
_of_products = sa.select(*_columns).where(among(level.c.product_id, "products"))
_all_locked = _of_products.order_by(level.c.warehouse_id, level.c.product_id).with_for_update()


def _missing(insert: Any) -> Any:  # Any: the two dialects' inserts share no type
    wanted = rows("places", warehouse_id=Key, product_id=Key)
    merchant, nothing = sa.bindparam("merchant", type_=Key), sa.literal(0)
    new = sa.select(wanted.c.warehouse_id, wanted.c.product_id, merchant, nothing, nothing, nothing)
    ordered = new.where(sa.true()).order_by(wanted.c.warehouse_id, wanted.c.product_id)
    names = ["warehouse_id", "product_id", "merchant_id", "on_hand", "reserved", "held"]
    return insert(level).from_select(names, ordered).on_conflict_do_nothing()


_make = {"postgresql": _missing(postgresql.insert), "sqlite": _missing(sqlite.insert)}


def make(db: Transaction, merchant_id: str, places: Collection[Place]) -> None:
    """Let these levels be there, with nothing in them where they are new."""
    db.execute(_make[db.dialect], {"merchant": merchant_id, "places": sorted(places)})


def lock(db: Transaction, warehouse_ids: Collection[str], product_ids: Collection[str]) -> dict[Place, Level]:
    """The levels of all these products in all these warehouses, kept from others until the transaction ends.

    Whoever changes levels comes through here first, once, or through `lock_all` before: two that want the same never
    wait for each other.
    """
    found = db.execute(_locked, {"warehouses": warehouse_ids, "products": product_ids})
    return {(each.warehouse_id, each.product_id): each for each in (Level(**row) for row in found.mappings())}


def lock_all(db: Transaction, product_ids: Collection[str]) -> None:
    """Keep all levels of these products from others: for who comes through `lock` more than once afterwards."""
    db.execute(_all_locked, {"products": sorted(product_ids)}).all()


def of_products(db: Transaction, product_ids: Collection[str]) -> list[Level]:
    """The levels of these products, wherever they lie."""
    return [Level(**row) for row in db.execute(_of_products, {"products": product_ids}).mappings()]


_given = rows("changes", warehouse_id=Key, product_id=Key, on_hand=sa.BigInteger(), reserved=sa.BigInteger(),
              held=sa.BigInteger(), opened_at=Instant())  # fmt: skip
_on_hand, _reserved = level.c.on_hand + _given.c.on_hand, level.c.reserved + _given.c.reserved
_held = level.c.held + _given.c.held
_change = (
    sa.update(level)
    .where(
        among(level.c.product_id, "products"),  # the index leads there, however few PostgreSQL thinks there are
        level.c.warehouse_id == _given.c.warehouse_id,
        level.c.product_id == _given.c.product_id,
        _reserved >= 0,
        _held >= 0,
        _reserved + _held <= _on_hand,
    )
    .values(
        on_hand=_on_hand,
        reserved=_reserved,
        held=_held,
        opened_at=sa.func.coalesce(level.c.opened_at, _given.c.opened_at),
        turn=level.c.turn + sa.bindparam("turned", 0, type_=sa.BigInteger),
    )
)


def change(
    db: Transaction,
    on_hand: Mapping[Place, int],
    *,
    reserved: Mapping[Place, int] | None = None,
    held: Mapping[Place, int] | None = None,
    opened_at: Mapping[Place, datetime] | None = None,
    turned: bool = False,
) -> bool:
    """Raise and lower levels by so much, all or none; False where one of them has not enough: then roll back.

    `turned`: by something other than a sale.
    """
    promised, kept, opened = reserved or {}, held or {}, opened_at or {}
    places = sorted({*on_hand, *promised, *kept})
    stamps = {place: microseconds(at) for place, at in opened.items()}
    given = [
        (*place, on_hand.get(place, 0), promised.get(place, 0), kept.get(place, 0), stamps.get(place))
        for place in places
    ]
    products = sorted({product_id for _, product_id in places})
    return db.execute(_change, {"changes": given, "products": products, "turned": int(turned)}).rowcount == len(places)


_shelf = (
    sa.select(
        *(column for column in _columns if column.name != "turn"), warehouse.c.name.label("warehouse"), product.c.sku,
        product.c.name,
        (level.c.on_hand - level.c.reserved - level.c.held).label("available"),
    )
    .join_from(level, warehouse, warehouse.c.id == level.c.warehouse_id)
    .join(product, product.c.id == level.c.product_id)
)  # fmt: skip


def of_product(db: Transaction, merchant_id: str, product_id: str) -> list[Shelf]:
    """Where a product lies, by warehouse."""
    mine = _shelf.where(level.c.product_id == product_id, level.c.merchant_id == merchant_id)
    return _shelves(db, mine.order_by(level.c.warehouse_id))


def of_warehouse(db: Transaction, merchant_id: str, warehouse_id: str, *, limit: int, after: str) -> list[Shelf]:
    """What lies in a warehouse, by product from the one after `after` on; one more than `limit`."""
    mine = _shelf.where(level.c.warehouse_id == warehouse_id, level.c.merchant_id == merchant_id)
    return _shelves(db, mine.where(level.c.product_id > after).order_by(level.c.product_id).limit(limit + 1))


def _shelves(db: Transaction, wanted: sa.Select[Any]) -> list[Shelf]:  # Any: the columns of `Shelf`
    return [Shelf(**row) for row in db.execute(wanted).mappings()]
