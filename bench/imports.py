"""Imports per second against the raw driver, on both databases; each size in a process of its own.

The floor is what no import could beat: `executemany` of ready-made rows with the same columns, indexes and rows per
commit, and nothing else. Ours is the whole job: claim, plugin, the host's check of every item, classes, counts, cursor.
Neither counts the time that the bench itself takes to make its rows or items.
"""

from __future__ import annotations

import contextlib
import cProfile
import io
import json
import pstats
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import httpx
import msgspec
import psycopg
import sqlalchemy as sa
from hub_hookspecs import Account, AccountCheck, Capability, Channel, Item, Kind, Money, Page, Paper, hookimpl

from bench.memory import peak_mib
from hub.catalog.jobs import Importer, Shop, import_items
from hub.catalog.service.imports import IMPORT_ITEMS, enqueue
from hub.catalog.store.listings import COLUMNS
from hub.catalog.tables import listing
from hub.channels.host import OpenDoor, load_hosts
from hub.kernel import jobs, migrating
from hub.kernel.db import Database
from hub.kernel.ids import new_id
from tests.servers import postgresql

SIZES = (10_000, 100_000, 1_000_000)
PER_COMMIT = (50, 500)  # Tokopedia's page, and one ten times as large
AIM = 0.40  # of the floor's rows per second, at least
GROWTH = 1.3  # time per row at any size, against the smallest, at most
MEMORY = 1.2  # peak memory at any size, against the smallest, at most
PRICE = Money(amount=Decimal("149000"), currency="IDR")


class Measured(NamedTuple):
    """One import or floor: rows per second and the peak memory of its process in MiB."""

    rate: float
    peak: float


class NoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The bench's plugin needs none."""


def item(number: int) -> Item:
    return Item(
        ref=str(number),
        sku=f"KPS-{number % 900_000:07d}-M" if number % 20 else "",
        name=f"Kaos Polos Cotton Combed 30s Lengan Pendek nomor {number}",
        active=True,
        quantity=7,
        price=PRICE,
        options={"Warna": "Hitam", "Ukuran": "M"},
        weight_g=180,
        url=f"https://example.com/p/{number}",
        raw_status="1",
    )


class Pages:
    """The channel's answers, and the seconds that it took to make them."""

    seconds = 0.0

    def read(self, size: int, per_commit: int) -> Iterator[Page[Item]]:
        for start in range(0, size, per_commit):
            begun = time.perf_counter()
            records = tuple([item(number) for number in range(start, min(start + per_commit, size))])
            self.seconds += time.perf_counter() - begun
            yield Page(records=records, cursor=str(start + per_commit))


def plugin(pages: Pages, size: int, per_commit: int) -> ModuleType:
    module = ModuleType("bench_plugin")

    @hookimpl
    def describe_channel() -> Channel:
        offers = frozenset({Capability.IMPORT_ITEMS})
        lacks = dict.fromkeys(set(Capability) - offers, "the bench only imports")
        papers = dict.fromkeys(Paper, "the bench ships nothing")
        return Channel(
            name="bench", title="Bench", kind=Kind.MARKETPLACE, settings=NoSettings, offers=offers, lacks=lacks,
            lacks_papers=papers,
        )  # fmt: skip

    @hookimpl
    def check_account(account: Account[Any]) -> AccountCheck:  # Any: the contract's signature
        return AccountCheck(identity="bench", name="Bench")

    @hookimpl
    def import_items(account: Account[Any], cursor: str) -> Iterator[Page[Item]]:  # Any: the contract's signature
        return pages.read(size, per_commit)

    for hook in (describe_channel, check_account, import_items):
        setattr(module, hook.__name__, hook)
    return module


def ours(database: Database, size: int, per_commit: int) -> float:
    """Run one import job; gives its seconds."""
    pages = Pages()
    host = load_hosts({"bench": plugin(pages, size, per_commit)}).loaded["bench"]
    account = Account(id="bench", merchant_id="bench", settings=NoSettings(), token="", http=httpx.Client())
    shop = Shop(merchant_id="bench", host=host, door=OpenDoor(account=account))
    importer = Importer(database=database, open_shop=lambda _: shop, may_go_on=lambda db, account_id: True)
    handlers = {IMPORT_ITEMS: lambda job: import_items(job, importer)}
    with database.writing() as db:
        enqueue(db, "bench", "bench")
    begun = time.perf_counter()
    jobs.Runner(jobs.Runtime(database=database, handlers=handlers)).run_lane(IMPORT_ITEMS.lane)
    seconds = time.perf_counter() - begun - pages.seconds
    with database.reading() as db:
        found = db.execute(sa.select(sa.func.count()).select_from(listing)).scalar_one()
    assert found == size, f"{found} listings of {size} items"
    return seconds


def floor(database: Database, size: int, per_commit: int, *, copy: bool = False) -> float:
    """Write ready-made rows; gives the seconds spent in the driver, not those of making the rows."""
    mark = "?" if database.embedded else "%s"
    insert = f"INSERT INTO listing ({', '.join(COLUMNS)}) VALUES ({', '.join([mark] * len(COLUMNS))})"  # noqa: S608 - our own columns
    write: Callable[[Any, list[tuple[Any, ...]]], object] = (
        _copy if copy else lambda raw, rows: _many(raw, insert, rows)
    )  # Any: either driver
    connection = database.engine.raw_connection()
    seconds, numbers = 0.0, iter(range(size))
    while rows := [_row(number) for number in islice(numbers, per_commit)]:
        begun = time.perf_counter()
        write(connection.driver_connection, rows)
        seconds += time.perf_counter() - begun
    connection.close()
    return seconds


