"""Makes the workbook of a stocktake, and keeps what it was made with."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from hub.catalog.store import pages, products
from hub.channels.store.warehouses import Warehouse
from hub.kernel import files, jobs, workbooks
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import HubError, Invalid
from hub.kernel.events import Actor
from hub.kernel.jobs import Again, Cancelled, CancelRequested, Done, Failed, Job, Settled
from hub.kernel.sealing import KeyRing
from hub.kernel.workbooks import Value
from hub.stock.rules.stocktaking import State, Then
from hub.stock.service import sheets, stocktaking
from hub.stock.service.stocktaking import FILES, WORKBOOK, tell
from hub.stock.store import counts, levels, stocktakes
from hub.stock.store.stocktakes import Stocktake


def draft(job: Job, database: Database, ring: KeyRing) -> Settled:
    """Make the file in one go; where this dies, it is made again, and what it was made with is kept anew."""
    with workbooks.alone() as is_our_turn:
        return _drafted(job, database, ring) if is_our_turn else Again(after=workbooks.TURN)


def _drafted(job: Job, database: Database, ring: KeyRing) -> Settled:
    with database.writing() as db:
        stocktake = stocktaking.expect(db, job.merchant_id, job.key)
        if stocktake.state is not State.DRAFTING:
            return Done()
        counts.forget_levels(db, stocktake.id)
        jobs.report(db, job, progress={"rows": 0})
    lines = _Lines(job, database, stocktake)
    try:
        content = _written(stocktake, lines)
        return _made(job, database, ring, stocktake, content, lines.count)
    except HubError as error:
        return _failed(job, database, stocktake, error)
    except CancelRequested:
        _failed(job, database, stocktake, Invalid("it was cancelled", code="cancelled"))
        return Cancelled()


class _Lines:
    """The lines of the sheet, read while it is written; says how many there were."""

    def __init__(self, job: Job, database: Database, stocktake: Stocktake) -> None:
        self.count = 0
        self._job, self._database, self._stocktake = job, database, stocktake

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        after: str | None = ""
        while after is not None:
            with self._database.writing() as db:
                lines, after = self._lot(db, after)
                self.count += len(lines)
                job = jobs.report(db, self._job, progress={"rows": self.count})
            if job.cancel_requested:
                raise CancelRequested(job.id)
            yield from lines

    def _lot(self, db: Transaction, after: str) -> tuple[list[Mapping[str, Value]], str | None]:
        """Some products in all of the warehouses, and behind which to go on; None: that was all."""
        stocktake = self._stocktake
        here = stocktaking.warehouses_of(db, stocktake.merchant_id, stocktake.chosen)
        most = max(1, sheets.BATCH // max(1, len(here)))
        rows = pages.products(
            db, stocktake.merchant_id, q=stocktake.chosen.q, bundle=False, limit=most, after=after
        )  # fmt: skip
        lines = self._of(db, rows, here)
        return lines, rows[-1]["id"] if len(rows) == most else None

    def _of(self, db: Transaction, rows: pages.Rows, here: list[Warehouse]) -> list[Mapping[str, Value]]:
        known = {(one.warehouse_id, one.product_id): one for one in levels.of_products(db, [row["id"] for row in rows])}
        meant = [
            (products.read(row), one, known.get((one.id, row["id"])))
            for row in rows
            for one in here
            if not self._stocktake.chosen.stocked or (one.id, row["id"]) in known
        ]
        then = {
            (one.id, product.id): Then(level.on_hand, level.turn) if level else Then(None, 0)
            for product, one, level in meant
        }
        counts.start(db, self._stocktake.id, then)
        return [sheets.line(*each) for each in meant]


def _written(stocktake: Stocktake, lines: _Lines) -> bytes:
    target = io.BytesIO()
    workbooks.write(target, sheets.form(stocktake.id), lines)
    if not lines.count:
        raise Invalid("there is no product that fits: make or link products first, or choose others", code="no_rows")
    return target.getvalue()


def _made(
    job: Job, database: Database, ring: KeyRing, stocktake: Stocktake, content: bytes, rows: int
) -> Settled:  # fmt: skip
    with database.writing() as db:
        digest = files.put(
            db, ring, content, merchant_id=stocktake.merchant_id, kind=WORKBOOK, media_type=workbooks.MEDIA_TYPE,
            keep=FILES,
        )  # fmt: skip
        if stocktakes.turn(
            db, stocktake.id, [State.DRAFTING], state=State.READY.value, workbook=digest, rows=rows
        ):  # fmt: skip
            told = {"rows": rows, "days": FILES.days, "file": {"kind": WORKBOOK, "digest": digest}}
            tell(db, "workbook_ready", stocktake, actor=Actor(kind="job", id=job.id), after=told, announced=True)
        jobs.advance(db, job)
    return Done({"rows": rows})


def _failed(job: Job, database: Database, stocktake: Stocktake, error: HubError) -> Settled:
    with database.writing() as db:
        if stocktakes.turn(db, stocktake.id, [State.DRAFTING], state=State.FAILED.value, reason=str(error)):
            counts.forget_levels(db, stocktake.id)
            told = {"reason": str(error)}
            tell(db, "workbook_failed", stocktake, actor=Actor(kind="job", id=job.id), after=told, announced=True)
        jobs.advance(db, job)
    return Failed(str(error), error.code)
