"""A merchant whose shirts lie at Fastock, over its own wire; answers are lost there after the effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from unittest.mock import patch

import sqlalchemy as sa
from hub_fastock_my import plugin as fastock_my
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs import Money, OrderState
from hub_hookspecs.testing import serve
from msgspec.structs import replace

from hub.catalog.service.products import create
from hub.catalog.store.products import ProductData
from hub.channels.host import load_hosts
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.tables import warehouse
from hub.fulfilment.rules.inbounds import Line
from hub.fulfilment.service import announcing
from hub.fulfilment.store.inbounds import InboundRow
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.sealing import parse_ring
from hub.stock.rules.placing import Status
from hub.stock.service import placing
from hub.stock.store import placements
from tests.plugins.depot import a_plugin as a_depot
from tests.plugins.granary import Granary
from tests.slices.fulfilment.wharf import Stall, Wharf
from tests.slices.fulfilment.yard import SARI
from tests.slices.stock.fair import RING
from tests.slices.stock.goods import Goods

Dialect = Literal["qimen", "json"]
AISYAH = replace(
    SARI, name="Aisyah", phone="+60123456789", city="Ipoh", state="Perak", postcode="30000", country="MY"
)  # fmt: skip
TOLD = {
    "products": {"singleitem.synchronize", "/item/v1/create", "/item/v1/update"},
    "inbounds": {"entryorder.create", "/inbound/v1/create"},
    "outbounds": {"deliveryorder.create", "/outbound/v1/create"},
    "cancels": {"order.cancel", "/outbound/v1/cancel"},
}


@dataclass
class Pier(Wharf):
    """A wharf whose granary is Fastock's sandbox."""

    fastock: FastockSandbox = None  # type: ignore[assignment]  # made with it

    def calls(self, what: str) -> int:
        """How often Fastock was told something of this sort."""
        return sum(each.method in TOLD[what] for each in self.fastock.seen)

    def loses(self, count: int) -> None:
        """So many answers never come, to what Fastock has stored."""
        self.fastock.faults.lose_answers = count

    def makes(self, count: int) -> list[str]:
        """So many products by SKU, of which Fastock knows nothing."""
        names = [f"NEW-{number}" for number in range(count)]
        for sku in names:
            self.owns(sku)
        return names

    def owns(self, sku: str) -> None:
        """Make a product; one dialect wants weight and size."""
        data = ProductData(sku=sku, name=f"Baju {sku}", weight_g=200, size_mm=(300, 200, 20))
        with self.database.writing() as db:
            self.goods.named[sku] = create(db, self.goods.merchant, data, actor=CLI).product.id

    def places(self, *skus: str) -> None:
        with self.database.writing() as db:
            ids = [self.goods.named[sku] for sku in skus]
            placing.place(db, self.goods.merchant, self.house, ids, actor=CLI)

    def placed(self, *skus: str) -> Counter[Status]:
        """How many of them stand how."""
        with self.database.reading() as db:
            found = (placements.find(db, self.house, self.goods.named[sku]) for sku in skus)
            return Counter(each.status for each in found if each)

    def announces(self, units: int) -> str:
        """So many shirts are on their way to Fastock; gives the id of the inbound."""
        cost = Money(amount=Decimal("12.50"), currency="MYR")
        wish = announcing.Wish(self.house, [Line("TEE", None, units, cost)])
        with self.database.writing() as db:
            return announcing.announce(db, self.channels, self.goods.merchant, wish, actor=CLI).id

    def inbound(self, inbound_id: str) -> InboundRow:
        with self.database.reading() as db:
            return announcing.find(db, self.goods.merchant, inbound_id)

    def sold(self, count: int) -> list[str]:
        """So many orders of one shirt each; gives their ids."""
        return [self.tells(str(number), recipient=AISYAH) for number in range(count)]

    def takes_back(self, count: int) -> None:
        """The buyers of all of them change their minds."""
        for number in range(count):
            self.tells(str(number), state=OrderState.CANCELLED, recipient=AISYAH)


@contextmanager
def a_pier(database: Database, dialect: Dialect, *, stock: int = 100) -> Iterator[Pier]:
    http = ChannelHttp(database, allow_loopback=True)
    stall, fastock = Stall(), FastockSandbox(size=0, dialect=dialect)
    stall.country = "MY"
    hosts = load_hosts({"north": a_depot(stall, "north"), "fastock_my": fastock_my})
    assert not hosts.refused, hosts.refused
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    pier = Pier(Goods(database), channels, {"north": stall}, granary=Granary(), fastock=fastock)
    unpaced = patch.object(
        http._pace, "wait", lambda *given, **left: None
    )  # what it guesses of a rate is tried elsewhere
    unread = patch("hub.kernel.pdfs.objection", lambda content: "")  # a process of its own for each label
    with serve(fastock), unpaced, unread:
        _opens(pier, stock)
        yield pier
    http.close()
    assert fastock.exceptions == []


def _opens(pier: Pier, stock: int) -> None:
    """Shirts are on sale at the depot and lie at Fastock; of both sides the hub and Fastock say the same."""
    for name in pier.channels.hosts.loaded:
        pier.switches(name, enabled=True)
    settings = pier.fastock.settings() | {"warehouse_numbers": "MYKL01"}
    proof = prove(pier.channels, Wish(merchant_id=pier.goods.merchant, plugin="fastock_my", settings=settings))
    with pier.database.writing() as db:
        keeper = bind(pier.channels, db, proof, actor=CLI).account.id
        mine = sa.select(warehouse.c.id).where(warehouse.c.account_id == keeper)
        pier.house = pier.goods.named["G1"] = db.execute(mine).scalar_one()
    pier.accounts["granary"] = keeper
    pier.owns("TEE")
    pier.joins("north")
    pier.maps("north", "", "G1")
    pier.places("TEE")
    pier.lists("north", TEE=1)
    pier.confirms("north", "TEE")
    pier.works()
    pier.receives(stock)
    pier.fastock.stock("TEE", good=stock)
    pier.rules()
    pier.works()