def _many(raw: Any, insert: str, rows: list[tuple[Any, ...]]) -> None:  # Any: either driver
    cursor = raw.cursor()
    if isinstance(raw, psycopg.Connection):
        cursor.executemany(insert, rows)
        raw.commit()
        return
    cursor.execute("BEGIN IMMEDIATE")
    cursor.executemany(insert, rows)
    cursor.execute("COMMIT")


def _copy(raw: Any, rows: list[tuple[Any, ...]]) -> None:  # Any: psycopg only
    with raw.cursor().copy(f"COPY listing ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    raw.commit()


def _row(number: int) -> tuple[Any, ...]:  # Any: as the database stores them
    one = item(number)
    sku_class = "unmatched" if one.sku else "empty"
    return (
        new_id(), "bench", "bench", one.ref, "", one.sku, one.sku, one.name, one.name.casefold(), "149000", "IDR",
        True, 7, '{"options":{"Warna":"Hitam","Ukuran":"M"},"weight_g":180,"raw_status":"1"}', number, "pending",
        sku_class, True, 1_790_000_000_000_000, "bench", 1_790_000_000_000_000, one.sku.replace("-", "").casefold(), "",
    )  # fmt: skip


def measure(url: str, what: str, size: int, per_commit: int) -> Measured:
    """In this process: migrate a fresh database, then one import or floor."""
    database = Database(url)
    migrating.upgrade(database)
    run = {"ours": ours, "floor": floor, "copy": lambda *given: floor(*given, copy=True)}[what]
    seconds = run(database, size, per_commit)
    database.dispose()
    return Measured(size / seconds, peak_mib())


def _apart(url: str, what: str, size: int, per_commit: int) -> Measured:
    """The same in a process of its own: memory has a peak per process."""
    return Measured(*json.loads(_said(url, what, size, per_commit)))


def _said(*given: object) -> str:
    command = [sys.executable, "-m", "bench.imports", *map(str, given)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ourselves


def profile(url: str, size: int, per_commit: int) -> str:
    """Where the time of one import goes."""
    database = Database(url)
    migrating.upgrade(database)
    return profiled(ours, database, size, per_commit)


def profiled(what: Callable[..., object], *given: object) -> str:
    """Where the time of one call goes, by the functions' own seconds."""
    profiler, text = cProfile.Profile(), io.StringIO()
    profiler.runcall(what, *given)
    pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(12)
    found = [line.strip() for line in text.getvalue().splitlines() if re.match(r"\s+\d", line)]
    return "\n".join(f"       {line.replace(f'{Path.cwd()}/', '')}" for line in found[1:])


@contextlib.contextmanager
def fresh(kind: str) -> Iterator[Callable[[], str]]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
            numbers = iter(range(1_000))
            yield lambda: f"sqlite:///{Path(folder) / str(next(numbers))}.sqlite3"
        return
    with postgresql(durable=True) as server, contextlib.ExitStack() as stack:
        from tests.conftest import fresh as copy_of  # noqa: PLC0415 - pytest, which a single measurement must not load

        yield lambda: stack.enter_context(copy_of(server))


def run(largest: int = SIZES[-1]) -> Iterator[str]:
    sizes = [size for size in SIZES if size <= largest]
    for kind in ("sqlite", "postgresql"):
        with fresh(kind) as url:
            for per_commit in PER_COMMIT:
                yield from _lines(kind, url, sizes, per_commit)


def _lines(kind: str, url: Callable[[], str], sizes: Sequence[int], per_commit: int) -> Iterator[str]:
    first: Measured | None = None
    floors: list[float] = []
    for size in sizes:
        base = _apart(url(), "floor", size, per_commit)
        floors.append(base.rate)
        mine = _apart(url(), "ours", size, per_commit)
        first = first or mine
        ratio, told = mine.rate / base.rate, f"{size:>9,} items, {per_commit} a commit"
        memory, growth = mine.peak / first.peak, first.rate / mine.rate
        yield (
            f"import {kind:10} {told}: {mine.rate:>8,.0f}/s of {base.rate:>8,.0f}/s = {ratio:4.0%} "
            f"({_judged(ratio >= AIM)} {AIM:.0%}); peak {mine.peak:.0f} MiB, {memory:.2f} x smallest "
            f"({_judged(memory <= MEMORY)} {MEMORY}); time per row {growth:.2f} x smallest "
            f"({_judged(growth <= GROWTH)} {GROWTH}), the floor's {floors[0] / base.rate:.2f}"
        )
        if ratio < AIM or memory > MEMORY or growth > GROWTH:
            yield f"       the same import profiled (calls, own seconds):\n{_said(url(), 'profile', size, per_commit)}"
    if kind == "postgresql":
        copy = _apart(url(), "copy", sizes[0], per_commit)
        yield f"       COPY {sizes[0]:>9,} rows,  {per_commit} a commit: {copy.rate:>8,.0f}/s"


def _judged(met: bool) -> str:
    return "meets" if met else "MISSES"


if __name__ == "__main__":
    # One measurement: a database URL, what to run, how many rows, how many a commit.
    at, what_to_run, rows, a_commit = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if what_to_run == "profile":
        print(profile(at, rows, a_commit))
    else:
        print(json.dumps(measure(at, what_to_run, rows, a_commit)))
