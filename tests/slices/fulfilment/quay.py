"""A merchant who announces goods to a cellar: TEE and CAP are known there, MUG is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from hub_hookspecs import Money

from hub.channels.host import load_hosts
from hub.channels.service.wiring import Channels
from hub.fulfilment.jobs import announcing as announcing_jobs
from hub.fulfilment.jobs import reading, syncing
from hub.fulfilment.jobs.syncing import Syncing
from hub.fulfilment.rules.inbounds import Difference, Line
from hub.fulfilment.service import announcing, receipts
from hub.fulfilment.service.announcing import Wish
from hub.fulfilment.service.stopping import READ_TASKS
from hub.fulfilment.service.syncs import SYNC_STOCK
from hub.fulfilment.store import discrepancies, inbounds
from hub.fulfilment.store.inbounds import InboundLine, InboundRow
from hub.fulfilment.tables.inbounds import inbound
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.jobs import Handlers
from hub.kernel.sealing import parse_ring
from hub.stock.rules.levels import Standing
from tests.plugins.cellar import Cellar, Document, a_plugin
from tests.slices.fulfilment.keeper import Keeper
from tests.slices.stock.fair import RING
from tests.slices.stock.goods import Goods


def costs(amount: str = "12.50") -> Money:
    return Money(amount=Decimal(amount), currency="MYR")


@dataclass
class Quay(Keeper):
    """The cellar is the silo of the keeper, and stands at KL1."""

    @property
    def cellar(self) -> Cellar:
        assert isinstance(self.silo, Cellar)
        return self.silo

    @property
    def handlers(self) -> Handlers:
        return {
            **super().handlers,
            **announcing_jobs.handlers(self.desk),
            READ_TASKS: lambda job: reading.read(job, self.desk, self.channels),
            SYNC_STOCK: lambda job: syncing.sync(job, Syncing(desk=self.desk, channels=self.channels)),
        }

    def line(self, sku: str, quantity: int | None = 10, cost: Money | None = None) -> Line:
        return Line(sku, None, quantity, cost or costs())

    def announces(self, *lines: Line, source: str = "", awaits: bool = False) -> InboundRow:
        source_id = self.goods.named[source] if source else None
        wish = Wish(self.goods.named["KL1"], lines or (self.line("TEE"),), source_id=source_id)
        with self.database.writing() as db:
            return announcing.announce(db, self.channels, self.goods.merchant, wish, actor=CLI, awaits=awaits)

    def known(self, *lines: Line, source: str = "") -> InboundRow:
        """One that the cellar has."""
        made = self.announces(*lines, source=source)
        self.works()
        return self.inbound(made)

    def inbound(self, one: InboundRow) -> InboundRow:
        with self.database.reading() as db:
            return announcing.find(db, self.goods.merchant, one.id)

    def lines(self, one: InboundRow) -> dict[str, InboundLine]:
        with self.database.reading() as db:
            return {line.sku: line for line in inbounds.lines(db, one.id)}

    def document(self, one: InboundRow) -> Document:
        return self.cellar.documents[one.code]

    def looks(self, one: InboundRow) -> InboundRow:
        """The cellar is asked for all that it has, now."""
        with self.database.writing() as db:
            rows = db.execute(sa.select(inbound.c.id)).scalars().all()
            inbounds.look(db, rows, self.database.clock.now())
            jobs.enqueue(db, READ_TASKS, merchant_id=self.goods.merchant, account_id=self.accounts["silo"])
        self.works()
        return self.inbound(one)

    def hears(self, one: InboundRow) -> InboundRow:
        """What the cellar says now is settled, by nobody's job."""
        with self.database.reading() as db:
            (task,) = receipts.tasks_of(db, [self.inbound(one)])
        told = self.cellar.tells(task)
        with self.database.writing() as db:
            return receipts.settle(db, one, told, actor=CLI)

    def stock(self, sku: str = "TEE", *, at: str = "KL1") -> Standing | None:
        return self.goods.standing(sku, at=at)

    def differs(self, one: InboundRow, *, ended: bool = False) -> dict[tuple[str, Difference], tuple[int, int, int]]:
        with self.database.reading() as db:
            found = discrepancies.of_inbound(db, one.id)
        return {
            (each.sku, each.kind): (each.planned, each.good, each.damaged)
            for each in found
            if (each.ended_at is not None) is ended
        }


@contextmanager
def a_quay(database: Database, *, needs_cost: bool = True, counts: bool = False) -> Iterator[Quay]:
    """`counts`: the cellar says what lies there, at first nothing."""
    http = ChannelHttp(database)
    cellar = Cellar(needs_cost=needs_cost)
    cellar.shelves = {} if counts else None
    hosts = load_hosts({"silo": a_plugin(cellar)})
    assert not hosts.refused, hosts.refused
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    quay = Quay(Goods(database), channels, {}, silo=cellar)
    quay.switches("silo", enabled=True)
    quay.moves_in()
    quay.goods.sells("TEE", "CAP", "MUG")
    quay.places("TEE", "CAP")
    quay.works()
    yield quay
    http.close()
