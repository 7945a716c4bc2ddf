"""Jobs per second, statements per job, enqueue to start, and claims behind the rows of a paused account.

The floor is what no queue in this database could beat: two committed one-row updates per job and nothing else.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.kernel import gate, jobs, migrating
from hub.kernel.db import Database, now
from hub.kernel.jobs.tables import job
from hub.settings import Settings
from hub.worker import run_embedded
from tests.servers import postgresql, redis_server

TRIVIAL = jobs.JobKind("bench.trivial")
THREADS = 16
COUNT = 2_000
PROBES = 150
PAUSED_ROWS = 100_000
ACCOUNTS = 20
ENGINE_TABLES = (job, gate.gate, gate.member, gate.seat)


def run() -> list[str]:
    """Measure on fresh servers of both sorts."""
    with tempfile.TemporaryDirectory() as folder, postgresql(durable=True) as server, redis_server() as redis:
        urls = [_migrated(f"sqlite:///{Path(folder) / 'hub.sqlite3'}"), _migrated(server.url)]
        return _run(urls, redis.url)


def _run(database_urls: list[str], redis_url: str) -> list[str]:
    """Measure on each database, which must be migrated and may be emptied; answer a line per figure."""
    lines = []
    for url in database_urls:
        database = Database(url, pool_size=2 * THREADS)
        name = "SQLite" if database.embedded else "PostgreSQL"
        try:
            lines += [f"{name:<10}  {line}" for line in _measure(database, url, "" if database.embedded else redis_url)]
        finally:
            database.dispose()
    return lines


def _measure(database: Database, url: str, redis_url: str) -> Iterator[str]:
    floor = _floor(database)
    yield f"floor, two committed updates of a row a job: {floor:,.0f} jobs/s, 1 thread"
    for threads in (1, THREADS):
        rate, statements = _drain(database, threads)
        share = f"{rate:,.0f} jobs/s = {rate / floor:.0%} of the floor"
        yield f"trivial jobs, {threads} threads: {share}, {statements:.1f} statements a job"
    for how, redis in (("wake-ups in memory", ""), ("wake-ups by Redis", redis_url)):
        if how == "wake-ups by Redis" and not redis:
            continue
        waits = _latencies(database, Settings(database_url=url, redis_url=redis, threads=4))
        middle, late = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
        yield f"enqueue → start, {how}: p50 {middle:.1f} ms, p95 {late:.1f} ms"
    free = _claim_milliseconds(database, paused_rows=0)
    behind = _claim_milliseconds(database, paused_rows=PAUSED_ROWS)
    told = f"behind {PAUSED_ROWS:,} due rows of a paused account: {behind:.2f} ms = {behind / free:.1f} ×"
    yield f"a claim: {free:.2f} ms; {told}"


def _drain(database: Database, threads: int) -> tuple[float, float]:
    """Jobs per second and statements per job, half of them of accounts with a cap."""
    _empty(database)
    with database.writing() as db:
        for n in range(ACCOUNTS):
            gate.ensure(db, f"account:{n}", cap=4 if n % 2 else None)
            gate.join(db, str(n), [f"account:{n}"])
        for n in range(COUNT):
            jobs.enqueue(db, TRIVIAL, account_id=str(n % ACCOUNTS), key=str(n))
    runner = jobs.Runner(jobs.Runtime(database=database, handlers={TRIVIAL: lambda job: jobs.Done()}))
    workers = [threading.Thread(target=runner.run_lane, args=("bulk",)) for _ in range(threads)]
    with _counted(database) as statements:
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        took = time.perf_counter() - began
    with database.reading() as db:
        done = db.execute(sa.select(sa.func.count()).where(job.c.state == "done")).scalar_one()
    return done / took, statements() / done


def _latencies(database: Database, settings: Settings) -> list[float]:
    """Milliseconds from the commit of a request to the first line of its handler, on an idle worker."""
    _empty(database)
    begun: dict[str, float] = {}
    arrived = threading.Event()

    def handle(job: jobs.Job) -> jobs.Settled:
        begun[job.key] = time.perf_counter()
        arrived.set()
        return jobs.Done()

    waits = []
    with run_embedded(jobs.Runtime(database=database, handlers={TRIVIAL: handle}), settings):
        for n in range(PROBES):
            arrived.clear()
            with database.writing() as db:
                jobs.enqueue(db, TRIVIAL, key=str(n))
            asked = time.perf_counter()
            arrived.wait(30)
            waits.append(max(0.0, begun[str(n)] - asked) * 1000)
            threading.Event().wait(0.02 + (n % 7) * 0.01)
    return waits


def _claim_milliseconds(database: Database, *, paused_rows: int) -> float:
    """The median claim while many rows of a paused account are due before the one that may run."""
    _empty(database)
    with database.writing() as db:
        gate.pause(db, "account:paused")
        gate.join(db, "paused", ["account:paused"])
    for start in range(0, paused_rows, 10_000):
        with database.writing() as db:
            for n in range(start, min(start + 10_000, paused_rows)):
                jobs.enqueue(db, TRIVIAL, account_id="paused", key=str(n))
    with database.writing() as db:
        for n in range(PROBES):
            jobs.enqueue(db, TRIVIAL, account_id=f"open-{n % ACCOUNTS}", key=str(n))
    _analyse(database)
    times = []
    for _ in range(PROBES):
        began = time.perf_counter()
        claimed = jobs.claim_next(database, "bulk", lease=timedelta(minutes=10))
        times.append((time.perf_counter() - began) * 1000)
        assert claimed is not None
        assert claimed.account_id != "paused"
    return statistics.median(times)


def _floor(database: Database) -> float:
    _empty(database)
    with database.writing() as db:
        jobs.enqueue(db, TRIVIAL)
    touch = sa.update(job).values(run_at=now())
    began = time.perf_counter()
    for _ in range(COUNT):
        with database.writing() as db:
            db.execute(touch)
    return COUNT / 2 / (time.perf_counter() - began)


@contextmanager
def _counted(database: Database) -> Iterator[Callable[[], int]]:
    count = 0

    def statement(*_: Any) -> None:  # Any: the arguments of SQLAlchemy's event
        nonlocal count
        count += 1

    sa.event.listen(database.engine, "before_cursor_execute", statement)
    try:
        yield lambda: count
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", statement)


def _empty(database: Database) -> None:
    with database.writing() as db:
        for table in ENGINE_TABLES:
            db.execute(sa.delete(table))
    _analyse(database)


def _analyse(database: Database) -> None:
    """What autovacuum does within a minute anyway; a bench does not wait for it."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.embedded else "VACUUM ANALYZE job")


def _migrated(url: str) -> str:
    database = Database(url)
    migrating.upgrade(database)
    database.dispose()
    return url
