"""A fair beside which a 3PL keeps goods: orders of the kiosks may lie there, and only its word moves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.channels.host import load_hosts
from hub.channels.service import doors, switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.tables import account, warehouse
from hub.fulfilment import jobs as fulfilment_jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.ids import new_id
from hub.kernel.jobs import Handlers
from hub.kernel.sealing import parse_ring
from hub.linking.service import relinking
from hub.orders.rules.routing import Otherwise
from hub.orders.service import away, choosing, leaving, manual, ruling
from hub.orders.service.desk import Desk
from hub.orders.service.preparing import PREPARE
from hub.orders.store.orders import Stored
from hub.orders.store.shipping_rules import RuleData
from hub.stock.rules.levels import Standing
from hub.stock.service.desk import Outlet
from hub.stock.service.receiving import Arrival, Delivery, receive
from tests.plugins import barn as barns
from tests.plugins import kiosk as kiosks
from tests.plugins.barn import Barn
from tests.plugins.kiosk import Kiosk
from tests.slices.orders.counter import Counter
from tests.slices.stock.fair import RING, Fair
from tests.slices.stock.goods import Goods


class FairWithBarn(Fair):
    """Its jobs look at what lies in the barn too."""

    @property
    def handlers(self) -> Handlers:
        def opened(account_id: str) -> Outlet:
            door = doors.open_door(self.channels, account_id)
            return Outlet(host=door.host, door=door, is_disabled=door.is_disabled)

        ring, may_go_on, declared = parse_ring(RING), switching.still_allowed, self.channels.hosts.declared
        desk = Desk(database=self.database, ring=ring, open_outlet=opened, may_go_on=may_go_on, declared=declared)
        return {**super().handlers, **fulfilment_jobs.handlers(desk, self.channels)}


@dataclass
class Farm(Counter):
    """Where the orders of the kiosk `north` come in, whose goods lie in `main` and in the barn `A`."""

    def receives(self, sku: str, count: int, *, at: str = "A") -> None:
        """So many come to the barn."""
        goods = self.fair.goods
        arrival = Arrival(goods.named[sku], count, 0, f"inbound:{new_id()}")
        with self.fair.database.writing() as db:
            receive(db, goods.merchant, Delivery(goods.named[at], [arrival]), actor=CLI)

    def rules(
        self, *warehouses: str, otherwise: Otherwise = Otherwise.NEXT, countries: tuple[str, ...] = (),
        skus: tuple[str, ...] = (),
    ) -> str:  # fmt: skip
        """A rule, behind those that there are, sends these lines from these warehouses; gives its id."""
        named, merchant = self.fair.goods.named, self.fair.goods.merchant
        data = RuleData(
            name="barns", account_ids=(), countries=countries, skus=skus,
            warehouse_ids=tuple(named[each] for each in warehouses), otherwise=otherwise,
        )  # fmt: skip
        with self.fair.database.writing() as db:
            return ruling.create(db, merchant, data, actor=CLI).id

    def forgets_rules(self) -> None:
        """No rule is left."""
        merchant = self.fair.goods.merchant
        with self.fair.database.writing() as db:
            for each in ruling.rules(db, merchant):
                ruling.remove(db, ruling.rule(db, merchant, each.id, for_change=True), actor=CLI)

    def barn(self, sku: str, *, at: str = "A") -> tuple[int, int]:
        """What is on hand of it there, and what of that is promised."""
        standing = self.stock(sku, at=at) or Standing(0, 0, 0)
        return standing.on_hand, standing.reserved

    def lies(self, ref: str) -> dict[str, str | None]:
        """Where what the lines of an order hold lies, by their ref and the warehouse's name."""
        names = {id_: name for name, id_ in self.fair.goods.named.items()}
        return {line.ref: names.get(line.warehouse_id or "") for line in self.has(ref).lines}

    def asked(self) -> int:
        """How often fulfilment was asked to look at an order, and has not yet."""
        return sum(job.kind == PREPARE.name and job.state == "ready" for job in self.fair.jobs())

    def moves(self, ref: str, sku: str) -> None:
        """The kiosk's listing sells another product from now on."""
        goods = self.fair.goods
        with self.fair.database.writing() as db:
            relinking.link(db, goods.merchant, self.fair.listing("north", ref), goods.named[sku], actor=CLI)

    def chooses(self, ref: str, warehouse: str, *lines: str) -> Stored:
        """A person wants these lines, by default all, to be sent from there."""
        with self.fair.database.writing() as db:
            stored = self._for_change(db, ref)
            ids = [line.id for line in stored.lines if line.ref in lines]
            named = self.fair.goods.named.get(warehouse, warehouse)
            return choosing.choose(db, self.fair.channels, stored, named, ids, actor=CLI).stored

    def lets_go(self, ref: str, *lines: str) -> Stored:
        """The barn does not pack these lines, and never will."""
        with self.fair.database.writing() as db:
            stored = self._for_change(db, ref)
            ids = [line.id for line in stored.lines if line.ref in (lines or [line.ref])]
            return away.release(db, self.fair.channels, stored, ids, actor=CLI)

    def leaves(
        self, ref: str, cause: str, *, at: str = "A", left_at: datetime | None = None, **units: Mapping[str, int]
    ) -> Stored:  # fmt: skip
        """So many of each product have left for these lines of it."""
        named = self.fair.goods.named
        with self.fair.database.writing() as db:
            stored = self._for_change(db, ref)
            left = {
                line.id: {named[sku]: count for sku, count in units[line.ref].items()}
                for line in stored.lines
                if line.ref in units
            }
            return away.ship(
                db, self.fair.channels, stored, left, warehouse_id=named[at], cause=cause, left_at=left_at, actor=CLI
            )  # fmt: skip

    def is_done(self, ref: str) -> Stored:
        """The barn will send no more of it."""
        with self.fair.database.writing() as db:
            stored = self._for_change(db, ref)
            ids = [line.id for line in stored.lines]
            return away.finish(db, self.fair.channels, stored, ids, left_at=None, actor=CLI)

    def sends(self, ref: str) -> Stored:
        """A person says that it left the own shelf."""
        with self.fair.database.writing() as db:
            stored = self._for_change(db, ref)
            return leaving.leave(db, self.fair.channels, stored, courier="", awb="", actor=CLI)

    def _for_change(self, db: Transaction, ref: str) -> Stored:
        return manual.find(db, self.fair.goods.merchant, self.has(ref).order.id, for_change=True)


