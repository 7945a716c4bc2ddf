"""The Bazaar behind its plugin, merchants who may use it, and the services over each database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa
from hub_hookspecs import ChannelError
from litestar import Litestar
from litestar.testing import TestClient

from hub.channels.host import load_hosts
from hub.channels.jobs import handlers
from hub.channels.service import switching
from hub.channels.service.authorising import bind
from hub.channels.service.proving import Wish, prove
from hub.channels.service.troubles import troubles
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import events, jobs
from hub.kernel.db import Database
from hub.kernel.errors import HubError
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.jobs import Handlers
from hub.kernel.sealing import parse_ring
from hub.runtime import Runtime
from hub.settings import Settings
from tests.callers import a_key, a_merchant, calling, the_app
from tests.slices.channels.shops import SECRET, Bazaar, a_plugin

Client = TestClient[Litestar]
RING = "old:" + "A" * 43 + "="


@pytest.fixture
def bazaar(database: Database) -> Bazaar:
    return Bazaar(database.clock.now)


@pytest.fixture
def channels(database: Database, bazaar: Bazaar) -> Iterator[Channels]:
    http = ChannelHttp(database)
    yield Channels(
        database=database,
        hosts=load_hosts({"bazaar": a_plugin(bazaar), "broken": a_plugin(bazaar, "misnamed")}),
        ring=parse_ring(RING),
        http=http,
        public_url="https://hub.example/",
    )
    http.close()


@pytest.fixture
def merchant(channels: Channels) -> str:
    return a_merchant_with(channels)


@pytest.fixture
def client(channels: Channels) -> Iterator[Client]:
    with an_api(channels) as client:
        yield client


@contextmanager
def an_api(channels: Channels) -> Iterator[Client]:
    """The API over these channels, as a platform key calls it."""
    database = channels.database
    runtime = Runtime(settings=Settings(), database=database, ring=channels.ring, channels=channels)
    with the_app(runtime) as app, calling(app, a_key(database)) as client:
        yield client


def connect(client: Client, merchant: str, *, key: str = "", **changes: Any) -> Any:  # Any: settings; an answer
    body = {"plugin": "bazaar", "settings": settings(**changes), "preconditions_confirmed": True}
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/v1/merchants/{merchant}/accounts", json=body, headers=headers)


def account_url(client: Client, merchant: str) -> str:
    answer = connect(client, merchant)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


@pytest.fixture
def rival(channels: Channels) -> str:
    return a_merchant_with(channels, name="Toko Sebelah")


def a_merchant_with(channels: Channels, plugin: str = "bazaar", name: str = "Toko Batik Ayu") -> str:
    merchant = a_merchant(channels.database, name)
    with channels.database.writing() as db:
        switching.turn(channels, db, merchant, plugin, enabled=True, actor=CLI)
    return merchant


def settings(**changes: Any) -> dict[str, Any]:  # Any: whatever a person types in
    return {"app": "app-1", "app_secret": SECRET, "shop": "7", **changes}


def authorise(
    channels: Channels,
    merchant: str,
    *,
    plugin: str = "bazaar",
    confirmed: bool = True,
    starts_import: bool = True,
    **changes: Any,  # Any: see settings
) -> AccountRow:
    """Connect a shop of the Bazaar as the API and the CLI do."""
    typed = settings(**changes)
    wish = Wish(merchant_id=merchant, plugin=plugin, settings=typed, preconditions_confirmed=confirmed)
    proof = prove(channels, wish)
    with channels.database.writing() as db:
        return bind(channels, db, proof, actor=CLI, starts_import=starts_import).account


def count(database: Database, *tables: sa.Table) -> list[int]:
    with database.reading() as db:
        return [db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables]


def events_of(database: Database, merchant: str) -> list[str]:
    """What happened to the merchant, oldest first."""
    with database.reading() as db:
        return [event.kind for event in reversed(events.listing(db, merchant, limit=100))]


def together(calls: Sequence[Callable[[], object]]) -> list[object]:
    """Run the calls at the same moment; what one raises is its result."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return call()
        except (HubError, ChannelError) as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def run_jobs(channels: Channels, more: Handlers = MappingProxyType({})) -> None:
    """Run what is due until nothing is, with the consequences that failures have."""
    handled = {**handlers(channels), **more}
    runner = jobs.Runner(
        jobs.Runtime(database=channels.database, handlers=handled, troubles=partial(troubles, channels))
    )
    for lane in jobs.LANES:
        runner.run_lane(lane)
