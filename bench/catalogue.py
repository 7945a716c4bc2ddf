"""A merchant's catalogue as life makes it: accounts of all sizes, codes that are shared and mistyped, variants.

"first" was imported first, "second" along with it and with some codes mistyped; "late" came at last, with a tenth of
all listings, half of which carry codes of "first". "tiny" has five.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from hub.catalog.rules import SkuClass, name_key, sku_fold
from hub.catalog.store import classes, listings
from hub.catalog.tables import product
from hub.kernel import bulk, migrating
from hub.kernel.bulk import StorageRow
from hub.kernel.db import Database
from hub.kernel.ids import new_id

M = "bench"
SEEDED = 5_000  # rows a commit
NOW = 1_790_000_000_000_000
TINY = range(1, 100, 20)
FAMILY = 4  # variants of one item


class One(NamedTuple):
    """A listing to be."""

    account: str
    sku: str
    cls: SkuClass
    name: str
    linked: bool


def one(number: int, size: int, *, lived: bool) -> One:
    """The listing of that number; in one that was `lived` in, of twenty one is linked and one was undone."""
    late = number - size * 9 // 10
    account = "late" if late >= 0 else "tiny" if number in TINY else "second" if number % 10 == 1 else "first"
    name = f"{'Topi Rimba' if late >= 0 else 'Kaos Polos Cotton Combed 30s Lengan Pendek'} nomor {number}"
    if number % 20 == 0:
        return One(account, "", SkuClass.EMPTY, name, linked=False)
    code = f"KPS-{number:07d}-M"
    if account == "second":
        return One(account, f"KPS_{number + 1:07d}_M", SkuClass.UNMATCHED, name, linked=False)
    if late >= 0:
        code = f"KPS-{late:07d}-M" if _shared(late) else f"RIMBA-{number:07d}"
    shared = _shared(late) if late >= 0 else number < size // 10 and _shared(number)
    return One(account, code, SkuClass.MATCHED if shared else SkuClass.UNMATCHED, name, lived and number % 20 == 19)


def _shared(number: int) -> bool:
    return number % 10 in (2, 3, 4, 5, 6)


def seed(database: Database, size: int, *, lived: bool = False) -> None:
    """Fill a new database with that many listings."""
    migrating.upgrade(database)
    for start in range(0, size, SEEDED):
        found = [(number, one(number, size, lived=lived)) for number in range(start, min(start + SEEDED, size))]
        rows = [_row(number, each) for number, each in found]
        waiting = Counter((each.account, each.cls.value) for _, each in found if not each.linked)
        made = [(row, new_id()) for row, (_, each) in zip(rows, found, strict=True) if each.linked]
        undone = [_undone(row) for row, (number, _) in zip(rows, found, strict=True) if lived and number % 20 == 18]
        with database.writing() as db:
            listings.record(db, rows)
            classes.add_counts(db, M, waiting)
            bulk.upsert(db, product, _PRODUCT, [_product(row, id_) for row, id_ in made], conflict=("id",))
            bulk.upsert(db, product, (*_PRODUCT, "gone_by"), undone, conflict=("id",))
            listings.stand(db, [(row[0], "linked", id_, row[6], None, None) for row, id_ in made])
    if not database.embedded:  # as autovacuum would within a minute; the hub never analyses SQLite
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _row(number: int, each: One) -> StorageRow:
    parent = f"P{number // FAMILY}" if number // FAMILY % 2 else ""
    return (
        new_id(), M, each.account, str(number), parent, each.sku, each.sku, each.name, name_key(each.name), "149000",
        "IDR", True, 7, '{"options":{"Warna":"Hitam","Ukuran":"M"},"weight_g":180}', number, "pending",
        each.cls.value, True, NOW, "bench", NOW, sku_fold(each.sku), "",
    )  # fmt: skip


_PRODUCT = ("id", "merchant_id", "sku", "sku_key", "name", "name_key", "details", "created_at", "sku_fold")


def _undone(row: StorageRow) -> StorageRow:
    """A product that confirming this listing made and undoing that took out."""
    id_ = new_id()
    return id_, M, row[5], f" {id_}", row[7], row[8], "{}", NOW, row[21], id_


def _product(row: StorageRow, id_: str) -> StorageRow:
    return id_, M, row[5], row[6], row[7], row[8], "{}", NOW, row[21]
