"""The vocabulary of the scenarios: a hub in one of its two forms, its merchants, and the shops that they connect."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import msgspec
from hub_hookspecs import Capability, Channel, hookimpl
from hub_hookspecs.testing import Sandbox, serve
from hub_tokopedia.sandbox import TokopediaSandbox
from msgspec import structs

from hub.channels.host import Hosts, load_hosts
from hub.kernel import migrating
from hub.kernel.api.policy import Access
from hub.kernel.events import CLI
from hub.kernel.jobs.broker import Broker
from hub.kernel.jobs.records import Caretaker
from hub.merchants import service as merchants
from hub.runtime import Runtime, assemble
from hub.server import serving
from hub.settings import Settings
from hub.worker import run_embedded
from tests.plugins import boastful, jd_like, woo_like
from tests.servers import Pause

Json = dict[str, Any]  # Any: answers of the API
RING = "tests:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
DAILY = 1440  # minutes: whatever a scenario counts, no poll comes in between
UNHURT = 200  # requests in the time that a channel declares, at which it does not notice us
PATIENCE = 60.0  # seconds; far more than any scenario takes
# The hub closes a connection that lay idle for 5 s: who lets go of it at the same moment may call into its end.
BRIEFLY = httpx.Limits(keepalive_expiry=1.0)
_seeds = itertools.count(1)


def hosts() -> Hosts:
    """What is installed, one of it at its declared pace, what others declare, and one plugin that must be refused."""
    installed = {entry.name: entry.load() for entry in entry_points(group="hub.plugins")}
    paced = declared_as(installed["tokopedia"], lambda channel: replace(channel, name="paced"))
    prompt = {name: declared_as(plugin, _prompt) for name, plugin in installed.items()}
    others = {"jd_like": jd_like, "woo_like": woo_like, "boastful": boastful, "firm": _firm(prompt["fastock_my"])}
    return load_hosts({**prompt, "paced": paced, **others})


def declared_as(plugin: ModuleType, declare: Callable[[Channel], Channel]) -> ModuleType:
    """The plugin as it is, but for what it declares."""
    other = ModuleType(plugin.__name__)
    vars(other).update(vars(plugin))

    @hookimpl
    def describe_channel() -> Channel:
        return declare(plugin.describe_channel())

    vars(other)["describe_channel"] = describe_channel
    return other


def _firm(plugin: ModuleType) -> ModuleType:
    """The same 3PL, which stops nothing that it has taken."""
    cancelling, lacks = Capability.CANCEL_OUTBOUND, "what it has taken it sends"
    found = declared_as(
        plugin,
        lambda channel: replace(
            channel, name="firm", offers=channel.offers - {cancelling}, lacks={**channel.lacks, cancelling: lacks}
        ),
    )
    delattr(found, cancelling.value)
    return found


def _prompt(channel: Channel) -> Channel:
    """For sandboxes that count no requests, and whose orders are never behind their stock: nothing waits for either."""
    rate = structs.replace(channel.rate, requests=UNHURT) if channel.rate else None
    return replace(channel, orders_visible_after=timedelta(), rate=rate)


@dataclass(frozen=True, kw_only=True)
class Hub:
    """A running hub, reached over HTTP as the platform team reaches it."""

    form: str
    api: httpx.Client
    runtime: Runtime
    worker: subprocess.Popen[bytes] | None = None  # where it is a process of its own

    @cached_property
    def caretakers(self) -> Mapping[str, Caretaker]:
        """Those of one process: each goes on where its last round has ended."""
        return self.runtime.work.caretakers

    def call(self, method: str, path: str, body: object = None, *, status: int = 200, **headers: str) -> Json:
        answer = self.api.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        found: Json = answer.json()
        return found

    def merchant(self, name: str = "Toko Batik Ayu", *plugins: str) -> Merchant:
        merchant = Merchant(hub=self, id=self.call("POST", "/v1/merchants", {"name": name}, status=201)["id"])
        for plugin in plugins or ("tokopedia",):
            merchant.call("PUT", f"/plugins/{plugin}", {"enabled": True})
        return merchant


@dataclass(frozen=True, kw_only=True)
class Merchant:
    """One merchant, and what the platform team does on its behalf."""

    hub: Hub
    id: str

    def call(self, method: str, path: str, body: object = None, *, status: int = 200, **headers: str) -> Json:
        return self.hub.call(method, f"/v1/merchants/{self.id}{path}", body, status=status, **headers)

    def all(self, path: str) -> list[Json]:
        """Every row of a list, page by page."""
        rows: list[Json] = []
        following: str | None = f"/v1/merchants/{self.id}{path}"
        while following:
            page = self.hub.call("GET", following)
            rows += page["items"]
            following = page["next"]
        return rows

    def traces(self) -> dict[str, list[Json]]:
        """Everything that the hub shows of this merchant; equal before and after where nothing was written."""
        return {kept: self.all(f"/{kept}?limit=200") for kept in ("accounts", "events", "jobs", "listings", "products")}

    def connects(self, shop: Sandbox, plugin: str = "tokopedia") -> Json:
        """Authorise a shop and wait for what starts by itself: imports, and the registering of webhooks and keys."""
        connected = self.asks_to_connect(shop, plugin)
        self.waits_for(connected["import_id"])
        account: Json = connected["account"]
        self.waits_for_the_rest(account)
        return account

    def waits_for_the_rest(self, account: Json) -> None:
        """Wait until nothing is left to be registered on the channel's side for this account, nor of its orders."""
        pause, kinds = Pause(PATIENCE), {"channels.connect", "orders.import"}
        while any(
            job["finished_at"] is None and job["account_id"] == account["id"] and job["kind"] in kinds
            for job in self.all("/jobs?limit=200")
        ):
            pause.briefly()

    def asks_to_connect(self, shop: Sandbox, plugin: str = "tokopedia", *, status: int = 201, **settings: str) -> Json:
        wish = {"plugin": plugin, "settings": shop.settings() | settings, "preconditions_confirmed": True}
        return self.call("POST", "/accounts", wish, status=status)

    def imports(self, account: Json) -> Json:
        """Start an import and wait for its end."""
        begun = self.call("POST", f"/accounts/{account['id']}/imports", status=202)
        return self.waits_for(begun["id"])

    def waits_for(self, import_id: str, state: str = "done") -> Json:
        pause = Pause(PATIENCE)
        while not (now := self.call("GET", f"/imports/{import_id}"))["finished_at"]:
            pause.briefly()
        assert now["state"] == state, now
        return now

    def settles(self) -> None:
        """Wait until nothing of this merchant's is left to do."""
        pause = Pause(PATIENCE)
        while any(job["finished_at"] is None for job in self.all("/jobs?limit=200")):
            pause.briefly()

    def listings(self, query: str = "") -> list[Json]:
        return self.all(f"/listings?limit=200&{query}")

    def listing(self, sku: str, account: Json | None = None) -> Json:
        found = self.listings(f"sku={sku}" + (f"&account_id={account['id']}" if account else ""))
        assert len(found) == 1, found
        return found[0]

    def products(self) -> list[Json]:
        return self.all("/products?limit=200")

    def confirms(self, listing: Json, *, status: int = 200) -> Json:
        return self.call("POST", f"/listings/{listing['id']}/confirm", status=status)

    def confirms_all(self, **chosen: str) -> Json:
        """Tick the box that selects everything, press Confirm and wait."""
        job = self.call("POST", "/listings/confirm", {"filter": chosen}, status=202)
        pause = Pause(PATIENCE)
        while not (now := self.call("GET", f"/jobs/{job['id']}"))["finished_at"]:
            pause.briefly()
        return now


