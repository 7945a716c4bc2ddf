"""Linking as a catalogue grows: confirming all that waits, taking it back, and answers among very many listings.

Each figure is held against the same one at the smallest size of the same run: what people wait for must not grow with
the catalogue. A listing's share of a job, and the median of an answer, may rise by GROWTH at most.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from bench.imports import fresh, profiled
from hub.catalog.rules import ListingState, SkuClass, name_key, sku_fold
from hub.catalog.store import classes, listings, pages
from hub.catalog.store.pages import ListingFilter
from hub.catalog.tables import listing
from hub.kernel import jobs, migrating
from hub.kernel.bulk import StorageRow
from hub.kernel.db import Database, Transaction
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from hub.linking import jobs as linking_jobs
from hub.linking.service import selecting, suggesting, undoing

CONFIRMED = (1_000, 10_000, 100_000)
LISTED = (10_000, 100_000, 1_000_000)
GROWTH = 1.3
ASKED = 40  # times that each question is asked, each time at another place
SEEDED = 5_000  # rows a commit
M = "bench"
NOW = 1_790_000_000_000_000
Answer = Callable[[Transaction, str], object]


def seed(database: Database, size: int) -> None:
    """One account with codes of its own, one of twenty listings without; a second one that mistypes some."""
    migrating.upgrade(database)
    for start in range(0, size, SEEDED):
        numbers = range(start, min(start + SEEDED, size))
        counted = Counter(_account_and_class(number) for number in numbers)
        with database.writing() as db:
            listings.record(db, [_row(number) for number in numbers])
            classes.add_counts(db, M, {(account, cls.value): count for (account, cls), count in counted.items()})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As autovacuum would within a minute; a bench does not wait for it.
        connection.exec_driver_sql("ANALYZE" if database.embedded else "VACUUM ANALYZE")


def _account_and_class(number: int) -> tuple[str, SkuClass]:
    account = "second" if number % 10 == 1 else "first"
    return account, SkuClass.EMPTY if number % 20 == 0 else SkuClass.UNMATCHED


def _row(number: int) -> StorageRow:
    account, cls = _account_and_class(number)
    code = f"KPS-{number:07d}-M"
    sku = "" if cls is SkuClass.EMPTY else f"KPS_{number + 1:07d}_M" if account == "second" else code
    name = f"Kaos Polos Cotton Combed 30s Lengan Pendek nomor {number}"
    return (
        new_id(), M, account, str(number), "", sku, sku, name, name_key(name), "149000", "IDR", True, 7,
        '{"options":{"Warna":"Hitam","Ukuran":"M"},"weight_g":180}', number, "pending", cls.value, True, NOW, "bench",
        NOW, sku_fold(sku), "",
    )  # fmt: skip


def confirm_and_undo(database: Database, size: int) -> tuple[float, float]:
    """Confirm all that waits, then take that step back; gives the seconds a listing of each."""
    with database.writing() as db:
        ticket = selecting.confirm_all(db, M, ListingFilter(state=ListingState.PENDING), actor=CLI)
    confirmed, step = _work(database, ticket, "linked", size - size // 20)
    with database.writing() as db:
        undone = undoing.undo(db, M, step, actor=CLI)
    assert not isinstance(undone, str)
    taken_back, _ = _work(database, undone, "undone", size - size // 20)
    return confirmed / size, taken_back / size


def _work(database: Database, ticket: jobs.Ticket, outcome: str, expected: int) -> tuple[float, str]:
    runner = jobs.Runner(jobs.Runtime(database=database, handlers=linking_jobs.handlers(database)))
    begun = time.perf_counter()
    runner.run_lane("default")
    seconds = time.perf_counter() - begun
    with database.reading() as db:
        job = jobs.find(db, ticket.job_id)
    assert job is not None
    assert job.outcome[outcome] == expected, job
    return seconds, job.outcome["event_id"]


QUESTIONS: dict[str, Answer] = {
    "a page of all": lambda db, at: pages.listings(db, M, ListingFilter(), limit=51, after=at),
    "a page of what waits": lambda db, at: pages.listings(
        db, M, ListingFilter(state=ListingState.PENDING), limit=51, after=at
    ),
    "a page of a class": lambda db, at: pages.listings(
        db, M, ListingFilter(sku_class=SkuClass.EMPTY), limit=51, after=at
    ),
    "the first page of what is linked": lambda db, at: pages.listings(
        db, M, ListingFilter(state=ListingState.LINKED), limit=51
    ),
    "a page of an account": lambda db, at: pages.listings(
        db, M, ListingFilter(account_id="second"), limit=51, after=at
    ),
    "a page of an account's class": lambda db, at: pages.listings(
        db, M, ListingFilter(account_id="second", sku_class=SkuClass.UNMATCHED), limit=51, after=at
    ),
    "the counts by class": lambda db, at: pages.counts(db, M),
    "suggestions for one": lambda db, at: suggesting.suggestions(db, M, at),
    "a page of what has suggestions": lambda db, at: suggesting.suggested(
        db, M, sku_class=SkuClass.UNMATCHED, account_id=None, limit=50, after=at
    ),
}


def answers(database: Database) -> dict[str, float]:
    """The median milliseconds of each answer, asked twice at places all over the catalogue: of the second time."""
    with database.reading() as db:
        ids = list(db.execute(sa.select(listing.c.id).order_by(listing.c.id)).scalars())
    # In the first half, so that even at the smallest size every page is full.
    places = random.Random(1).sample(ids[: len(ids) // 2], ASKED)
    return {name: _median(database, ask, places) for name, ask in QUESTIONS.items()}


def _median(database: Database, ask: Answer, places: Sequence[str]) -> float:
    seconds = []
    for place in places:
        with database.reading() as db:
            ask(db, place)  # how long a disk takes to find it the first time is not the hub's to say
            begun = time.perf_counter()
            ask(db, place)
            seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds) * 1_000


def run(largest: int = LISTED[-1], kinds: Sequence[str] = ("sqlite", "postgresql")) -> Iterator[str]:
    """A line a figure, on each database; sizes above `largest` are left out."""
    for kind in kinds:
        with fresh(kind) as url:
            yield from _jobs(kind, url, [size for size in CONFIRMED if size <= largest])
            yield from _answers(kind, url, [size for size in LISTED if size <= largest] or [largest])


def _jobs(kind: str, url: Callable[[], str], sizes: Sequence[int]) -> Iterator[str]:
    smallest: tuple[float, float] | None = None
    for size in sizes:
        database = Database(url())
        seed(database, size)
        found = confirm_and_undo(database, size)
        database.dispose()
        smallest = smallest or found
        for what, each, first in zip(("confirm all", "undo it all"), found, smallest, strict=True):
            growth = each / first
            yield (
                f"{what} {kind:10} {size:>9,} listings: {each * 1e6:>6.0f} µs each, {growth:.2f} x smallest "
                f"({'meets' if growth <= GROWTH else 'MISSES'} {GROWTH})"
            )
        if any(each / first > GROWTH for each, first in zip(found, smallest, strict=True)):
            yield f"       profiled (calls, own seconds):\n{_profile(url(), size)}"


def _profile(url: str, size: int) -> str:
    database = Database(url)
    seed(database, size)
    return profiled(confirm_and_undo, database, size)


def _answers(kind: str, url: Callable[[], str], sizes: Sequence[int]) -> Iterator[str]:
    smallest: dict[str, float] = {}
    for size in sizes:
        database = Database(url())
        seed(database, size)
        for name, middle in answers(database).items():
            growth = middle / smallest.setdefault(name, middle)
            yield (
                f"{name} {kind:10} {size:>9,} listings: {middle:.2f} ms, {growth:.2f} x smallest "
                f"({'meets' if growth <= GROWTH else 'MISSES'} {GROWTH})"
            )
            if growth > GROWTH:
                yield f"       profiled (calls, own seconds):\n{profiled(answers, database)}"
        database.dispose()
