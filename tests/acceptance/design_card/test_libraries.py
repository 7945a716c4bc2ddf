"""Row K-08: each library that the card names does the work that it is made for, watched while the hub runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any, NamedTuple

import httpx
import pluggy
import pytest
import redis
import sqlalchemy as sa
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.worker import _WorkerThread
from hub_hookspecs.testing import faults, serve
from hub_tokopedia.sandbox import TokopediaSandbox
from litestar import Litestar

from hub.app import create_app
from hub.kernel import migrating
from hub.kernel.db import metadata
from hub.kernel.jobs.broker import Broker
from tests.acceptance.verdict import Verdicts
from tests.servers import Pause
from tests.world import PATIENCE, Hub, Merchant, a_sandbox, worker_process

pytestmark = pytest.mark.row("K-08")
HEARTBEATS = "hub:__heartbeats__"  # where Dramatiq notes which workers are alive


def test_pluggy_carries_the_calls_of_a_plugins_hooks(merchant: Merchant, shop: TokopediaSandbox) -> None:
    manager = merchant.hub.runtime.channels.hosts.loaded["tokopedia"]._calls._manager

    with _hooks_called(manager) as called:
        merchant.connects(shop)

    assert isinstance(manager, pluggy.PluginManager)
    assert {"authenticate", "check_account"} <= set(called)


def test_litestar_routes_every_path_that_the_hub_describes(hub: Hub) -> None:
    app = create_app(hub.runtime)

    described = hub.call("GET", "/openapi.json")["paths"]
    routed = {route.path_format for route in app.routes}
    assert isinstance(app, Litestar)
    assert described.keys() <= routed


def test_sqlalchemy_speaks_to_the_database(merchant: Merchant) -> None:
    statements: list[str] = []
    engine = merchant.hub.runtime.database.engine

    def note(connection: sa.Connection, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        merchant.call("GET", "/accounts")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)

    assert any("FROM account" in statement for statement in statements)


def test_alembic_brought_the_database_to_the_newest_revision_with_every_table(hub: Hub) -> None:
    with hub.runtime.database.reading() as db:
        (revision,) = db.execute(sa.text("SELECT version_num FROM alembic_version")).scalars()
        tables = set(sa.inspect(db.connection).get_table_names())

    assert revision == migrating.newest()
    assert metadata.tables.keys() < tables


class WakeUp(NamedTuple):
    """What a broker told Redis about one wake-up: enqueued or acknowledged, by whom."""

    verb: str
    queue: str
    broker: str
    message: str


def test_dramatiq_carries_a_wake_up_through_redis_from_the_api_to_the_worker_process(
    production: Hub, shop: TokopediaSandbox
) -> None:
    merchant = production.merchant()
    api = _broker(production)
    assert isinstance(api, RedisBroker)

    sent: set[str] = set()
    with _watching(production.runtime.settings.redis_url) as monitor:
        merchant.connects(shop)
        for wake_up in _wake_ups(monitor):
            if wake_up.queue == "hub.bulk" and wake_up.verb == "enqueue" and wake_up.broker == api.broker_id:
                sent.add(wake_up.message)
            if wake_up.verb == "ack" and wake_up.message in sent:
                break

    assert wake_up.broker != api.broker_id, "another process has taken it"


def test_dramatiqs_worker_threads_run_the_jobs_of_the_embedded_form(embedded: Hub) -> None:
    broker = _broker(embedded)
    threads = [thread for thread in threading.enumerate() if isinstance(thread, _WorkerThread)]

    assert isinstance(broker, StubBroker)
    ours = [thread for thread in threads if thread.broker is broker]
    assert len(ours) == embedded.runtime.settings.threads


def test_a_worker_process_that_is_told_to_stop_shuts_down_by_itself(production: Hub) -> None:
    settings = production.runtime.settings

    with redis.Redis.from_url(settings.redis_url) as queue:
        before = set(queue.zrange(HEARTBEATS, 0, -1))
        with worker_process(settings) as worker:
            pause = Pause(PATIENCE)
            while not set(queue.zrange(HEARTBEATS, 0, -1)) - before:
                pause.briefly()

    assert worker.returncode == 0


def test_redis_is_part_of_being_ready_where_it_is_used(hub: Hub) -> None:
    parts = hub.call("GET", "/readyz")["parts"]

    assert parts == {"database": "ok"} | ({"broker": "ok"} if hub.form == "production" else {})


def test_httpx_speaks_to_the_channel(merchant: Merchant) -> None:
    shop = faults.Faulty(a_sandbox())

    with serve(shop):
        merchant.connects(shop)

    assert {request.headers["user-agent"] for request in shop.requests} == {f"python-httpx/{httpx.__version__}"}


def test_pytest_holds_the_run_against_the_acceptance_table(pytestconfig: pytest.Config) -> None:
    assert isinstance(pytestconfig.pluginmanager.get_plugin("acceptance-verdicts"), Verdicts)


@contextmanager
def _hooks_called(manager: pluggy.PluginManager) -> Iterator[list[str]]:
    called: list[str] = []

    def before(hook: str, *_: Any) -> None:  # Any: pluggy's own signature
        called.append(hook)

    undo = manager.add_hookcall_monitoring(before, lambda *_: None)
    yield called
    undo()


def _broker(hub: Hub) -> object:
    waker = hub.runtime.database.waker
    assert isinstance(waker, MethodType)
    assert isinstance(waker.__self__, Broker)
    return waker.__self__.broker


def _watching(url: str) -> redis.client.Monitor:
    watched: redis.client.Monitor = redis.Redis.from_url(url, socket_timeout=PATIENCE).monitor()  # type: ignore[no-untyped-call]  # redis-py leaves this one out
    return watched


def _wake_ups(monitor: redis.client.Monitor) -> Iterator[WakeUp]:
    """Read Dramatiq's script calls: … verb, instant, queue, broker, three settings, size, message id."""
    while command := monitor.next_command():  # type: ignore[no-untyped-call]  # as above
        words = command["command"].split()
        for verb in ("enqueue", "ack"):
            if verb in words[:8]:
                at = words.index(verb)
                yield WakeUp(verb, words[at + 2], words[at + 3], words[at + 8])
