"""A merchant with so many products, each of them listed to one account and with stock in one warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.catalogue import NOW, SEEDED
from hub.catalog.rules import ListingState, name_key, sku_fold
from hub.catalog.store import listings
from hub.catalog.tables import product
from hub.kernel import bulk
from hub.kernel.db import Database
from hub.kernel.ids import new_id
from hub.stock.tables import level, movement

SUPPLY = 1_000_000  # units of each
_PRODUCT = ("id", "merchant_id", "sku", "sku_key", "name", "name_key", "details", "created_at", "sku_fold")
_LEVEL = ("warehouse_id", "product_id", "merchant_id", "on_hand", "reserved", "held")
_MOVEMENT = (
    "id", "merchant_id", "warehouse_id", "product_id", "kind", "quantity", "cause", "reason", "note", "occurred_at",
    "recorded_at", "actor_kind", "actor_id",
)  # fmt: skip


@dataclass(frozen=True)
class Ware:
    """A product and its listing; `sku` is the ref of the listing as well."""

    sku: str
    product_id: str
    listing_id: str


def stock_up(database: Database, merchant: str, account: str, warehouse: str, size: int) -> list[Ware]:
    """Fill the merchant's shelves; gives some of it, from all over."""
    step, found = max(1, size // 1_000), list[Ware]()
    for start in range(0, size, SEEDED):
        wares = [Ware(f"KPS-{n:07d}-M", new_id(), new_id()) for n in range(start, min(start + SEEDED, size))]
        _write(database, merchant, account, warehouse, wares)
        found += [ware for n, ware in enumerate(wares, start) if n % step == 0]
    if not database.embedded:  # as autovacuum would within a minute; the hub never analyses SQLite
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return found


def _write(database: Database, merchant: str, account: str, warehouse: str, wares: list[Ware]) -> None:
    with database.writing() as db:
        bulk.upsert(db, product, _PRODUCT, list(_products(merchant, wares)), conflict=("id",))
        listings.record(db, list(_listings(merchant, account, wares)))
        linked = [(one.listing_id, ListingState.LINKED.value, one.product_id, one.sku, None, None) for one in wares]
        listings.stand(db, linked)
        levels = [(warehouse, one.product_id, merchant, SUPPLY, 0, 0) for one in wares]
        bulk.upsert(db, level, _LEVEL, levels, conflict=("warehouse_id", "product_id"))
        moves = [
            (new_id(), merchant, warehouse, one.product_id, "opening", SUPPLY, f"opening:{one.product_id}", "", "", NOW,
             NOW, "system", "bench")
            for one in wares
        ]  # fmt: skip
        bulk.upsert(db, movement, _MOVEMENT, moves, conflict=("id",))


def _products(merchant: str, wares: list[Ware]) -> Iterator[bulk.StorageRow]:
    for one in wares:
        name = f"Kaos Polos {one.sku}"
        yield one.product_id, merchant, one.sku, one.sku, name, name_key(name), "{}", NOW, sku_fold(one.sku)


def _listings(merchant: str, account: str, wares: list[Ware]) -> Iterator[bulk.StorageRow]:
    for n, one in enumerate(wares):
        name = f"Kaos Polos {one.sku}"
        yield (
            one.listing_id, merchant, account, one.sku, "", one.sku, one.sku, name, name_key(name), "149000", "IDR",
            True, 7, "{}", n, "pending", "matched", True, NOW, "bench", NOW, sku_fold(one.sku), "",
        )  # fmt: skip
