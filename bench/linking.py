"""Linking as a catalogue grows: confirming all that waits, taking it back, and answers among very many listings.

Each figure is held against the same one at the smallest size of the same run: what people wait for must not grow with
the catalogue. A listing's share of a job, and the median of an answer, may rise by GROWTH at most.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from bench.catalogue import M, seed
from bench.imports import fresh, profiled
from hub.catalog.rules import ListingState, SkuClass
from hub.catalog.store import pages
from hub.catalog.store.pages import Key, ListingFilter
from hub.catalog.tables import listing
from hub.kernel import jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.events import CLI
from hub.linking import jobs as linking_jobs
from hub.linking.service import selecting, suggesting, undoing

CONFIRMED = (1_000, 10_000, 100_000)
LISTED = (10_000, 100_000, 1_000_000)
GROWTH = 1.3
ASKED = 40  # times that each question is asked, each time at another place
Answer = Callable[[Transaction, str], object]


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


def _page(after: Callable[[str], Key | None] = lambda at: None, **given: object) -> Answer:
    wanted = ListingFilter(**given)  # type: ignore[arg-type]  # a field each
    return lambda db, at: pages.page(db, M, wanted, limit=50, after=after(at))


def _there(at: str) -> Key:
    return (at,)


def _suggested(account: str | None) -> Answer:
    return lambda db, at: suggesting.suggested(
        db, M, sku_class=SkuClass.UNMATCHED, account_id=account, limit=50, after=at
    )


def _products(*, bundle: bool | None = None) -> Answer:
    return lambda db, at: pages.products(db, M, bundle=bundle, limit=50, after=at)


# Those of an account, or of a search, begin at its first page: what stands before it is the rest of the catalogue.
QUESTIONS: dict[str, Answer] = {
    "a page of all": _page(_there),
    "a page of what waits": _page(_there, state=ListingState.PENDING),
    "a page of a class": _page(_there, sku_class=SkuClass.EMPTY),
    "a page of what is linked": _page(_there, state=ListingState.LINKED),
    "a page of a large account": _page(_there, account_id="second"),
    "a page of a large account's class": _page(_there, account_id="second", sku_class=SkuClass.UNMATCHED),
    "a page of a late account": _page(account_id="late"),
    "a page of a late account's class": _page(account_id="late", sku_class=SkuClass.MATCHED),
    "a page of what waits in a late account": _page(account_id="late", state=ListingState.PENDING),
    "a page of what is linked in a late account": _page(account_id="late", state=ListingState.LINKED),
    "a page of a tiny account": _page(account_id="tiny"),
    "a page of a tiny account's class": _page(account_id="tiny", sku_class=SkuClass.UNMATCHED),
    "a page of nothing": _page(state=ListingState.IGNORED),
    "one code": _page(sku="KPS-0000002-M"),
    "one code of a class": _page(sku="KPS-0000002-M", sku_class=SkuClass.MATCHED),
    "a search for a rare code": _page(q="KPS-000001"),
    "a search for a common code": _page(q="KPS"),
    "a search for a late code": _page(q="RIMBA"),
    "a search for no code": _page(q="none begins so"),
    "a search for a common name": _page(q="kaos polos"),
    "a search for a late name": _page(q="topi"),
    "a search for a rare code in a class": _page(q="KPS-000001", sku_class=SkuClass.MATCHED),
    "a search for a late name in a class": _page(q="topi", sku_class=SkuClass.MATCHED),
    "a search for a common name in a late account": _page(q="kaos", account_id="late"),
    "a search for a common name in a tiny account": _page(q="kaos", account_id="tiny"),
    "a search for a common code among what is linked": _page(q="KPS", state=ListingState.LINKED),
    "a page of products": _products(),
    "a page of bundles": _products(bundle=True),
    "a page of what is no bundle": _products(bundle=False),
    "the counts by class": lambda db, at: pages.counts(db, M),
    "suggestions for one": lambda db, at: suggesting.suggestions(db, M, at),
    "a page of what has suggestions": _suggested(None),
    "a page of what has suggestions in a late account": _suggested("late"),
    "a page of what has suggestions in a tiny account": _suggested("tiny"),
}


def answers(smallest: Database, database: Database) -> Iterator[tuple[str, float, float]]:
    """For each question the median milliseconds of its answer, and how many times the smallest catalogue's that is.

    Asked at places all over either catalogue, of each in turn: a machine that is slower for a minute is so for both.
    """
    places = [_places(each) for each in (smallest, database)]
    for name, ask in QUESTIONS.items():
        seconds: tuple[list[float], list[float]] = [], []
        for first, second in zip(*places, strict=True):
            seconds[0].append(_asked(smallest, ask, first))
            seconds[1].append(_asked(database, ask, second))
        floor, middle = (statistics.median(each) for each in seconds)
        yield name, middle * 1_000, middle / floor


def _places(database: Database) -> list[str]:
    with database.reading() as db:
        ids = list(db.execute(sa.select(listing.c.id).order_by(listing.c.id)).scalars())
    # In the first half, so that even at the smallest size every page is full.
    return random.Random(1).sample(ids[: len(ids) // 2], ASKED)


def _asked(database: Database, ask: Answer, place: str) -> float:
    with database.reading() as db:
        ask(db, place)  # how long a disk takes to find it the first time is not the hub's to say
        begun = time.perf_counter()
        ask(db, place)
        return time.perf_counter() - begun


def run(largest: int = LISTED[-1], kinds: Sequence[str] = ("sqlite", "postgresql")) -> Iterator[str]:
    """A line a figure, on each database; sizes above `largest` are left out."""
    for kind in kinds:
        with fresh(kind) as url:
            yield from _jobs(kind, url, [size for size in CONFIRMED if size <= largest])
            yield from _answers(kind, url, [size for size in LISTED if size <= largest] or [largest])


def _jobs(kind: str, url: Callable[[], str], sizes: Sequence[int]) -> Iterator[str]:
    for size in sizes:
        # The smallest before and after: a machine that is slower for a minute is so for both.
        floors, found = [_jobs_of(url(), sizes[0])], _jobs_of(url(), size)
        floors.append(_jobs_of(url(), sizes[0]))
        missed = False
        for what, each, *floor in zip(("confirm all", "undo it all"), found, *floors, strict=True):
            growth = each / statistics.mean(floor)
            missed = missed or growth > GROWTH
            yield (
                f"{what} {kind:10} {size:>9,} listings: {each * 1e6:>6.0f} µs each, {growth:.2f} x smallest "
                f"({'meets' if growth <= GROWTH else 'MISSES'} {GROWTH})"
            )
        if missed:
            yield f"       profiled (calls, own seconds):\n{_profile(url(), size)}"


def _jobs_of(url: str, size: int) -> tuple[float, float]:
    database = Database(url)
    seed(database, size)
    try:
        return confirm_and_undo(database, size)
    finally:
        database.dispose()


def _profile(url: str, size: int) -> str:
    database = Database(url)
    seed(database, size)
    return profiled(confirm_and_undo, database, size)


def _answers(kind: str, url: Callable[[], str], sizes: Sequence[int]) -> Iterator[str]:
    smallest = _lived(url(), sizes[0])
    for size in sizes:
        database = _lived(url(), size)
        for name, milliseconds, growth in answers(smallest, database):
            yield (
                f"{name} {kind:10} {size:>9,} listings: {milliseconds:.2f} ms, {growth:.2f} x smallest "
                f"({'meets' if growth <= GROWTH else 'MISSES'} {GROWTH})"
            )
            if growth > GROWTH:
                yield f"       profiled (calls, own seconds):\n{profiled(list, answers(smallest, database))}"
        database.dispose()
    smallest.dispose()


def _lived(url: str, size: int) -> Database:
    database = Database(url)
    seed(database, size, lived=True)
    return database
