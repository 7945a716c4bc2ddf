"""Orders made through HTTP against a bare Litestar handler that sends the same statements by the driver alone.

What one order costs is recorded first: every transaction of its request, the look at the key and the Idempotency-Key
among them. The floor sends just that, with ids of its own. Both have a uvicorn and sixteen threads, and are asked by
the same clients in turn. Levels that people change, 200 in a request, are measured alike.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
from hub_hookspecs import Address

from bench.imports import fresh, profiled
from bench.recorded import Recorded, others, recording
from bench.shop import Ware, stock_up
from hub.kernel import migrating
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from hub.orders.service import manual
from hub.orders.service.manual import WantedLine, WantedOrder
from hub.runtime import Runtime, assemble
from hub.settings import Settings
from tests.callers import a_key, calling, the_app
from tests.servers import Pause, free_port
from tests.slices.orders.till import RECIPIENT, Till
from tests.slices.stock.goods import Goods
from tests.world import RING, Json

SIZES = (1_000, 1_000_000)
ASKED = {1: 200, 16: 640, 64: 640}  # requests in a turn, by the number of clients
TURNS = 3
AIM = 0.60  # of the floor's requests a second
GROWTH = 1.3  # time of an order at the largest size, against the smallest
LINES = 200  # levels in one adjustment
SPARE = 300  # requests that the floor is made ready for beyond those that are measured
PATIENCE = 120.0


class Asked(NamedTuple):
    """What is asked for again and again: where, with what, how often by how many clients."""

    path: str
    body: Callable[[Sequence[Ware]], Json]
    wares: int
    requests: Mapping[int, int]


class Turn(NamedTuple):
    """Requests a second, the median of their milliseconds, and milliseconds of the server's CPU for each."""

    rate: float
    middle: float
    cpu: float


class Shop(NamedTuple):
    """A hub with a merchant whose goods are sold at a point of sale."""

    runtime: Runtime
    key: str
    merchant: str
    address: str
    account: str
    warehouse: str
    wares: list[Ware]

    def order(self) -> Asked:
        def body(wares: Sequence[Ware]) -> Json:
            lines = [{"product_id": one.product_id, "quantity": 1} for one in wares]
            return {"account_id": self.account, "source": "WhatsApp", "recipient": RECIPIENT, "lines": lines}

        return Asked(f"{self.address}/orders", body, 3, ASKED)

    def adjustment(self) -> Asked:
        def body(wares: Sequence[Ware]) -> Json:
            lines = [{"product_id": one.product_id, "quantity": 1} for one in wares]
            return {"warehouse_id": self.warehouse, "lines": lines, "reason": "counted"}

        return Asked(f"{self.address}/stock/adjustments", body, LINES, {1: 20})


def run(largest: int = SIZES[-1]) -> Iterator[str]:
    sizes = [size for size in SIZES if size <= largest] or [largest]
    for kind in ("sqlite", "postgresql"):
        with fresh(kind) as url:
            first: dict[str, tuple[Turn, Turn]] = {}
            for size in sizes:
                yield from _lines(kind, url(), size, first)


def _lines(kind: str, url: str, size: int, first: dict[str, tuple[Turn, Turn]]) -> Iterator[str]:
    with TemporaryDirectory(prefix="hub-bench-") as name, _shop(url, Path(name), size) as shop:
        for what, asked in (("orders", shop.order()), (f"adjustments of {LINES} levels", shop.adjustment())):
            recorded = _recorded(shop, asked)
            yield (
                f"{what} {kind:10} {size:>9,} listings: {recorded[0].statements} statements in "
                f"{len(recorded[0].transactions)} transactions, the key and the Idempotency-Key among them"
            )
            missed = False
            with _served(shop, asked, recorded, Path(name), url) as ports:
                for count in asked.requests:
                    ours, floor = _measured(shop, asked, ports, count)
                    yield _line(f"{what} {kind:10} {size:>9,} listings, {count:>2} clients", ours, floor)
                    missed = missed or ours.rate < AIM * floor.rate
                    if count == 1:
                        was, base = first.setdefault(what, (ours, floor))
                        growth = ours.middle / was.middle
                        yield (
                            f"       {what}: the median of one client is {growth:.2f} x smallest "
                            f"({_judged(growth <= GROWTH)} {GROWTH}), the floor's {floor.middle / base.middle:.2f}"
                        )
            if missed and what == "orders":
                yield from _profile(shop)


def _alone(shop: Shop, times: int = 200) -> None:
    """Make orders by the service alone, without the web."""
    dice = random.Random(7)
    for _ in range(times):
        wares = dice.sample(shop.wares, 3)
        wanted = WantedOrder(
            source="WhatsApp", recipient=Address(name="Ibu Sari", city="Bandung"),
            lines=tuple(WantedLine(quantity=1, product_id=one.product_id) for one in wares),
        )  # fmt: skip
        with shop.runtime.database.writing() as db:
            manual.create(db, shop.runtime.channels, shop.merchant, shop.account, wanted, actor=CLI)


def _profile(shop: Shop) -> Iterator[str]:
    """What an order costs without the web, and where that goes."""
    began, times = time.process_time(), 200
    _alone(shop, times)
    each = (time.process_time() - began) / times * 1e3
    yield f"       the service alone: {each:.2f} ms of CPU an order; profiled (calls, own seconds):"
    yield profiled(_alone, shop)