def a_sandbox(size: int = 0, *, rate: float | None = None) -> TokopediaSandbox:
    """A Tokopedia shop of its own with `size` goods of all sorts, not served yet."""
    return TokopediaSandbox(seed=next(_seeds) + os.getpid() % 1_000 * 10_000, size=size, rate=rate)


@contextmanager
def a_shop(size: int = 0) -> Iterator[TokopediaSandbox]:
    """The same, served on loopback."""
    sandbox = a_sandbox(size)
    with serve(sandbox):
        yield sandbox


@contextmanager
def embedded_hub(folder: Path, *, allow_loopback: bool = True, plugins: Hosts | None = None) -> Iterator[Hub]:
    """One process, SQLite, no server; with the plugins of the tests, or exactly `plugins`."""
    settings = Settings(data_dir=folder, allow_loopback_channels=allow_loopback, sweep=0.5, order_poll=DAILY)
    with ExitStack() as stack:
        runtime = _opened(stack, settings, plugins)
        stack.enter_context(run_embedded(runtime.work, settings))
        yield reached(stack, runtime, "embedded")


@contextmanager
def production_hub(folder: Path, postgres_url: str, redis_url: str) -> Iterator[Hub]:
    """PostgreSQL, Redis, the API here and a worker in a process of its own."""
    settings = Settings(
        data_dir=folder, database_url=postgres_url, redis_url=redis_url, key_ring=RING, allow_loopback_channels=True,
        sweep=0.5, order_poll=DAILY,
    )  # fmt: skip
    with ExitStack() as stack:
        runtime = _opened(stack, settings)
        worker = stack.enter_context(worker_process(settings))
        runtime.database.waker = Broker(redis_url).send
        yield replace(reached(stack, runtime, "production"), worker=worker)


@contextmanager
def worker_process(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of this hub, with the plugins of the tests."""
    given = msgspec.json.encode(settings, enc_hook=str).decode()
    process = subprocess.Popen([sys.executable, "-m", "tests.worker_process", given])  # noqa: S603 - ourselves
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _opened(stack: ExitStack, settings: Settings, plugins: Hosts | None = None) -> Runtime:
    runtime = assemble(settings, plugins or hosts())
    stack.callback(runtime.close)
    migrating.upgrade(runtime.database)
    return runtime


def reached(stack: ExitStack, runtime: Runtime, form: str) -> Hub:
    """Serve the API of this runtime, with a key to call it."""
    with runtime.database.writing() as db:
        environment = runtime.settings.environment
        _, key = merchants.create_key(
            db, "tests", environment=environment, merchants=None, access=Access.ADMIN, expires_at=None, actor=CLI
        )
    address = stack.enter_context(serving(runtime, host="127.0.0.1", port=0))
    return Hub(form=form, api=stack.enter_context(calling(address, key)), runtime=runtime)


def calling(address: str, key: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=address, headers=headers, timeout=PATIENCE, limits=BRIEFLY)
