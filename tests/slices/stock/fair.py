"""A merchant's goods at kiosks: listings come by an import, are linked, and jobs tell what is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from hub_hookspecs import Item

from hub.catalog.service.intake import Source, take_page
from hub.catalog.tables import listing, product
from hub.channels import jobs as channel_jobs
from hub.channels.host import load_hosts
from hub.channels.service import doors, mapping, switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.troubles import troubles
from hub.channels.service.wiring import Channels
from hub.channels.store import accounts
from hub.channels.store.accounts import AccountRow
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.jobs import LANES, Handlers, Runner
from hub.kernel.sealing import parse_ring
from hub.linking.service import deciding
from hub.merchants import service as merchants
from hub.orders.jobs import rechecking
from hub.stock import jobs as stock_jobs
from hub.stock.service import syncing
from hub.stock.service.desk import Desk, Orders, Outlet
from hub.stock.service.rechecking import RECHECK
from hub.stock.tables import due_push, push, told
from tests.plugins.kiosk import Kiosk, a_plugin
from tests.slices.stock.goods import Goods

RING = "tests:" + "A" * 43 + "="


@dataclass
class Fair:
    """One merchant, the kiosks by name, and what the hub does for them; accounts go by the name of their kiosk."""

    goods: Goods
    channels: Channels
    kiosks: dict[str, Kiosk]
    orders: Orders = field(default_factory=Orders)
    accounts: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.goods.database

    @property
    def handlers(self) -> Handlers:
        def opened(account_id: str) -> Outlet:
            door = doors.open_door(self.channels, account_id)
            return Outlet(host=door.host, door=door, is_disabled=door.is_disabled)

        desk = Desk(database=self.database, open_outlet=opened, orders=self.orders)
        declared = self.channels.hosts.declared
        recheck: Handlers = {
            RECHECK: lambda job: rechecking.recheck(job, self.database, declared),
            merchants.RECHECK_UNPAID: lambda job: rechecking.recheck_unpaid(job, self.database, declared),
            merchants.RECHECK_ROUTING: lambda job: rechecking.recheck_routing(job, self.database, declared),
        }
        return {**channel_jobs.handlers(self.channels), **stock_jobs.handlers(desk), **recheck}

    def joins(self, kiosk: str, *, known_as: str = "") -> str:
        """Authorise an account at this kiosk, which is known under one name to one merchant."""
        wish = Wish(merchant_id=self.goods.merchant, plugin=kiosk, settings={"kiosk": known_as or kiosk})
        proof = prove(self.channels, wish)
        with self.database.writing() as db:
            account = bind(self.channels, db, proof, actor=CLI).account
        self.accounts[kiosk] = account.id
        return account.id

    def lists(self, kiosk: str, pack: int = 1, /, **quantities: int | None) -> None:
        """An import finds these SKUs (their refs are the same), and so many of each; the kiosk shows as many."""
        host = self.channels.hosts.loaded[kiosk]
        source = Source(
            merchant_id=self.goods.merchant, account_id=self.accounts[kiosk], channel=host.channel,
            figures_seen=syncing.page_seen,
        )  # fmt: skip
        items = [
            Item(ref=sku, sku=sku, name=f"Kaos {sku}", active=True, quantity=count) for sku, count in quantities.items()
        ]
        with self.database.writing() as db:
            take_page(db, source, items, run="run", seen_at=self.database.clock.now())
            mine = (listing.c.account_id == self.accounts[kiosk], listing.c.ref.in_(list(quantities)))
            db.execute(sa.update(listing).where(*mine).values(pack=pack))
        for sku, count in quantities.items():
            for place in self.kiosks[kiosk].places or (None,):
                self.kiosks[kiosk].shown.setdefault((sku, place.ref if place else ""), count or 0)

    def listing(self, kiosk: str, sku: str) -> str:
        mine = (listing.c.account_id == self.accounts[kiosk], listing.c.ref == sku)
        with self.database.reading() as db:
            return str(db.execute(sa.select(listing.c.id).where(*mine)).scalar_one())

    def confirms(self, kiosk: str, *skus: str) -> None:
        ids = [self.listing(kiosk, sku) for sku in skus]
        with self.database.writing() as db:
            answers = deciding.confirm(db, self.goods.merchant, ids, actor=CLI)
        assert [each.outcome for each in answers] == ["linked"] * len(skus), answers
        with self.database.reading() as db:
            mine = sa.select(product.c.sku, product.c.id).where(product.c.merchant_id == self.goods.merchant)
            self.goods.named.update({row.sku: row.id for row in db.execute(mine)})

    def offers(self, kiosk: str, **quantities: int | None) -> None:
        """All of it: an account, listings, and a person's word on them; then everything is told."""
        self.joins(kiosk)
        self.lists(kiosk, **quantities)
        self.confirms(kiosk, *quantities)
        self.works()

    def maps(self, kiosk: str, place: str, *warehouses: str, shared: bool = False) -> None:
        with self.database.writing() as db:
            account = mapping.locked(db, self.goods.merchant, self.accounts[kiosk])
            ids = [self.goods.named[each] for each in warehouses]
            mapping.map_place(db, account, place, ids, shared=shared, actor=CLI)

    def holds_unpaid(self, wanted: bool = True) -> None:
        """The merchant says whether orders hold stock before they are paid."""
        with self.database.writing() as db:
            old = merchants.merchant(db, self.goods.merchant, for_change=True)
            merchants.change_merchant(db, old, reserve_unpaid=wanted, actor=CLI)

    @property
    def work(self) -> jobs.Runtime:
        return jobs.Runtime(
            database=self.database, handlers=self.handlers, troubles=lambda *given: troubles(self.channels, *given)
        )

    def works(self, *, ticks: int = 10) -> None:
        """Run what is due, until nothing is."""
        runtime = self.work
        for _ in range(ticks):
            ran = [Runner(runtime).run_lane(lane) for lane in LANES]
            if not any(ran):
                return

    def passes(self, span: timedelta) -> None:
        """The clock that all share goes on."""
        self.database.clock.offset += span

    def due(self) -> list[tuple[str, str]]:
        """What is due, by kiosk and SKU."""
        kiosk_of = {account: kiosk for kiosk, account in self.accounts.items()}
        query = sa.select(due_push.c.account_id, listing.c.ref).join(listing, listing.c.id == due_push.c.listing_id)
        with self.database.reading() as db:
            return sorted((kiosk_of[row.account_id], row.ref) for row in db.execute(query))

    def log(self, kiosk: str, sku: str) -> list[tuple[str, int, str]]:
        """What was told of a listing, the oldest first: how it ended, the figure and the reason."""
        query = sa.select(push.c.status, push.c.quantity, push.c.reason).order_by(push.c.id)
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(query.where(push.c.listing_id == self.listing(kiosk, sku)))]

    def told(self, kiosk: str, sku: str, place: str = "") -> sa.RowMapping:
        mine = (told.c.listing_id == self.listing(kiosk, sku), told.c.place_ref == place)
        with self.database.reading() as db:
            return db.execute(sa.select(told).where(*mine)).mappings().one()

    def switches(self, kiosk: str, *, enabled: bool) -> None:
        with self.database.writing() as db:
            switching.turn(self.channels, db, self.goods.merchant, kiosk, enabled=enabled, actor=CLI)

    def account(self, kiosk: str) -> AccountRow:
        with self.database.reading() as db:
            return accounts.expect(db, self.accounts[kiosk])

    def unfinished(self) -> list[str]:
        return [f"{job.kind} {job.state} {job.error}" for job in self.jobs() if job.state not in jobs.FINISHED]

    def jobs(self) -> list[jobs.Job]:
        with self.database.reading() as db:
            return jobs.listing(db, self.goods.merchant, limit=100)


@contextmanager
def a_fair(database: Database, **kiosks: Kiosk) -> Iterator[Fair]:
    """A merchant who may use these kiosks."""
    http = ChannelHttp(database)
    hosts = load_hosts({name: a_plugin(kiosk, name) for name, kiosk in kiosks.items()})
    assert not hosts.refused, hosts.refused
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    fair = Fair(Goods(database), channels, kiosks)
    for name in kiosks:
        fair.switches(name, enabled=True)
    yield fair
    http.close()