def _line(told: str, ours: Turn, floor: Turn) -> str:
    ratio = ours.rate / floor.rate
    return (
        f"{told}: {ours.rate:,.0f}/s of {floor.rate:,.0f}/s = {ratio:.0%} ({_judged(ratio >= AIM)} {AIM:.0%}); "
        f"CPU {ours.cpu:.2f} ms of {floor.cpu:.2f} ms each; p50 {ours.middle:.1f} ms of {floor.middle:.1f} ms"
    )


@contextmanager
def _shop(url: str, folder: Path, size: int) -> Iterator[Shop]:
    runtime = assemble(Settings(data_dir=folder, database_url=url, key_ring=RING))
    migrating.upgrade(runtime.database)
    goods, key = Goods(runtime.database), a_key(runtime.database)
    with the_app(runtime) as app, calling(app, key) as client:
        till = Till(goods, client)
        till.opens()
    wares = stock_up(runtime.database, goods.merchant, till.account, goods.named["main"], size)
    yield Shop(runtime, key, goods.merchant, till.address, till.account, goods.named["main"], wares)
    runtime.close()


def _recorded(shop: Shop, asked: Asked) -> tuple[Recorded, Recorded]:
    """The same request twice, once all is warm: what differs is a request's own."""
    found = []
    with the_app(shop.runtime) as app, calling(app, shop.key) as client:
        for _ in range(4):
            with recording(shop.runtime.database) as kept:
                answer = client.post(
                    asked.path, json=asked.body(shop.wares[: asked.wares]), headers={"Idempotency-Key": new_id()}
                )
            assert answer.status_code == 201, answer.text
            found.append(Recorded([each for each in kept if each], answer.text))
    return found[-2], found[-1]


@contextmanager
def _served(
    shop: Shop, asked: Asked, recorded: tuple[Recorded, Recorded], folder: Path, url: str
) -> Iterator[dict[str, tuple[int, int]]]:
    """Port and process id of the hub and of the floor."""
    ready = folder / new_id()
    ready.mkdir()
    dice, wares = random.Random(1), shop.wares[: asked.wares]

    def swapped() -> Mapping[str, str]:
        pairs = zip(wares, dice.sample(shop.wares, len(wares)), strict=True)
        return {
            old: new
            for was, now in pairs
            for old, new in zip(vars(was).values(), vars(now).values(), strict=True)
        }  # fmt: skip

    made = others(*recorded, swapped)
    most = TURNS * sum(asked.requests.values()) + SPARE
    for n in range(0, most, 500):
        content = msgspec.json.encode(list(itertools.islice(made, min(500, most - n))))
        (ready / f"{n:06d}.json").write_bytes(content)
    settings = msgspec.json.encode(shop.runtime.settings, enc_hook=str).decode()
    with ExitStack() as stack:
        yield {
            "hub": stack.enter_context(_process("hub", settings)),
            "floor": stack.enter_context(_process("floor", url, str(ready))),
        }


@contextmanager
def _process(*given: str) -> Iterator[tuple[int, int]]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.served", *given, str(port)])  # noqa: S603 - ourselves
    try:
        pause = Pause(PATIENCE)
        while not _listens(port):
            assert process.poll() is None, f"{given[0]} did not start"
            pause.briefly()
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.connect()
    except OSError:
        return False
    connection.close()
    return True


def _measured(shop: Shop, asked: Asked, ports: Mapping[str, tuple[int, int]], clients: int) -> tuple[Turn, Turn]:
    """The medians of some turns, ours and the floor's one after the other."""
    turns: dict[str, list[Turn]] = {"hub": [], "floor": []}
    for who in turns:
        _turn(shop, asked, *ports[who], clients, clients)  # warms up
    for _ in range(TURNS):
        for who, kept in turns.items():
            kept.append(_turn(shop, asked, *ports[who], clients, asked.requests[clients]))
    ours, floor = (Turn(*map(statistics.median, zip(*turns[who], strict=True))) for who in ("hub", "floor"))
    return ours, floor


def _turn(shop: Shop, asked: Asked, port: int, process: int, clients: int, requests: int) -> Turn:
    before = _cpu(process)
    with ThreadPoolExecutor(clients) as pool:
        began = time.monotonic()
        working = [pool.submit(_client, shop, asked, port, requests // clients) for _ in range(clients)]
        times = [each for one in working for each in one.result()]
        took = time.monotonic() - began
    return Turn(len(times) / took, statistics.median(times) * 1e3, (_cpu(process) - before) / len(times) * 1e3)


def _client(shop: Shop, asked: Asked, port: int, requests: int) -> list[float]:
    """Ask so often; gives the seconds of each answer."""
    dice, times = random.Random(new_id()), list[float]()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    line.connect()
    for _ in range(requests):
        body = json.dumps(asked.body(dice.sample(shop.wares, asked.wares)))
        headers = {
            "Authorization": f"Bearer {shop.key}", "Idempotency-Key": new_id(), "Content-Type": "application/json",
        }  # fmt: skip
        began = time.perf_counter()
        line.request("POST", asked.path, body, headers)
        answer = line.getresponse()
        text = answer.read()
        times.append(time.perf_counter() - began)
        assert answer.status == 201, text
    line.close()
    return times


def _cpu(process: int) -> float:
    """Seconds of CPU that a process has used."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _judged(met: bool) -> str:
    return "meets" if met else "MISSES"
