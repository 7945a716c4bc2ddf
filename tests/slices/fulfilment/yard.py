"""A merchant who sends parcels of a depot's orders: what is told, done, and seen of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from hub_hookspecs import Address, Capability, OrderState
from msgspec.structs import replace

from hub.channels.host import load_hosts
from hub.channels.service import doors, switching, warehouses
from hub.channels.service.wiring import Channels
from hub.fulfilment import jobs as fulfilment_jobs
from hub.fulfilment.service import labelling, shipping
from hub.fulfilment.service.labelling import Asked
from hub.fulfilment.store import parcels
from hub.fulfilment.store.parcels import Parcel
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.files import File
from hub.kernel.http import ChannelHttp
from hub.kernel.jobs import Handlers, JobKind, Runner
from hub.kernel.sealing import parse_ring
from hub.orders.service import manual
from hub.orders.service.desk import Desk
from hub.orders.store.orders import Stored
from hub.stock.service.desk import Outlet
from tests.plugins import kiosk
from tests.plugins.depot import Depot, a_plugin
from tests.plugins.kiosk import Kiosk
from tests.slices.orders.counter import Counter, line
from tests.slices.stock.fair import RING, Fair
from tests.slices.stock.goods import Goods

SARI = Address(name="Ibu Sari", lines=("Jl. Melati 5",), city="Bandung", country="ID")
HOUSE = Address(lines=("Jl. Gudang 1",), city="Jakarta")
LATER = timedelta(hours=2)  # longer than any pause of a job whose outcome is unknown


@dataclass
class Yard(Fair):
    """The depot `north`, whose shirts and caps are in stock, and a kiosk `south` that neither asks nor labels."""

    @property
    def depot(self) -> Depot:
        found = self.kiosks["north"]
        assert isinstance(found, Depot)
        return found

    @property
    def counter(self) -> Counter:
        return Counter(self)

    @property
    def handlers(self) -> Handlers:
        def opened(account_id: str) -> Outlet:
            door = doors.open_door(self.channels, account_id)
            return Outlet(host=door.host, door=door, is_disabled=door.is_disabled)

        desk = Desk(
            database=self.database,
            ring=parse_ring(RING),
            open_outlet=opened,
            may_go_on=switching.still_allowed,
            declared=self.channels.hosts.declared,
        )
        return {**super().handlers, **fulfilment_jobs.handlers(desk, self.channels)}

    def sells(self, ref: str, units: int = 1, *, kiosk: str = "north", state: OrderState = OrderState.READY) -> str:
        """An order of shirts comes in; gives its id."""
        told = replace(self.counter.order(ref, line("TEE", units), state=state), recipient=SARI)
        self.counter.tells(told, kiosk=kiosk)
        return self.counter.has(ref, kiosk).order.id

    def order(self, order_id: str) -> Stored:
        with self.database.reading() as db:
            return manual.find(db, self.goods.merchant, order_id)

    def ships(self, order_id: str, *, courier: str = "", awb: str = "") -> Stored:
        with self.database.writing() as db:
            before = manual.find(db, self.goods.merchant, order_id, for_change=True)
            return shipping.ship(db, self.channels, before, courier=courier, awb=awb, actor=CLI)

    def asks(self, order_id: str) -> Asked:
        with self.database.writing() as db:
            stored = manual.find(db, self.goods.merchant, order_id, for_change=True)
            return labelling.ask(db, self.channels, stored, actor=CLI)

    def prints(self, order_id: str) -> File:
        with self.database.reading() as db:
            return labelling.print_again(db, parse_ring(RING), manual.find(db, self.goods.merchant, order_id))

    def parcel(self, order_id: str) -> Parcel:
        with self.database.reading() as db:
            (found,) = parcels.of_order(db, order_id)
        return found

    def stands_at(self, address: Address) -> None:
        """Say where the merchant's own warehouse is."""
        with self.database.writing() as db:
            warehouses.one_at_a_time(db, self.goods.merchant)
            old = warehouses.default_of(db, self.goods.merchant)
            details = warehouses.details_of(old)
            warehouses.change(db, old, details.__class__(**vars(details) | {"address": address}), actor=CLI)

    def tries(self, kind: JobKind) -> None:
        """Run a job of this kind once: how long it pauses then is a matter of chance."""
        runner = Runner(self.work)
        while job := runner.claim(kind.lane):
            runner.run(job)
            if job.kind == kind.name:
                return
        raise AssertionError(f"no {kind.name} is due")

    def ended(self, kind: str) -> list[tuple[str, str]]:
        """How the jobs of this kind stand, the oldest first, and why."""
        found = [job for job in reversed(self.jobs()) if job.kind == kind]
        return [(job.state.value, job.error.message if job.error else "") for job in found]

    def last(self, kind: str) -> jobs.Job:
        return next(job for job in self.jobs() if job.kind == kind)


@contextmanager
def a_yard(database: Database) -> Iterator[Yard]:
    http = ChannelHttp(database)
    depot, south = Depot(), Kiosk()
    hosts = load_hosts({"north": a_plugin(depot, "north"), "south": kiosk.a_plugin(south, "south")})
    assert not hosts.refused, hosts.refused
    assert Capability.CREATE_LABEL in hosts.loaded["north"].channel.offers
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/"
    )
    yard = Yard(Goods(database), channels, {"north": depot, "south": south})
    for name in yard.kiosks:
        yard.switches(name, enabled=True)
    yard.offers("north", TEE=100)
    yield yard
    http.close()
