"""A merchant who sells at Pasar MY what lies at Fastock MY, over both of their wires, in virtual time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Literal
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs import Money, WebhookRequest
from hub_pasar_my.sandbox import PasarMySandbox
from msgspec.structs import replace

from hub.catalog.service import imports, products
from hub.catalog.store.products import ProductData
from hub.catalog.tables import listing
from hub.channels.service import callbacks, connections, mapping, places, standing, switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.tables import warehouse
from hub.fulfilment.rules.inbounds import Line
from hub.fulfilment.service import announcing, syncs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import deciding
from hub.orders.rules.routing import Otherwise
from hub.orders.service import ruling
from hub.orders.store.shipping_rules import RuleData
from hub.runtime import Runtime, assemble
from hub.stock.service import placing
from hub.webhooks.service import messages, receiving
from tests.callers import SETTINGS, a_merchant
from tests.convergence.clock import Stage, stopped
from tests.convergence.mortal import Mortals, mortal
from tests.voyage.crew import Crew
from tests.voyage.wire import Wire

Dialect = Literal["qimen", "json"]
PLENTY = {"TEE": 900, "CAP": 900}
PASAR, FASTOCK = 7001, 7002  # ports
APART = (("hub_pasar_my.sandbox.server", "APART"), ("hub_fastock_my.sandbox.clocks", "_WINDOW"))


class Restless(Exception):
    """Something is done again and again, or nobody does it."""


@dataclass(kw_only=True)
class Sea:
    """Products and listings go by SKU; both sandboxes hold what is true outside."""

    stage: Stage
    wire: Wire
    crew: Crew
    runtime: Runtime
    merchant: str
    pasar: PasarMySandbox
    fastock: FastockSandbox
    house: str = ""
    store: str = ""
    keeper: str = ""
    products: dict[str, str] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)
    dice: random.Random = field(default_factory=random.Random)

    @property
    def database(self) -> Database:
        return self.runtime.database

    # -- what people do

    def connects(self, plugin: str, settings: dict[str, object]) -> str:
        with self.database.writing() as db:
            switching.turn(self.runtime.channels, db, self.merchant, plugin, enabled=True, actor=CLI)
        wish = Wish(merchant_id=self.merchant, plugin=plugin, settings=settings, preconditions_confirmed=True)
        proof = prove(self.runtime.channels, wish)
        with self.database.writing() as db:
            return bind(self.runtime.channels, db, proof, actor=CLI, starts_import=False).account.id

    def opens(self) -> None:
        """Everything is connected, linked and told; what lies at Fastock came by an inbound."""
        self.keeper = self.connects("fastock_my", self.fastock.settings() | {"warehouse_numbers": "MYKL01"})
        with self.database.writing() as db:
            self.house = db.execute(sa.select(warehouse.c.id).where(warehouse.c.account_id == self.keeper)).scalar_one()
            for sku in PLENTY:
                data = ProductData(sku=sku, name=f"Baju {sku}", weight_g=200, size_mm=(300, 200, 20))
                self.products[sku] = products.create(db, self.merchant, data, actor=CLI).product.id
            placing.place(db, self.merchant, self.house, [*self.products.values()], actor=CLI)
            syncs.turn_daily(db, self.merchant, self.house, enabled=True, actor=CLI)
        self.rests()
        self.fastock.receive(self.announces(**PLENTY))
        self.settles()
        self._opens_the_store()
        rule = RuleData(
            name="all", account_ids=(), countries=(), skus=(), warehouse_ids=(self.house,), otherwise=Otherwise.NEXT
        )
        with self.database.writing() as db:
            ruling.create(db, self.merchant, rule, actor=CLI)
        self.settles()

    def _opens_the_store(self) -> None:
        self.listed = {sku: self.pasar.add(f"Baju {sku}", sku, stock=count) for sku, count in PLENTY.items()}
        self.store = self.connects("pasar_my", self.pasar.settings())
        with self.database.writing() as db:
            locked = mapping.locked(db, self.merchant, self.store)
            places.choose_opening(db, locked, "none", actor=CLI)
            mapping.map_place(db, locked, "", [self.house], shared=False, actor=CLI)
            imports.enqueue(db, self.merchant, self.store)
        self.rests()
        mine = sa.select(listing.c.id).where(listing.c.account_id == self.store)
        with self.database.writing() as db:
            deciding.confirm(db, self.merchant, list(db.execute(mine).scalars()), actor=CLI)

    def announces(self, **units: int) -> str:
        """So many are on their way to Fastock; gives the code of the inbound, once all is calm."""
        cost = Money(amount=Decimal("12.50"), currency="MYR")
        wish = announcing.Wish(self.house, [Line(sku, None, count, cost) for sku, count in units.items()])
        with self.database.writing() as db:
            made = announcing.announce(db, self.runtime.channels, self.merchant, wish, actor=CLI)
        self.rests()
        return made.code

    # -- what goes to and fro

    def brings(self) -> None:
        """What both channels have to tell comes, or not: once, twice, the last first."""
        self.fastock.callback_url = self.callback()
        for messages_ in (self.pasar.deliveries(), self.fastock.deliveries()):
            for request in self._mixed(messages_):
                with self.crew.alive():
                    self._takes(request)

    def _mixed(self, sent: list[httpx.Request]) -> list[httpx.Request]:
        way = self.dice.choice(("as they are", "twice", "the last first", "none", "some"))
        if way == "some":
            return [each for each in sent if self.dice.random() < 0.5]
        return {"twice": sent + sent, "the last first": sent[::-1], "none": []}.get(way, sent)

    def callback(self) -> str:
        channels = self.runtime.channels
        with self.database.reading() as db:
            account = standing.account(db, self.merchant, self.keeper)
            known = connections.expected(channels, db, account.credentials)
        return connections.callback_url(channels, "fastock_my", known)

    def _takes(self, request: httpx.Request) -> None:
        """As the door for webhooks does it."""
        channels, url = self.runtime.channels, urlsplit(str(request.url))
        *_, plugin, token = url.path.split("/")
        with self.database.reading() as db:
            found = callbacks.callback(channels, db, plugin, token)
        told = WebhookRequest(
            headers=dict(request.headers), query=dict(request.url.params), body=request.content,
            received_at=self.stage.now(), path=found.path,
        )  # fmt: skip
        delivery = found.host.parse_webhook(found.door, told)
        sealed = messages.sealed(channels.ring, told)
        with self.database.writing() as db:
            receiving.take(
                db, found.credentials, sealed, plugin=plugin, delivery=delivery, received_at=told.received_at
            )

    def rests(self) -> None:
        """Work until nothing is left to do."""
        if not self.crew.rests():
            raise Restless(f"it never rests: {self.crew.open()}")

    def settles(self) -> None:
        """Whatever was told comes, time goes by, and in the end nothing is left to do."""
        self.brings()
        self.rests()
        for _ in range(2):
            self.crew.passes()
            self.rests()


@contextmanager
def a_sea(url: str, dialect: Dialect) -> Iterator[Sea]:
    """A hub of its own on this empty database."""
    stage, mortals = Stage(), Mortals()
    pasar = PasarMySandbox(seed=1, size=0, clock=stage.now)
    fastock = FastockSandbox(seed=1, size=0, clock=stage.now, dialect=dialect)
    pasar.base_url, fastock.base_url = (f"http://127.0.0.1:{port}" for port in (PASAR, FASTOCK))
    wire = Wire(stage, mortals, {PASAR: pasar, FASTOCK: fastock})
    with ExitStack() as stack:
        with patch("hub.runtime.Clock", lambda shift: stage):
            runtime = assemble(replace(SETTINGS, database_url=url, order_poll=60))
        stack.callback(runtime.close)
        stack.enter_context(stopped(stage, runtime.database))
        stack.enter_context(mortal(mortals, runtime.database))
        http = runtime.channels.http
        stack.enter_context(patch.object(http, "_connections", wire))
        stack.enter_context(patch.object(http._pace, "_sleep", stage.pass_by))
        for module, name in APART:  # the plugins go by the clock of the machine
            stack.enter_context(patch(f"{module}.{name}", timedelta(days=100_000)))
        stack.enter_context(patch("hub.kernel.pdfs.objection", _unread))
        crew = Crew(stage, mortals, wire, runtime)
        stack.enter_context(patch("hub.kernel.jobs.settle.random", crew.dice))
        sea = Sea(
            stage=stage, wire=wire, crew=crew, runtime=runtime, merchant=a_merchant(runtime.database), pasar=pasar,
            fastock=fastock,
        )  # fmt: skip
        sea.opens()
        yield sea


def _unread(content: bytes) -> str:
    """Reading a PDF takes a process of its own, and longer than all the rest; it is tried elsewhere."""
    return "" if content.startswith(b"%PDF-") else "it does not begin as a PDF does"
