"""The merchant: goods in two warehouses, two shops on each of two channels, a till; everything is linked and told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from unittest.mock import patch

import sqlalchemy as sa
from hub_hookspecs.testing.faults import skewed
from hub_shopify.sandbox import ShopifySandbox, engine
from hub_tokopedia.sandbox import TokopediaSandbox
from msgspec.structs import replace

from hub.catalog.tables import listing
from hub.channels.rules.places import Mapped
from hub.channels.service import mapping, switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.tables import account
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import deciding
from hub.merchants import service as merchants
from hub.runtime import Runtime, assemble
from tests.callers import SETTINGS
from tests.convergence.clock import Stage, stopped
from tests.convergence.markets import Market, Shopify, Tokopedia
from tests.convergence.mortal import Mortals, mortal
from tests.convergence.wire import Wire
from tests.convergence.workers import Workers
from tests.slices.orders.till import list_at
from tests.slices.stock.goods import Goods

PRODUCTS = ("TEE", "CAP")
NEEDS = {"TEE": {"TEE": 1}, "CAP": {"CAP": 1}, "SET": {"TEE": 1, "CAP": 2}}
HOUSES = ("main", "far")
LAG = timedelta(seconds=20)  # by which an order feed is behind its stock; the channels declare 30
LIFE = timedelta(minutes=30)  # of a token


@dataclass
class Stall:
    """All there is on our side, and the channels on the other; accounts and listings go by the names of markets."""

    stage: Stage
    mortals: Mortals
    wire: Wire
    runtime: Runtime
    goods: Goods
    markets: dict[str, Market]
    workers: Workers
    accounts: dict[str, str] = field(default_factory=dict)
    listings: dict[tuple[str, str], str] = field(default_factory=dict)  # by market and the channel's ref
    behind: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # warehouses by market and place
    till: str = ""

    @property
    def database(self) -> Database:
        return self.runtime.database

    def opens(self) -> None:
        """Stock the shelves of the first warehouse from what the markets show, and tell everything."""
        for name in ("tokopedia", "shopify", "pos"):
            with self.database.writing() as db:
                switching.turn(self.runtime.channels, db, self.goods.merchant, name, enabled=True, actor=CLI)
        with self.database.writing() as db:
            old = merchants.merchant(db, self.goods.merchant, for_change=True)
            merchants.change_merchant(db, old, reserve_unpaid=True, actor=CLI)
        self.goods.builds("far")
        self.goods.sells(*PRODUCTS)
        self.goods.sells("SET", **NEEDS["SET"])
        for market in self.markets.values():
            self._joins(market)
        assert self.workers.rests(), self.workers.open()
        for market in self.markets.values():
            self._links(market)
        self.till = self._connects("pos", {"store_name": "Tanah Abang"})
        list_at(self.database, self.goods.merchant, self.till, *PRODUCTS)
        self.goods.adjusts_all([(sku, 20) for sku in PRODUCTS], at="far")
        self.workers.rests()
        self.stage.pass_by(300)  # what is sold from now on is surely not in the opening stock
        self.workers.rests()

    def _connects(self, plugin: str, settings: dict[str, object]) -> str:
        wish = Wish(merchant_id=self.goods.merchant, plugin=plugin, settings=settings, preconditions_confirmed=True)
        proof = prove(self.runtime.channels, wish)
        with self.database.writing() as db:
            return bind(self.runtime.channels, db, proof, actor=CLI).account.id

    def _joins(self, market: Market) -> None:
        self.accounts[market.name] = self._connects(market.plugin, market.sandbox.settings())
        with self.database.writing() as db:
            locked = mapping.locked(db, self.goods.merchant, self.accounts[market.name])
            refs = sorted(place.ref for place in locked.places)[: 2 if market.name in ("T1", "S1") else 1]
            market.places = tuple(refs)
            houses = [HOUSES[:1], HOUSES[1:]] if len(refs) > 1 else [HOUSES if market.name == "S2" else HOUSES[:1]]
            mapped = [
                Mapped(place_ref=ref, warehouses=tuple(self.goods.named[one] for one in some), shared=len(some) > 1)
                for ref, some in zip(refs, houses, strict=True)
            ]
            mapping.map_places(db, locked, mapped, actor=CLI)
        self.behind |= {(market.name, ref): some for ref, some in zip(refs, houses, strict=True)}
        for shelf in market.shelves:
            if isinstance(market, Shopify) and shelf.place != refs[0]:
                market.sandbox.stock(shelf.ref, 0, shelf.place)

    def _links(self, market: Market) -> None:
        mine = listing.c.account_id == self.accounts[market.name]
        with self.database.writing() as db:
            found = {row.ref: row.id for row in db.execute(sa.select(listing.c.ref, listing.c.id).where(mine))}
            for sku, ref in market.refs.items():
                db.execute(sa.update(listing).where(mine, listing.c.ref == ref).values(pack=market.packs[sku]))
            answers = deciding.confirm(db, self.goods.merchant, [found[ref] for ref in market.refs.values()], actor=CLI)
        assert {each.outcome for each in answers} == {"linked"}, answers
        self.listings |= {(market.name, ref): found[ref] for ref in market.refs.values()}

    def stands(self) -> list[str]:
        """Accounts that work just now."""
        with self.database.reading() as db:
            active = {row.id for row in db.execute(sa.select(account.c.id).where(account.c.state == "active"))}
        return [name for name, one in self.accounts.items() if one in active]


def _markets(stage: Stage, seed: int) -> dict[str, Market]:
    """Clocks of channels are wrong, their tokens end, and their feeds lag behind their stock."""

    def tokopedia(number: int, places: int, skew: int, **packs: int) -> Market:
        shop = TokopediaSandbox(
            seed=10 * seed + number, size=0, clock=skewed(timedelta(seconds=skew), clock=stage.now),
            token_life=LIFE, warehouses=2 if places > 1 else 1,
        )  # fmt: skip
        shop.lag_orders(LAG)
        return Tokopedia(f"T{number}", number, shop, packs)

    def shopify(number: int, skew: int, **packs: int) -> Market:
        clock = skewed(timedelta(seconds=skew), clock=stage.now)
        shop = ShopifySandbox(seed=10 * seed + number, size=0, clock=clock, token_life=LIFE, order_lag=LAG)
        return Shopify(f"S{number - 2}", number, shop, packs)

    made = [
        tokopedia(1, 2, 40, TEE=1, CAP=1), tokopedia(2, 1, -50, TEE=3, SET=1),
        shopify(3, -30, TEE=1, CAP=1, SET=1), shopify(4, 55, TEE=1, CAP=2),
    ]  # fmt: skip
    for market in made:
        for sku in market.packs:
            market.add(sku, 12)
    return {market.name: market for market in made}


@contextmanager
def a_stall(url: str, seed: int) -> Iterator[Stall]:
    """A hub of its own on this empty database, and its four accounts, everything told."""
    stage, mortals = Stage(), Mortals()
    markets = _markets(stage, seed)
    wire = Wire(stage, mortals, dict(enumerate(markets.values(), 1)))
    with ExitStack() as stack:
        with patch("hub.runtime.Clock", lambda shift: stage):
            runtime = assemble(replace(SETTINGS, database_url=url))
        stack.callback(runtime.close)
        stack.enter_context(stopped(stage, runtime.database))
        stack.enter_context(mortal(mortals, runtime.database))
        stack.enter_context(patch.object(engine, "_document", cache(engine._document)))  # read once, to be quick
        http = runtime.channels.http
        stack.enter_context(patch.object(http, "_connections", wire))
        stack.enter_context(patch.object(http._pace, "_sleep", stage.pass_by))
        workers = Workers(stage, mortals, wire, runtime)
        stall = Stall(stage, mortals, wire, runtime, Goods(runtime.database), markets, workers)
        workers.seeded(seed)
        with workers.observed(stall.accounts):
            stall.opens()
            yield stall
        assert [each.sandbox.exceptions for each in markets.values()] == [[], [], [], []]
