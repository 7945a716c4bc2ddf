"""A merchant whose goods lie at a silo too: products are placed there, and what became of it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.catalog.service import products
from hub.catalog.store.products import ProductData
from hub.channels import store
from hub.channels.host import load_hosts
from hub.channels.service import closing, doors, switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.fulfilment.jobs import placing as placing_jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.jobs import Handlers, Runner
from hub.kernel.sealing import parse_ring
from hub.merchants import service as merchants
from hub.merchants.rules import Feature
from hub.orders.service.desk import Desk
from hub.stock.service import placing
from hub.stock.service.desk import Outlet
from hub.stock.service.placing import PUSH_PRODUCT, Placing
from hub.stock.store import placements
from hub.stock.store.placements import Placement
from tests.plugins.silo import Silo, a_plugin
from tests.slices.stock.fair import RING, Fair
from tests.slices.stock.goods import Goods


@dataclass
class Keeper(Fair):
    """The silo's warehouses go by what the 3PL calls them: KL1 and JB2."""

    silo: Silo = field(default_factory=Silo)

    @property
    def desk(self) -> Desk:
        def opened(account_id: str) -> Outlet:
            door = doors.open_door(self.channels, account_id)
            return Outlet(host=door.host, door=door, is_disabled=door.is_disabled)

        return Desk(
            database=self.database, ring=parse_ring(RING), open_outlet=opened, may_go_on=switching.still_allowed,
            declared=self.channels.hosts.declared,
        )  # fmt: skip

    @property
    def handlers(self) -> Handlers:
        return {**super().handlers, **placing_jobs.handlers(self.desk)}

    def moves_in(self) -> str:
        """Authorise the account at the silo."""
        proof = prove(self.channels, Wish(merchant_id=self.goods.merchant, plugin="silo", settings={"silo": "one"}))
        with self.database.writing() as db:
            account = bind(self.channels, db, proof, actor=CLI).account
            for each in store.warehouses.of_accounts(db, [account.id]):
                self.goods.named[each.place_ref] = each.id
        self.accounts["silo"] = account.id
        return account.id

    def places(self, *skus: str, at: str = "KL1") -> Placing:
        ids = [self.goods.named[sku] for sku in skus]
        with self.database.writing() as db:
            return placing.place(db, self.goods.merchant, self.goods.named[at], ids, actor=CLI)

    def placement(self, sku: str, *, at: str = "KL1") -> Placement:
        with self.database.reading() as db:
            found = placements.find(db, self.goods.named[at], self.goods.named[sku])
        assert found is not None, f"{sku} was never placed"
        return found

    def changes(self, sku: str, /, **values: Any) -> None:  # Any: its fields
        """A person changes the product."""
        with self.database.writing() as db:
            old = products.find(db, self.goods.merchant, self.goods.named[sku], for_change=True)
            fields = {name: getattr(old.product, name) for name in ProductData.__struct_fields__}
            data = ProductData(**fields | values)
            products.change(db, old, data, actor=CLI)

    def plans(self, *features: Feature) -> None:
        with self.database.writing() as db:
            old = merchants.merchant(db, self.goods.merchant, for_change=True)
            merchants.change_merchant(db, old, features=features, actor=CLI)

    def closes(self) -> None:
        account = self.accounts["silo"]
        closing.prepare_closing(self.channels, self.goods.merchant, account, actor=CLI)
        with self.database.writing() as db:
            closing.close(self.channels, db, self.goods.merchant, account, actor=CLI)

    def tells(self) -> None:
        """Run what is due of telling the silo, once."""
        Runner(self.work).run_lane(PUSH_PRODUCT.lane)

    def later(self, span: timedelta = timedelta(hours=2)) -> None:
        """Longer than any pause of a job; then whatever is due runs."""
        self.passes(span)
        self.works()

    def named_at_silo(self, at: str = "KL1") -> list[str]:
        """The SKUs that the silo knows there."""
        return sorted(sku for place, sku in self.silo.known if place == at)

    def calls(self) -> list[str]:
        """The SKU of each call."""
        return [product.sku for product, _ in self.silo.told]


@contextmanager
def a_keeper(database: Database) -> Iterator[Keeper]:
    http = ChannelHttp(database)
    silo = Silo()
    hosts = load_hosts({"silo": a_plugin(silo)})
    assert not hosts.refused, hosts.refused
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    keeper = Keeper(Goods(database), channels, {}, silo=silo)
    keeper.switches("silo", enabled=True)
    keeper.moves_in()
    keeper.goods.sells("TEE", "CAP", "MUG")
    yield keeper
    http.close()
