"""A fair whose booths tell of their orders, and the jobs that import them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from hub.channels.host import load_hosts
from hub.channels.service import doors, switching
from hub.channels.service.wiring import Channels
from hub.kernel.db import Database
from hub.kernel.http import ChannelHttp
from hub.kernel.jobs import Handlers, Ticket
from hub.kernel.sealing import parse_ring
from hub.orders import jobs as order_jobs
from hub.orders.service import importing, parting, reading
from hub.orders.service.desk import Desk
from hub.orders.service.importing import FEED, IMPORT_ORDERS
from hub.orders.service.polling import Polling
from hub.orders.store import hints
from hub.orders.tables import feed
from hub.stock.service.desk import Outlet
from tests.plugins.booth import Booth, a_plugin
from tests.slices.stock.fair import RING, Fair
from tests.slices.stock.goods import Goods

LATER = timedelta(seconds=31)  # all that a booth sold by now is in its feed


@dataclass
class Bazaar(Fair):
    """A fair whose booths tell of their orders."""

    @property
    def desk(self) -> Desk:
        def opened(account_id: str) -> Outlet:
            door = doors.open_door(self.channels, account_id)
            return Outlet(host=door.host, door=door, is_disabled=door.is_disabled)

        return Desk(
            database=self.database,
            ring=parse_ring(RING),
            open_outlet=opened,
            may_go_on=switching.still_allowed,
            declared=self.channels.hosts.declared,
        )

    @property
    def handlers(self) -> Handlers:
        return {**super().handlers, **order_jobs.handlers(self.desk)}

    def imports(self) -> None:
        """Ask for the orders, and do what is due."""
        with self.database.writing() as db:
            importing.ask(db, self.goods.merchant, self.accounts["north"])
        self.works()

    def imported(self) -> list[object]:
        """How far each import came, the oldest first."""
        return [job.outcome for job in reversed(self.jobs()) if job.kind == IMPORT_ORDERS.name]

    def cursor(self) -> str:
        with self.database.reading() as db:
            return str(db.execute(sa.select(feed.c.cursor).where(feed.c.hook == FEED)).scalar_one())

    def hints(self, *refs: str) -> Ticket | None:
        """The booth says that these orders have changed, or, without a name, that something has."""
        with self.database.writing() as db:
            return reading.ask(db, self.goods.merchant, self.accounts["north"], refs)

    def hinted(self) -> Sequence[str]:
        """Which orders are still to be read again."""
        with self.database.reading() as db:
            return sorted(hints.some(db, self.accounts["north"], limit=10_000))


@contextmanager
def a_bazaar(database: Database, booth: Booth, *, polled_every: int | None = None) -> Iterator[Bazaar]:
    """One booth, where ten of TEE are offered and everything is told; its orders come every so many minutes, if so."""
    http = ChannelHttp(database)
    hosts = load_hosts({"north": a_plugin(booth, "north")})
    assert not hosts.refused, hosts.refused
    channels = Channels(
        database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/",
        open_work=parting.open_work,
    )  # fmt: skip
    if polled_every is not None:
        channels = replace(channels, when_ready=Polling(hosts, polled_every).begin)

    bazaar = Bazaar(Goods(database), channels, {"north": booth})
    bazaar.orders = order_jobs.for_telling(bazaar.desk)
    bazaar.switches("north", enabled=True)
    bazaar.offers("north", TEE=10)
    bazaar.passes(LATER)  # what was seen of the listing is explained, and nothing is due
    bazaar.works()
    booth.asked.clear()
    yield bazaar
    http.close()
