"""One merchant with a store of each channel in each country, goods on the own shelf and at Fastock, and every order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import ModuleType
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Address, Item, Order, OrderLine, OrderState

from hub.catalog.service.intake import Source, take_page
from hub.catalog.tables import listing
from hub.channels.host import load_hosts
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.tables import warehouse
from hub.fulfilment.jobs.labelling import MEDIA_TYPE
from hub.fulfilment.service.labelling import KEPT, KIND
from hub.fulfilment.tables import label, outbound, parcel
from hub.kernel import files, jobs
from hub.kernel.db import Database, now
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.jobs.tables import job
from hub.kernel.sealing import parse_ring
from hub.linking.service import deciding
from hub.orders.rules.routing import Otherwise
from hub.orders.service import ruling
from hub.orders.service.drafts import Seller
from hub.orders.service.preparing import PREPARE
from hub.orders.service.take_in import hold, take_in
from hub.orders.store.shipping_rules import RuleData
from hub.orders.tables import order_flag, order_line, sales_order
from hub.stock.service import placing
from hub.stock.service.receiving import Arrival, Delivery, receive
from tests.matrix.sources import (
    AWB,
    BY_CHANNEL,
    COUNTRIES,
    FAILED,
    FASTOCK,
    HOUSE,
    NEVER,
    OWN,
    PDF,
    PLACED,
    REMEDIES,
    SUPPLIES,
    Becomes,
    Case,
)
from tests.matrix.standins import Outside, a_standin
from tests.plugins import jd_like, woo_like
from tests.plugins.depot import drawn
from tests.slices.fulfilment.yard import Yard
from tests.slices.stock.fair import RING
from tests.slices.stock.goods import Goods

BATCH = 500  # orders that are told at once
PLENTY = 100_000
BUYER = Address(
    name="Puan Aminah", phone="+60 12 0000000", lines=("Jalan Melati 5",), city="Ipoh", state="Perak", postcode="30000",
    country="MY",
)  # fmt: skip
GOODS = {
    (where, placed): f"{'OWN' if where == OWN else 'FAR'}-{n}"
    for where in (OWN, FASTOCK)
    for n, placed in enumerate(PLACED)
}
LOOSE = "LOOSE"  # listed everywhere, and linked to nothing


def plugins(outside: Outside) -> dict[str, ModuleType]:
    installed = {one.name: one.load() for one in entry_points(group="hub.plugins")}
    real = {name: installed[name] for name in ("pasar_my", "tokopedia", "shopify", "pos", "fastock_my")}
    return {name: a_standin(one, outside) for name, one in {**real, "jd_like": jd_like, "woo_like": woo_like}.items()}


@dataclass(kw_only=True)
class Scene(Yard):
    """Accounts go by channel and country, orders by where their case stands among all of them."""

    outside: Outside

    def opens(self, plugin: str, country: str, place: str = "") -> str:
        """Authorise a store of this channel in this country; its listings are all linked but one."""
        name = f"{plugin} {country}"
        wish = Wish(
            merchant_id=self.goods.merchant, plugin=plugin, settings={"name": name, "country": country, "place": place}
        )
        proof = prove(self.channels, wish)
        with self.database.writing() as db:
            made = bind(self.channels, db, proof, actor=CLI, starts_import=False).account
        self.accounts[name] = made.id
        return made.id

    def lists_all(self, plugin: str, country: str) -> None:
        account = self.opens(plugin, country)
        channel = self.channels.hosts.loaded[plugin].channel
        source = Source(merchant_id=self.goods.merchant, account_id=account, channel=channel)
        items = [
            Item(ref=sku, sku=sku, name=f"Kaos {sku}", active=True, quantity=None) for sku in (*GOODS.values(), LOOSE)
        ]
        mine = sa.select(listing.c.id).where(listing.c.account_id == account, listing.c.sku != LOOSE)
        with self.database.writing() as db:
            take_page(db, source, items, run="run", seen_at=self.database.clock.now())
            deciding.confirm(db, self.goods.merchant, list(db.execute(mine).scalars()), actor=CLI)

    def stocks(self) -> None:
        """Plenty lies where each product is sent from; Fastock was told of some, and refused some."""
        named = self.goods.named
        self.goods.sells(*GOODS.values())
        self.outside.refused = {sku for (_, placed), sku in GOODS.items() if placed == FAILED}
        told = [named[sku] for (_, placed), sku in GOODS.items() if placed != NEVER]
        arrivals = [Arrival(named[sku], PLENTY, 0, f"inbound:{sku}") for sku in GOODS.values()]
        self.goods.adjusts_all([(sku, PLENTY) for sku in GOODS.values()], at=OWN)
        with self.database.writing() as db:
            receive(db, self.goods.merchant, Delivery(named[FASTOCK], arrivals), actor=CLI)
            placing.place(db, self.goods.merchant, named[FASTOCK], told, actor=CLI)

    def rules(self) -> None:
        """What is named so is sent from there, and from nowhere else."""
        for prefix, where in (("OWN-*", OWN), ("FAR-*", FASTOCK)):
            data = RuleData(
                name=where, account_ids=(), countries=(), skus=(prefix,), warehouse_ids=(self.goods.named[where],),
                otherwise=Otherwise.STOP,
            )  # fmt: skip
            with self.database.writing() as db:
                ruling.create(db, self.goods.merchant, data, actor=CLI)

    def tells(self, cases: Mapping[str, Case]) -> None:
        """All orders of these cases come in, by what their channels call them."""
        by_store: dict[tuple[str, str], list[Order]] = {}
        for ref, case in cases.items():
            by_store.setdefault((case.channel, case.country), []).append(self._order(ref, case))
        for (channel, country), orders in by_store.items():
            account = self.account(f"{channel} {country}")
            host = self.channels.hosts.loaded[channel]
            declared = self.channels.hosts.declared
            seller = Seller(account=account, channel=host.channel, actor=CLI, declared=declared)
            with self.database.writing() as db:
                hold(db, account.id)
                take_in(db, parse_ring(RING), seller, orders, asked_at=self.database.clock.now())

    def leaves_alone(self, refs: Collection[str]) -> None:
        """Nobody looks at what these orders hold at Fastock."""
        with self.database.writing() as db:
            theirs = sa.select(sales_order.c.id).where(sales_order.c.ref.in_(refs))
            db.execute(sa.delete(job).where(job.c.kind == PREPARE.name, job.c.key.in_(theirs)))

    def labels(self, cases: Mapping[str, Case]) -> None:
        """The channels give the labels of these cases that they were asked for, all at once."""
        refs = [ref for ref, case in cases.items() if PDF in case.papers]
        asked = (
            sa.select(label.c.id, sales_order.c.id.label("order_id"))
            .join_from(label, parcel, parcel.c.id == label.c.parcel_id)
            .join(sales_order, sales_order.c.id == parcel.c.order_id)
            .where(sales_order.c.ref.in_(refs))
        )
        merchant, ring = self.goods.merchant, parse_ring(RING)
        with self.database.writing() as db:
            rows = db.execute(asked).all()
            digest = files.put(
                db, ring, drawn("a label"), merchant_id=merchant, kind=KIND, media_type=MEDIA_TYPE, keep=KEPT
            )
            made = sa.update(label).where(label.c.id.in_([row.id for row in rows]))
            db.execute(made.values(digest=digest, shipment="", made_at=now()))
            for row in rows:
                jobs.enqueue(db, PREPARE, key=row.order_id, merchant_id=merchant)

    def _order(self, ref: str, case: Case) -> Order:
        by_channel = case.state == BY_CHANNEL
        state = OrderState.READY if by_channel else OrderState(case.state)
        wanted = int(state is not OrderState.CANCELLED)
        sku = GOODS[case.warehouse, case.placed] if case.linked else LOOSE
        line = OrderLine(ref="1", listing_ref=sku, sku=sku, name=sku, quantity=wanted, cancelled=1 - wanted)
        return Order(
            ref=ref, number=f"#{ref}", state=state, raw_state=case.state, placed_at=self.database.clock.now(),
            lines=(line,), recipient=BUYER, courier="Pos Laju" if AWB in case.papers else "",
            awb=f"MY{ref}" if AWB in case.papers else "", fulfilled_by_channel=by_channel,
        )  # fmt: skip

    def became(self) -> dict[str, Became]:
        """What became of every order."""
        names = {id_: name for name, id_ in self.goods.named.items()}
        flags: dict[str, dict[str, tuple[str, str]]] = {}
        lines = sa.select(sales_order.c.id, sales_order.c.ref, order_line.c.warehouse_id, outbound.c.waits).join_from(
            sales_order, order_line, order_line.c.order_id == sales_order.c.id
        )  # fmt: skip
        with self.database.reading() as db:
            for row in db.execute(sa.select(order_flag)):
                flags.setdefault(row.order_id, {})[row.code] = (row.reason, row.remedy)
            found = db.execute(lines.outerjoin(outbound, outbound.c.order_id == sales_order.c.id)).all()
        sent = {one.order_number for one in self.outside.sent}
        return {
            row.ref: Became(
                flags.get(row.id, {}), names.get(row.warehouse_id, ""), _waits(row.waits), f"#{row.ref}" in sent
            )
            for row in found
        }


class Became(NamedTuple):
    """What became of an order: flags, reason and remedy by code; where it lies, and what its outbound waits for."""

    flags: dict[str, tuple[str, str]]
    lies: str
    waits: frozenset[str] | None
    reached: bool

    def is_as(self, case: Case, said: Becomes) -> bool:
        """Whether this is what the sources say; of an order that nobody looked at, as far as it is judged by then."""
        waits = said.waits if self.waits is None and self.lies == FASTOCK and not said.reaches else self.waits
        if waits is not None and case.state != "ready":  # papers are asked for only of what is to be sent
            waits -= {"no_label", "no_awb"} - said.flags.keys()
        told = all(
            words in self.flags[code][0] and REMEDIES[code] in self.flags[code][1]
            for code, words in said.flags.items()
            if code in self.flags
        )
        codes = set(self.flags) == set(said.flags)
        return told and codes and (self.lies, waits, self.reached) == (said.lies, said.waits, said.reaches)


def _waits(written: str | None) -> frozenset[str] | None:
    return None if written is None else frozenset(code for code, _ in msgspec.json.decode(written))


@contextmanager
def a_scene(database: Database) -> Iterator[Scene]:
    http, outside = ChannelHttp(database), Outside()
    hosts = load_hosts(plugins(outside))
    assert not hosts.refused, hosts.refused
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    scene = Scene(Goods(database), channels, {}, outside=outside)
    for name in hosts.loaded:
        scene.switches(name, enabled=True)
    account = scene.opens("fastock_my", "MY", HOUSE)
    with database.reading() as db:
        mine = sa.select(warehouse.c.id).where(warehouse.c.account_id == account)
        scene.goods.named[FASTOCK] = db.execute(mine).scalar_one()
    scene.goods.named[OWN] = scene.goods.named.pop("main")
    scene.stocks()
    scene.rules()
    for channel in SUPPLIES:
        for country in COUNTRIES:
            scene.lists_all(channel, country)
    scene.works()
    yield scene
    http.close()
