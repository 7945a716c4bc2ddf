"""Stock told to shops against bare httpx that sends the same calls, and how soon after an order a push is sent.

The shops are Tokopedia's sandboxes without a rate, in a process of their own. Sixteen accounts are told by sixteen
threads, and so are they by as many bare clients with the same bodies. What an order waits for is the time from its
answer to the arrival of the level at the shop, less what the shop itself took for calls in between.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import NamedTuple

import httpx
import sqlalchemy as sa
from hub_hookspecs import Capability, Channel, hookimpl
from hub_hookspecs.testing import serve
from hub_tokopedia import plugin as tokopedia
from hub_tokopedia.sandbox import TokopediaSandbox

from bench.imports import fresh, profiled
from bench.shop import stock_up
from hub.catalog.tables import listing
from hub.channels.host import load_hosts
from hub.channels.tables import place_map
from hub.kernel import jobs, migrating
from hub.kernel.ids import new_id
from hub.runtime import Runtime, assemble
from hub.settings import Settings
from hub.stock.tables import due_push, push
from hub.worker import run_embedded
from tests.acceptance.crosslisting.steps import opens_a_point_of_sale
from tests.servers import Pause, redis_server
from tests.slices.orders.till import RECIPIENT, list_at
from tests.slices.stock.goods import Goods
from tests.world import RING, Hub, Json, Merchant, embedded_hub, production_hub, reached

SIZES = (1_000, 1_000_000)
SHOPS, GOODS = 16, 100
BATCHES = (100, 1)  # figures in a call: what Tokopedia takes, and one
TURNS = {100: 5, 1: 2}
AIM = 0.80  # of the calls a second of bare httpx
GROWTH = 1.3
ORDERS = 30
SOON = {"embedded": 30.0, "production": 80.0}  # milliseconds
PATIENCE = 60.0
REST = 0.7  # seconds between two orders: the real plugin tells five times a second, and what it sent is settled
_OFFERS = frozenset({Capability.IMPORT_ITEMS, Capability.PUSH_STOCK})


class Turn(NamedTuple):
    """Calls and figures a second, and milliseconds of CPU for each call."""

    calls: float
    figures: float
    cpu: float


def unpaced(batch: int) -> ModuleType:
    """Tokopedia, told as fast as it takes it, so many figures in a call."""

    @hookimpl
    def describe_channel() -> Channel:
        whole = tokopedia.describe_channel()
        lacks = {**whole.lacks, **dict.fromkeys(whole.offers - _OFFERS, "the bench only tells stock")}
        return replace(
            whole, name=f"told{batch}", title="Told", rate=None, offers=_OFFERS, lacks=lacks, stock_batch=batch
        )

    plugin = ModuleType(f"told{batch}")
    plugin.__dict__.update(describe_channel=describe_channel)
    for hook in ("authenticate", "check_account", "import_items", "push_stock"):
        plugin.__dict__[hook] = getattr(tokopedia, hook)
    return plugin


def run(largest: int = SIZES[-1]) -> Iterator[str]:
    sizes = [size for size in SIZES if size <= largest] or [largest]
    for kind in ("sqlite", "postgresql"):
        with fresh(kind) as url:
            first: dict[int, Turn] = {}
            for size in sizes:
                yield from _told(kind, url(), size, first)
    yield from _soon()


def _told(kind: str, url: str, size: int, first: dict[int, Turn]) -> Iterator[str]:
    with (
        TemporaryDirectory(prefix="hub-bench-") as name,
        _shops() as settings,
        _fair(url, Path(name), settings) as fair,
    ):
        stock_up(fair.runtime.database, fair.goods.merchant, new_id(), fair.goods.named["main"], size)
        for batch in BATCHES:
            turns = [(fair.tells(batch), fair.bare(batch)) for _ in range(TURNS[batch])]
            ours, floor = (Turn(*map(statistics.median, zip(*each, strict=True))) for each in zip(*turns, strict=True))
            was = first.setdefault(batch, ours)
            named = f"pushes {kind:10} {size:>9,} listings, {batch:>3} in a call, {SHOPS} at once"
            yield _line(named, ours, floor, was.calls / ours.calls)
            if ours.calls < AIM * floor.calls:
                yield f"       by one thread, profiled (calls, own seconds):\n{fair.profile(batch)}"


def _line(named: str, ours: Turn, floor: Turn, growth: float) -> str:
    ratio = ours.calls / floor.calls
    return (
        f"{named}: {ours.calls:,.0f} calls/s ({ours.figures:,.0f} figures/s) of {floor.calls:,.0f}/s = {ratio:.0%} "
        f"({_judged(ratio >= AIM)} {AIM:.0%}); CPU {ours.cpu:.2f} ms of {floor.cpu:.2f} ms a call; "
        f"time {growth:.2f} x smallest ({_judged(growth <= GROWTH)} {GROWTH})"
    )


@contextmanager
def _shops() -> Iterator[list[Json]]:
    """Shops in a process of their own; gives the settings of each."""
    command = [sys.executable, "-m", "bench.pushes"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    assert process.stdin
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(PATIENCE)


@dataclass(frozen=True)
class _Fair:
    """A merchant whose goods are sold in all of the shops, under two plugins that differ in what goes into a call."""

    runtime: Runtime
    goods: Goods
    shops: Sequence[Json]
    accounts: dict[int, list[str]]

    def makes_due(self, batch: int) -> None:
        """Let all goods of these accounts be due."""
        database, mine = self.runtime.database, self.accounts[batch]
        for start in range(0, SHOPS * GOODS, 200):
            skus = [_sku(n // GOODS, n % GOODS) for n in range(start, start + 200)]
            self.goods.adjusts_all([(sku, 1) for sku in skus])
        with database.writing() as db:  # the other plugin's accounts show the same goods and are not asked
            db.execute(sa.delete(due_push).where(due_push.c.account_id.not_in(mine)))

    def tells(self, batch: int) -> Turn:
        """Let all of it be due, and tell it."""
        self.makes_due(batch)
        runner, before, cpu = jobs.Runner(self.runtime.work), self._confirmed(), time.process_time()
        began = time.monotonic()
        with ThreadPoolExecutor(SHOPS) as pool:
            for done in [pool.submit(runner.run_lane, "urgent") for _ in range(SHOPS)]:
                done.result()
        took, cpu = time.monotonic() - began, time.process_time() - cpu
        figures = self._confirmed() - before
        assert figures == SHOPS * GOODS, f"{figures} figures were confirmed"
        calls = SHOPS * -(-GOODS // batch)
        return Turn(calls / took, figures / took, cpu / calls * 1e3)

    def profile(self, batch: int) -> str:
        self.makes_due(batch)
        return profiled(jobs.Runner(self.runtime.work).run_lane, "urgent")

    def bare(self, batch: int) -> Turn:
        """Send the same calls, each shop's one after the other, with a client and a token of its own."""
        clients = [_logged_in(shop) for shop in self.shops]
        paths = [_path(shop, self._place(one)) for shop, one in zip(self.shops, self.accounts[batch], strict=True)]
        bodies = [self._bodies(account, batch) for account in self.accounts[batch]]
        cpu, began = time.process_time(), time.monotonic()
        with ThreadPoolExecutor(SHOPS) as pool:
            for done in [pool.submit(_send, *each) for each in zip(clients, paths, bodies, strict=True)]:
                done.result()
        took, cpu, count = time.monotonic() - began, time.process_time() - cpu, sum(map(len, bodies))
        for client in clients:
            client.close()
        return Turn(count / took, SHOPS * GOODS / took, cpu / count * 1e3)

    def _place(self, account: str) -> str:
        with self.runtime.database.reading() as db:
            mine = sa.select(place_map.c.place_ref).where(place_map.c.account_id == account)
            return str(db.execute(mine).scalar_one())

    def _bodies(self, account: str, batch: int) -> list[bytes]:
        with self.runtime.database.reading() as db:
            refs = list(db.execute(sa.select(listing.c.ref).where(listing.c.account_id == account)).scalars())
        rows = [{"product_id": int(ref), "new_stock": 7} for ref in refs]
        return [json.dumps(rows[start : start + batch]).encode() for start in range(0, GOODS, batch)]

    def _confirmed(self) -> int:
        with self.runtime.database.reading() as db:
            count = sa.select(sa.func.count()).select_from(push).where(push.c.status == "confirmed")
            return int(db.execute(count).scalar_one())