@contextmanager
def a_farm(database: Database, kiosk: Kiosk, barn: Barn, *, maps: bool = True) -> Iterator[Farm]:
    """One kiosk and one barn; with `maps` the kiosk sells what lies in either."""
    http = ChannelHttp(database)
    hosts = load_hosts({"north": kiosks.a_plugin(kiosk, "north"), "barn": barns.a_plugin(barn)})
    assert not hosts.refused, hosts.refused
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    fair = FairWithBarn(Goods(database), channels, {"north": kiosk})
    for name in hosts.loaded:
        fair.switches(name, enabled=True)
    proof = prove(channels, Wish(merchant_id=fair.goods.merchant, plugin="barn", settings={"barn": "one"}))
    with database.writing() as db:
        account_id = bind(channels, db, proof, actor=CLI).account.id
        fair.accounts["barn"] = account_id
        mine = sa.select(warehouse.c.place_ref, warehouse.c.id).where(warehouse.c.account_id == account_id)
        fair.goods.named.update({row.place_ref: row.id for row in db.execute(mine)})
    fair.joins("north")
    with database.writing() as db:  # what lies in the barn is not counted at the kiosk
        kiosk_account = account.c.id == fair.accounts["north"]
        db.execute(sa.update(account).where(kiosk_account).values(opening_warehouse="none"))
    if maps:
        fair.maps("north", "", "main", *[place.ref for place in barn.places], shared=True)
    yield Farm(fair)
    http.close()
