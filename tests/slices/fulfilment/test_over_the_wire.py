"""Parcels told to the sandboxes of real channels by their plugins: whatever answer is lost, each is taken once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Protocol

import pytest
from hub_hookspecs import Order, OrderState
from hub_hookspecs.testing import serve
from hub_hookspecs.testing.faults import Fault, Faulty, Plan, time_out_after, time_out_before
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.catalog.service.intake import Source, take_page
from hub.channels.host import load_hosts
from hub.channels.service import doors
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.sealing import parse_ring
from hub.orders.service.take_in import hold, take_in
from hub.stock.rules.levels import Standing
from tests.slices.fulfilment.yard import LATER, Yard
from tests.slices.stock.fair import RING
from tests.slices.stock.goods import Goods

AWB = "JNE0012345"


class Shop(Protocol):
    """A sandbox, what is done in it, and what came of it."""

    name: str
    calls: int  # requests of a confirmation that nothing disturbs
    sandbox: ShopifySandbox | TokopediaSandbox

    def stocks(self) -> None: ...

    def listings(self) -> list[str]: ...

    def sells(self, ref: str) -> str:
        """Two units of this listing; gives the order's ref."""
        ...

    def taken(self, order: str) -> list[str]:
        """The AWBs of the parcels that it took of an order."""
        ...


class Shopify(Shop):
    name, calls = "shopify", 2  # it reads what is left to send, then writes

    def __init__(self, database: Database) -> None:
        self.sandbox: ShopifySandbox = ShopifySandbox(seed=50_000, size=0, clock=database.clock.now, rate=None)

    def stocks(self) -> None:
        self.sandbox.add("Kaos", "TEE", available=10)

    def listings(self) -> list[str]:
        return [f"gid://shopify/ProductVariant/{one.id}" for one in self.sandbox.variants()]

    def sells(self, ref: str) -> str:
        return self.sandbox.sell(ref, 2)

    def taken(self, order: str) -> list[str]:
        found = self.sandbox._shop.orders[int(order.rpartition("/")[2])]
        return [parcel.number or "" for parcel in found.parcels]


class Tokopedia(Shop):
    name, calls = "tokopedia", 3  # it reads the order, accepts it, then writes

    def __init__(self, database: Database) -> None:
        self.sandbox: TokopediaSandbox = TokopediaSandbox(seed=50_000, size=0, clock=database.clock.now, rate=None)

    def stocks(self) -> None:
        self.sandbox.add("Kaos", "TEE", stock=10)

    def listings(self) -> list[str]:
        return [str(unit.ref) for unit in self.sandbox.units()]

    def sells(self, ref: str) -> str:
        return str(self.sandbox.sell(int(ref), 2))

    def taken(self, order: str) -> list[str]:
        """It writes down each change of status that it takes."""
        calls = [one for one in self.sandbox.requests if f"/order/{order}/" in one.path and one.status == 200]
        written = [one for one in calls if one.path.endswith("/status")]
        return [one.awb for one in self.sandbox.orders() if str(one.number) == order for _ in written]


@contextmanager
def a_wharf(database: Database, shop: Shop) -> Iterator[tuple[Yard, Faulty]]:
    """The shop, whose one good is linked and in stock, behind a wire that faults can be put on."""
    http = ChannelHttp(database, allow_loopback=True)
    (plugin,) = (entry.load() for entry in entry_points(group="hub.plugins") if entry.name == shop.name)
    channels = Channels(
        database=database, hosts=load_hosts({shop.name: plugin}), ring=parse_ring(RING), http=http,
        public_url="https://hub.example/",
    )  # fmt: skip
    yard, wire = Yard(Goods(database), channels, {}), Faulty(shop.sandbox)
    yard.switches(shop.name, enabled=True)
    with serve(wire):
        _opens(yard, shop, wire)
        yield yard, wire
    http.close()
    assert shop.sandbox.exceptions == []


def _opens(yard: Yard, shop: Shop, wire: Faulty) -> None:
    wish = Wish(
        merchant_id=yard.goods.merchant, plugin=shop.name, settings=wire.settings(), preconditions_confirmed=True
    )
    proof = prove(yard.channels, wish)
    with yard.database.writing() as db:
        account = bind(yard.channels, db, proof, actor=CLI).account
    yard.accounts[shop.name] = account.id
    shop.stocks()
    host = yard.channels.hosts.loaded[shop.name]
    source = Source(merchant_id=yard.goods.merchant, account_id=account.id, channel=host.channel)
    for page in host.import_items(doors.open_door(yard.channels, account.id), ""):
        with yard.database.writing() as db:
            take_page(db, source, page.records, run="run", seen_at=yard.database.clock.now())
        yard.confirms(shop.name, *(item.ref for item in page.records))
    yard.works()
    yard.passes(LATER)  # what is sold from now on is surely not in the opening stock


def takes_in(yard: Yard, shop: Shop, ref: str) -> str:
    """The order as its channel tells it now; gives its id."""
    host = yard.channels.hosts.loaded[shop.name]
    door = doors.open_door(yard.channels, yard.accounts[shop.name])
    told = [one for one in host.read_orders(door, [ref]) if isinstance(one, Order)]
    asked_at = yard.database.clock.now()
    with yard.database.writing() as db:
        hold(db, yard.accounts[shop.name])
        take_in(db, parse_ring(RING), yard.counter.seller(shop.name), told, asked_at=asked_at)
    return yard.counter.has(ref, shop.name).order.id


@pytest.fixture(params=[Shopify, Tokopedia], ids=["shopify", "tokopedia"])
def shop(request: pytest.FixtureRequest, database: Database) -> Shop:
    found: Shop = request.param(database)
    return found


@pytest.mark.parametrize("fault", [time_out_before, time_out_after], ids=["before", "after"])
def test_whatever_answer_is_lost_the_channel_takes_the_parcel_once(
    database: Database, shop: Shop, fault: Fault
) -> None:
    """One order for each request of a confirmation: that one gets no answer."""
    with a_wharf(database, shop) as (yard, wire):
        (listing,) = shop.listings()
        for call in range(1, shop.calls + 1):
            ref = shop.sells(listing)
            order = takes_in(yard, shop, ref)
            yard.ships(order, courier="JNE", awb=f"{AWB}{call}")
            wire.inject(fault, Plan(nth=call))
            yard.tries(CONFIRM_SHIPMENT)
            unsure = yard.last(CONFIRM_SHIPMENT.name).state
            yard.passes(LATER)
            yard.works()
            takes_in(yard, shop, ref)

            now = yard.order(order).order
            assert (unsure, yard.last(CONFIRM_SHIPMENT.name).state) == ("unknown", "done")
            assert shop.taken(ref) == [f"{AWB}{call}"]
            assert yard.parcel(order).confirmation is Confirmation.CONFIRMED
            assert (now.state, now.awb) == (OrderState.SHIPPED, f"{AWB}{call}")

        assert yard.goods.standing("TEE") == Standing(10 - 2 * shop.calls, 0, 0)