@contextmanager
def _fair(url: str, folder: Path, shops: Sequence[Json]) -> Iterator[_Fair]:
    hosts = load_hosts({f"told{batch}": unpaced(batch) for batch in BATCHES})
    assert not hosts.refused, hosts.refused
    settings = Settings(
        data_dir=folder, database_url=url, key_ring=RING, allow_loopback_channels=True, threads=SHOPS, sweep=0.5
    )
    runtime = assemble(settings, hosts)
    migrating.upgrade(runtime.database)
    with ExitStack() as stack:
        stack.enter_context(run_embedded(runtime.work, settings))
        merchant = reached(stack, runtime, "bench").merchant("Toko Batik Ayu", *hosts.loaded)
        goods = Goods(runtime.database, merchant.id)
        goods.sells(*(_sku(shop, n) for shop in range(SHOPS) for n in range(GOODS)))
        accounts = {batch: [_joined(merchant, f"told{batch}", one, goods) for one in shops] for batch in BATCHES}
        merchant.confirms_all()
        merchant.settles()
    yield _Fair(runtime, goods, shops, accounts)
    runtime.close()


def _joined(merchant: Merchant, plugin: str, shop: Json, goods: Goods) -> str:
    wish = {"plugin": plugin, "settings": shop, "preconditions_confirmed": True}
    made = merchant.call("POST", "/accounts", wish, status=201)
    merchant.waits_for(made["import_id"])
    account: Json = made["account"]
    mapping = [{"ref": account["places"][0]["ref"], "warehouses": [goods.named["main"]]}]
    merchant.call("PUT", f"/accounts/{account['id']}/places", {"places": mapping})
    return str(account["id"])


