"""A stocktake of 10,000 rows as people see it: its workbook made, filled in, booked, and told of.

The floor is the workbook alone: the same rows written, read and written as a result by `hub.kernel.workbooks`, without
a database; the largest size is held to AIM. And a row of 10,000 may cost at most GROWTH times what one of 1,000 does.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from bench.imports import fresh
from hub.catalog.rules import name_key, sku_fold, sku_key
from hub.catalog.tables import product
from hub.channels.service import warehouses
from hub.kernel import files, jobs, migrating, workbooks
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from hub.kernel.sealing import parse_ring
from hub.merchants import service as merchants
from hub.stock import jobs as stock_jobs
from hub.stock.rules.levels import MovementKind
from hub.stock.service import booking, sheets, stocktaking
from hub.stock.service.stocktaking import WORKBOOK
from hub.stock.store.movements import Booking
from hub.stock.store.stocktakes import Chosen
from tests.sheets import refilled

SIZES = (1_000, 10_000)
GROWTH, AIM = 1.3, 0.25
RING = parse_ring("bench:" + "A" * 43 + "=")


class Measured(NamedTuple):
    """Seconds of making the workbook, of booking it, and of the same workbooks alone."""

    made: float
    booked: float
    bare: float


def run() -> Iterator[str]:
    for kind in ("sqlite", "postgresql"):
        with fresh(kind) as url:
            found = {size: _measured(url(), size) for size in SIZES}
        smallest = found[SIZES[0]]
        for size, one in found.items():
            growth = (one.made + one.booked) / size / ((smallest.made + smallest.booked) / SIZES[0])
            ratio = one.bare / (one.made + one.booked)
            verdict = "meets" if growth <= GROWTH and (size < SIZES[-1] or ratio >= AIM) else "MISSES"
            yield (
                f"stocktake {kind:10} {size:>6,} rows: made {size / one.made:,.0f}/s ({one.made:.2f} s), booked "
                f"{size / one.booked:,.0f}/s ({one.booked:.2f} s); the workbooks alone {one.bare:.2f} s = {ratio:.2f}; "
                f"a row {growth:.2f} x smallest ({verdict} {AIM} and {GROWTH})"
            )


def _measured(url: str, size: int) -> Measured:
    database = Database(url)
    migrating.upgrade(database)
    merchant = _seeded(database, size)
    runner = jobs.Runner(
        jobs.Runtime(database=database, handlers=stock_jobs.file_handlers(database, RING))
    )  # fmt: skip
    with database.writing() as db:
        one = stocktaking.start(db, merchant, Chosen(warehouse_ids=()), actor=CLI)
    made = _timed(runner)
    with database.reading() as db:
        digest = stocktaking.expect(db, merchant, one.id).workbook or ""
        content = files.get(db, RING, digest, merchant_id=merchant, kind=WORKBOOK).content
    filled = refilled(content, lambda rows: [row | {"Counted": n % 50} for n, row in enumerate(rows)], "Stock")
    with database.writing() as db:
        stocktaking.hand_in(RING, db, merchant, one.id, filled, actor=CLI)
    booked = _timed(runner)
    with database.reading() as db:
        outcomes = stocktaking.expect(db, merchant, one.id).outcomes
    assert outcomes is not None
    assert sum(outcomes.values()) == size, outcomes
    assert "refused" not in outcomes, outcomes
    database.dispose()
    return Measured(made, booked, _bare(one.id, content, filled))


def _timed(runner: jobs.Runner) -> float:
    begun = time.perf_counter()
    runner.run_lane("default")
    return time.perf_counter() - begun


def _bare(stocktake_id: str, content: bytes, filled: bytes) -> float:
    """The same three workbooks, without a database."""
    form = sheets.form(stocktake_id)
    given = [row.values for row in workbooks.read(io.BytesIO(content), form)]
    begun = time.perf_counter()
    workbooks.write(io.BytesIO(), form, given)
    read = list(workbooks.read(io.BytesIO(filled), form))
    told = [
        {"row": row.number, "sku": row.values["sku"], "warehouse": row.values["warehouse"],
         "counted": row.values["counted"], "moved": 1, "outcome": "booked", "told": "+1 booked"}
        for row in read
    ]  # fmt: skip
    workbooks.write(io.BytesIO(), sheets.result_form(stocktake_id), told)
    return time.perf_counter() - begun


def _seeded(database: Database, size: int) -> str:
    with database.writing() as db:
        merchant = merchants.create_merchant(db, "Toko", actor=CLI).id
        here = warehouses.default_of(db, merchant).id
        at = database.clock.now()
        skus = {new_id(): f"KPS-{n:07d}" for n in range(size)}
        rows = [
            {
                "id": id_, "merchant_id": merchant, "sku": sku, "sku_key": sku_key(sku), "sku_fold": sku_fold(sku),
                "name": f"Kaos {sku}", "name_key": name_key(f"Kaos {sku}"), "details": {}, "barcode_key": "",
                "bundle": False, "created_at": at,
            }
            for id_, sku in skus.items()
        ]  # fmt: skip
        db.execute(sa.insert(product), rows)
        ids = list(skus)
        for first in range(0, size, 500):
            bookings = [
                Booking(
                    warehouse_id=here, product_id=id_, kind=MovementKind.ADJUSTMENT, quantity=20,
                    cause=f"adjustment:{id_}",
                )
                for id_ in ids[first : first + 500]
            ]  # fmt: skip
            booking.book(db, merchant, bookings, actor=CLI)
    return merchant
