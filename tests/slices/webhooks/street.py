"""Shops that share one app, the hub that their channel calls, and the jobs that act on what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

import httpx
import msgspec
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from hub.channels.host import load_hosts
from hub.channels.service import switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.jobs import LANES, Runner
from hub.orders.tables import order_hint, sales_order
from hub.runtime import Runtime, assemble
from hub.webhooks.tables import webhook, webhook_refusal
from tests.callers import SETTINGS, a_key, a_merchant, calling, the_app
from tests.plugins.bell import Bell, Ring, a_plugin, a_plugin_with_goods

PROXY = "/behind/a/proxy"
EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass
class Street:
    """Accounts go by the name of their shop; `client` is whoever calls the hub, with a platform key."""

    runtime: Runtime
    bell: Bell
    client: TestClient[Litestar]
    merchant: str
    accounts: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.runtime.database

    def joins(self, shop: str, *, merchant: str = "", plugin: str = "bell", app: str = "app-1") -> str:
        """Connect a shop, and have its webhooks registered."""
        owner = merchant or self.merchant
        self.switches(owner, plugin, enabled=True)
        wish = Wish(merchant_id=owner, plugin=plugin, settings={"shop": shop, "app": app})
        proof = prove(self.runtime.channels, wish)
        with self.database.writing() as db:
            account = bind(self.runtime.channels, db, proof, actor=CLI, starts_import=False).account
        self.accounts[shop] = account.id
        self.works()
        return account.id

    def switches(self, merchant: str, plugin: str = "bell", *, enabled: bool) -> None:
        with self.database.writing() as db:
            switching.turn(self.runtime.channels, db, merchant, plugin, enabled=enabled, actor=CLI)

    def delivers(
        self, ring: Ring, *, path: str = "", body: bytes | None = None, headers: Mapping[str, str] = EMPTY
    ) -> httpx.Response:
        """Bring a delivery to the hub through its proxy, as it is, or with another path, body or headers."""
        where = path or urlsplit(ring.url).path.removeprefix(PROXY)
        sent = {"Content-Type": "application/json", **ring.headers, **headers}
        return self.client.post(where, content=ring.body if body is None else body, headers=sent)

    def works(self) -> None:
        """Run what is due, until nothing is."""
        work = self.runtime.work
        ran = 1
        while ran:
            ran = sum(Runner(work).run_lane(lane) for lane in LANES)

    def passes(self, span: timedelta) -> None:
        """Let time pass, for who tells and who listens."""
        self.database.clock.offset += span

    def told(self) -> list[tuple[str, str, str]]:
        """What was kept and what became of it, the oldest first: kind, ref and outcome."""
        query = sa.select(webhook.c.kind, webhook.c.ref, webhook.c.outcome).order_by(webhook.c.id)
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(query)]

    def outcomes(self) -> list[tuple[str, str, str]]:
        """What became of each hint, the oldest first: ref, outcome and why."""
        query = sa.select(webhook.c.ref, webhook.c.outcome, webhook.c.reason).order_by(webhook.c.id)
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(query)]

    def refused(self) -> dict[str, int]:
        query = sa.select(webhook_refusal)
        counted: Counter[str] = Counter()
        with self.database.reading() as db:
            for row in db.execute(query).mappings():
                counted[row["code"]] += row["count"]
        return dict(counted)

    def orders(self) -> set[str]:
        with self.database.reading() as db:
            return set(db.execute(sa.select(sales_order.c.ref)).scalars())

    def hinted(self) -> set[str]:
        with self.database.reading() as db:
            return set(db.execute(sa.select(order_hint.c.ref)).scalars())

    def jobs(self, kind: str) -> list[str]:
        """The states of the jobs of a kind, the oldest first."""
        query = sa.select(jobs.tables.job.c.state).where(jobs.tables.job.c.kind == kind).order_by(jobs.tables.job.c.id)
        with self.database.reading() as db:
            return list(db.execute(query).scalars())


@contextmanager
def a_street(database: Database) -> Iterator[Street]:
    """One merchant whose shop 7 is connected, over this database, in a hub that is reached through a proxy."""
    url = database.engine.url.render_as_string(hide_password=False)
    bell = Bell(database.clock.now)
    lone, goods = a_plugin(bell, "lone", token_settings=()), a_plugin_with_goods(bell, "goods")
    hosts = load_hosts({"bell": a_plugin(bell), "lone": lone, "goods": goods})
    assert not hosts.refused, hosts.refused
    runtime = assemble(
        msgspec.structs.replace(SETTINGS, database_url=url, public_url=f"https://hub.example{PROXY}"), hosts
    )
    bell.clock = runtime.database.clock.now
    try:
        with the_app(runtime) as app, calling(app, a_key(database)) as client:
            street = Street(runtime, bell, client, a_merchant(database))
            street.joins("7")
            yield street
    finally:
        runtime.close()