def _path(shop: Json, place: str) -> str:
    where = f"/inventory/v1/fs/{shop['fs_id']}/stock/update?shop_id={shop['shop_id']}"
    return f"{where}&bypass_update_product_status=true" + (f"&warehouse_id={place}" if place else "")


def _send(client: httpx.Client, path: str, bodies: Sequence[bytes]) -> None:
    for body in bodies:
        client.post(path, content=body).raise_for_status()


def _logged_in(shop: Json) -> httpx.Client:
    client = httpx.Client(base_url=shop["api_url"])
    answer = client.post("/token?grant_type=client_credentials", auth=(shop["client_id"], shop["client_secret"]))
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    client.headers["Content-Type"] = "application/json"
    return client


def _sku(shop: int, n: int) -> str:
    return f"KPS-{shop:02d}-{n:03d}"


def _soon() -> Iterator[str]:
    """How soon after an order the shop is told, on both forms."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="hub-bench-")))
        (folder / "one").mkdir()
        (folder / "two").mkdir()
        url = stack.enter_context(fresh("postgresql"))()
        redis = stack.enter_context(redis_server())
        with embedded_hub(folder / "one") as hub:
            yield _waited(hub)
        with production_hub(folder / "two", url, redis.url) as hub:
            yield _waited(hub)


def _waited(hub: Hub) -> str:
    with _Watched() as shop:
        merchant = hub.merchant("Toko Larasati", "tokopedia", "pos")
        goods = Goods(hub.runtime.database, merchant.id)
        goods.sells("KAOS")
        goods.adjusts("KAOS", 1_000)
        till = opens_a_point_of_sale(merchant)
        list_at(goods.database, merchant.id, till["id"], "KAOS")
        shop.sandbox.add("Kaos", "KAOS", stock=1)
        stall = merchant.connects(shop.sandbox)
        mapping = [{"ref": stall["places"][0]["ref"], "warehouses": [goods.named["main"]]}]
        merchant.call("PUT", f"/accounts/{stall['id']}/places", {"places": mapping})
        merchant.confirms(merchant.listing("KAOS", stall))
        merchant.settles()
        line = {"product_id": goods.named["KAOS"], "quantity": 1}
        order = {"account_id": till["id"], "source": "WhatsApp", "recipient": RECIPIENT, "lines": [line]}
        waits = [shop.after(lambda: merchant.call("POST", "/orders", order, status=201)) for _ in range(ORDERS)]
    middle, late = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
    most = SOON[hub.form]
    return (
        f"order to push sent, {hub.form}: p50 {middle:.0f} ms, p95 {late:.0f} ms beyond the shop's own time "
        f"({_judged(middle <= most)} {most:.0f} ms)"
    )


class _Watched:
    """A shop served here, and when it was called."""

    def __init__(self) -> None:
        self.sandbox = TokopediaSandbox(seed=1, size=0, rate=None)
        self._calls: list[tuple[str, float, float]] = []
        self._stack = ExitStack()

    def __enter__(self) -> _Watched:
        answer = self.sandbox.handle

        def handle(request: httpx.Request) -> httpx.Response:
            began = time.monotonic()
            given = answer(request)
            self._calls.append((request.url.path, began, time.monotonic()))
            return given

        self.sandbox.handle = handle  # type: ignore[method-assign]  # what every request goes through
        self._stack.enter_context(serve(self.sandbox))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def after(self, do: Callable[[], object]) -> float:
        """Milliseconds from the end of this until the shop is told a level, less those it took for other calls."""
        self._calls.clear()
        do()
        ended, pause = time.monotonic(), Pause(PATIENCE)
        while not (told := [each for each in self._calls if each[0].endswith("/stock/update")]):
            pause.briefly(0.002)
        arrived = told[0][1]
        taken = sum(end - max(began, ended) for _, began, end in self._calls if ended < end <= arrived)
        time.sleep(REST)
        return max(0.0, arrived - ended - taken) * 1e3


def _judged(met: bool) -> str:
    return "meets" if met else "MISSES"


def _serve_shops() -> None:
    """Serve the shops, tell their settings, and go when nobody listens any more."""
    with ExitStack() as stack:
        shops = [TokopediaSandbox(seed=100 + n, size=0, rate=None) for n in range(SHOPS)]
        for n, shop in enumerate(shops):
            for each in range(GOODS):
                shop.add("Kaos", _sku(n, each), stock=7)
            stack.enter_context(serve(shop))
        print(json.dumps([shop.settings() for shop in shops]), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve_shops()
