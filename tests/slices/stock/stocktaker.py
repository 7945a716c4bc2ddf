"""A person who counts: asks for the workbook, fills it in, hands it in, and looks at what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.kernel import files, jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.jobs import LANES, Done, JobKind, Runner
from hub.kernel.sealing import KeyRing, parse_ring
from hub.notices import jobs as notices_jobs
from hub.notices import store as notices
from hub.stock import jobs as stock_jobs
from hub.stock.service import stocktaking
from hub.stock.service.stocktaking import RESULT, WORKBOOK
from hub.stock.store import counts
from hub.stock.store.counts import Counted
from hub.stock.store.stocktakes import Chosen, Stocktake
from tests.sheets import Line, lines, refilled
from tests.slices.stock.goods import Goods

RING = "tests:" + "A" * 43 + "="
NO_ORDERS = JobKind("orders.recheck", lane="urgent")  # what a slice above looks at when there is more of a product
Change = Callable[[list[Line]], list[Line]]


@dataclass
class Stocktaker:
    """Works on one stocktake at a time, the last one begun."""

    goods: Goods
    id: str = ""
    ring: KeyRing = field(default_factory=lambda: parse_ring(RING))

    @property
    def database(self) -> Database:
        return self.goods.database

    @property
    def work(self) -> jobs.Runtime:
        handlers = {
            **stock_jobs.file_handlers(self.database, self.ring),
            **notices_jobs.handlers(self.database),
            NO_ORDERS: lambda job: Done(),
        }
        return jobs.Runtime(database=self.database, handlers=handlers)

    def begins(self, *warehouses: str, q: str | None = None, stocked: bool = False) -> Stocktake:
        chosen = Chosen(warehouse_ids=tuple(self.goods.named[each] for each in warehouses), q=q, stocked=stocked)
        with self.database.writing() as db:
            self.id = stocktaking.start(db, self.goods.merchant, chosen, actor=CLI).id
        self.works()
        return self.found

    def works(self) -> None:
        runner = Runner(self.work)
        while sum(runner.run_lane(lane) for lane in LANES):
            pass

    @property
    def found(self) -> Stocktake:
        with self.database.reading() as db:
            return stocktaking.expect(db, self.goods.merchant, self.id)

    def file(self, kind: str = WORKBOOK) -> bytes:
        digest = self.found.workbook if kind == WORKBOOK else self.found.result
        with self.database.reading() as db:
            return files.get(db, self.ring, digest or "", merchant_id=self.goods.merchant, kind=kind).content

    def sheet(self) -> list[Line]:
        return lines(self.file(), "Stock")

    def result(self) -> list[Line]:
        return lines(self.file(RESULT), "Result")

    def counts(self, **counted: object) -> list[Counted]:
        """Fill in these SKUs, and have it booked."""
        return self.changes(lambda rows: [row | {"Counted": counted.get(row["SKU"], "")} for row in rows])

    def changes(self, change: Change) -> list[Counted]:
        self.hands_in(refilled(self.file(), change, "Stock"))
        self.works()
        return self.rows()

    def hands_in(self, content: bytes) -> None:
        with self.database.writing() as db:
            stocktaking.hand_in(self.ring, db, self.goods.merchant, self.id, content, actor=CLI)

    def rows(self) -> list[Counted]:
        with self.database.reading() as db:
            return counts.page(db, self.id, limit=1_000)

    def notices(self) -> list[tuple[str, str]]:
        """Level and title, the oldest first."""
        with self.database.reading() as db:
            found = notices.listing(db, self.goods.merchant, limit=100)
        return [(each.level.value, each.title) for each in reversed(found)]
