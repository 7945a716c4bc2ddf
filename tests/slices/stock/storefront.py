"""A shop on Shopify's sandbox that is told by the real plugin, sells between any two steps, and tells of it later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import entry_points

import sqlalchemy as sa
from hub_hookspecs import Item
from hub_hookspecs.testing import serve
from hub_shopify.sandbox import ShopifySandbox

from hub.catalog.service.intake import Source, take_page
from hub.channels.host import Host, load_hosts
from hub.channels.service import doors
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Database, Transaction
from hub.kernel.events import CLI, Actor
from hub.kernel.http import ChannelHttp
from hub.kernel.sealing import parse_ring
from hub.orders.service.drafts import Seller
from hub.orders.service.take_in import hold, take_in
from hub.stock.rules import telling
from hub.stock.service import pushing
from hub.stock.service.desk import Orders
from hub.stock.service.touching import ask
from hub.stock.store import due
from hub.stock.store import told as rows
from hub.stock.tables import told
from tests.slices.stock.fair import RING, Fair
from tests.slices.stock.goods import Goods

SHOP = "shopify"
LAG = timedelta(seconds=20)  # by which its order feed is behind its stock
READ, WRITE = "HubLevelsAt", "HubSetStock"  # the operations of a push: a sale may come before either


@dataclass
class Storefront:
    """The shop, and the hub that tells it; variants go by SKU."""

    fair: Fair
    sandbox: ShopifySandbox
    refs: dict[str, str] = field(default_factory=dict)
    stocked: dict[str, int] = field(default_factory=dict)  # all that ever came, as we know it
    sold: dict[str, int] = field(default_factory=dict)
    asked_for: list[datetime] = field(default_factory=list)
    cursor: str = ""
    too_high: list[str] = field(default_factory=list)  # seen of what is shown: a sale was written over

    @property
    def host(self) -> Host:
        return self.fair.channels.hosts.loaded[SHOP]

    @property
    def now(self) -> datetime:
        return self.fair.database.clock.now()

    def opens(self, **stock: int) -> None:
        """Connect the shop with these goods, the place where they are mapped, and have all of them confirmed."""
        fair = self.fair
        wish = Wish(
            merchant_id=fair.goods.merchant, plugin=SHOP, settings=self.sandbox.settings(), preconditions_confirmed=True
        )
        proof = prove(fair.channels, wish)
        with fair.database.writing() as db:
            account = bind(fair.channels, db, proof, actor=CLI).account
        fair.accounts[SHOP] = account.id
        fair.holds_unpaid()
        self.refs = {sku: self.sandbox.add(f"Kaos {sku}", sku, available=count) for sku, count in stock.items()}
        home, *_ = next(self.sandbox.variants()).inventory_item.levels  # where the sandbox stocks what is added
        fair.maps(SHOP, f"gid://shopify/Location/{home}", "main")
        self.stocked, self.sold = dict(stock), dict.fromkeys(stock, 0)
        source = Source(merchant_id=fair.goods.merchant, account_id=account.id, channel=self.host.channel)
        items = [
            Item(ref=self.refs[sku], sku=sku, name=sku, active=True, quantity=count) for sku, count in stock.items()
        ]
        with fair.database.writing() as db:
            take_page(db, source, items, run="run", seen_at=self.now)
        fair.confirms(SHOP, *self.refs.values())
        self.comes_to_rest()
        fair.passes(timedelta(minutes=5))  # what is sold from now on is surely not in the opening stock

    def sells(self, sku: str, units: int = 1) -> None:
        """A buyer takes as many as are there, `units` at most; the shop's feed of orders tells of it later."""
        units = min(units, self.sandbox.available(self.refs[sku]))
        if units > 0:
            self.sandbox.sell(self.refs[sku], units)
            self.sold[sku] += units

    def receives(self, sku: str, units: int) -> None:
        """Goods come to our warehouse; the shop shows them once it is told."""
        self.stocked[sku] += units
        self.fair.goods.adjusts(sku, units)

    def shown(self) -> dict[str, int]:
        return {sku: self.sandbox.available(ref) for sku, ref in self.refs.items()}

    def free(self) -> dict[str, int]:
        """What our books say may be sold."""
        standings = {sku: self.fair.goods.standing(sku) for sku in self.refs}
        return {sku: one.free for sku, one in standings.items() if one is not None}

    def answers(self) -> Counter[str]:
        """How pushes ended."""
        return Counter(status for ref in self.refs.values() for status, _, _ in self.fair.log(SHOP, ref))

    def left(self) -> dict[str, int]:
        """What nobody has bought; goods only come, so no shop may ever show more."""
        return {sku: self.stocked[sku] - self.sold[sku] for sku in self.refs}

    def works(self) -> None:
        """Tell what is due, then import orders where that was asked for and its time has come."""
        self.fair.works()
        self.too_high += [f"{sku}: {count}" for sku, count in self.shown().items() if count > self.left()[sku]]
        if any(at <= self.now for at in self.asked_for):
            self.imports_orders()

    def comes_to_rest(self) -> None:
        for _ in range(60):
            self.works()
            if not self.fair.due():
                return
            self.fair.passes(timedelta(seconds=10))
        raise AssertionError(f"still due after ten minutes: {self.fair.due()}")

    def imports_orders(self) -> None:
        """As the slice of orders does: pages in transactions of their own, then what the readings were is known."""
        self.asked_for.clear()
        fair, account = self.fair, self.fair.account(SHOP)
        with fair.database.reading() as db:
            began_at = pushing.moment(db)
        actor, channel = Actor(kind="channel", id=account.id), self.host.channel
        seller = Seller(account=account, channel=channel, actor=actor, declared={channel.name: channel})
        for page in self.host.import_orders(doors.open_door(fair.channels, account.id), self.cursor):
            with fair.database.writing() as db:
                hold(db, account.id)
                take_in(db, parse_ring(RING), seller, page.records, asked_at=began_at)
            self.cursor = page.cursor
        with fair.database.writing() as db:
            self._explains(db, account, began_at)

    def _explains(self, db: Transaction, account: AccountRow, began_at: datetime) -> None:
        visible_after, at = self.host.channel.orders_visible_after, pushing.moment(db)
        read = sa.select(told.c.listing_id, told.c.place_ref).where(
            told.c.account_id == account.id, told.c.reading.is_not(None)
        )
        outlets = [(row.listing_id, row.place_ref) for row in db.execute(read)]
        after = {
            outlet: telling.orders_read(row, began_at=began_at, visible_after=visible_after, at=at)
            for outlet, row in rows.lock(db, account.id, outlets).items()
        }
        rows.write(db, after)
        self.asked_for += [
            row.read_at + visible_after for row in after.values() if row.reading is not None and row.read_at
        ]
        due.set_moments(db, account.id, dict.fromkeys(due.lock(db, account.id, after), at))
        ask(db, account.merchant_id, account.id)


@contextmanager
def a_storefront(database: Database, *, seed: int) -> Iterator[Storefront]:
    sandbox = ShopifySandbox(seed=seed, size=0, clock=database.clock.now, rate=None, order_lag=LAG)
    http = ChannelHttp(database, allow_loopback=True)
    (plugin,) = (entry.load() for entry in entry_points(group="hub.plugins") if entry.name == SHOP)
    channels = Channels(
        database=database, hosts=load_hosts({SHOP: plugin}), ring=parse_ring(RING), http=http,
        public_url="https://hub.example/",
    )  # fmt: skip
    shop = Storefront(Fair(Goods(database), channels, {}), sandbox)
    shop.fair.orders = Orders(
        are_read=lambda account, host: True, ask=lambda db, account, at: shop.asked_for.append(at)
    )
    shop.fair.switches(SHOP, enabled=True)
    with serve(sandbox):
        yield shop
    http.close()
    assert sandbox.exceptions == []
