"""The long form of convergence: as many seeded schedules of the real hub as run in some minutes, on both databases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.kernel import logs, migrating
from hub.kernel.db import Database
from tests.conftest import fresh
from tests.convergence.oracle import Figures
from tests.convergence.schedule import Verdict, schedules
from tests.convergence.test_convergence import GENTLE, blind, told, tried
from tests.faults.stand import Servers, own_servers
from tests.proof.page import Line, Page
from tests.servers import versions
from tests.statements import compile_once

DATABASES = ("SQLite", "PostgreSQL")
SECONDS = 400.0  # after which no further seed is begun
FIRST, EACH = 1_000, 3
GENTLE_EVERY = 5  # of so many seeds one has no troubles, and says what a channel without compare-and-set costs
NOT_RUN = (
    "statements of two transactions side by side: workers come in between calls, not between two statements "
    "(the run against overselling does)",
    "the wire of webhooks: a hint that was proven comes early, twice or out of order, and its order is read again",
    "effects that land later than two minutes after their call has ended: the rule does not promise anything of them",
    "the negative controls: they are everyday tests (tests/convergence)",
)
Wrong = list[tuple[str, tuple[str, ...]]]


def prove() -> Page:
    """Run seed after seed, on one database and the other in turn, until the time is over."""
    logs.configure(level="CRITICAL")  # thousands of faults are told of otherwise
    compile_once()
    began = time.monotonic()
    sums = {(name, gentle): (Figures(), Wrong()) for name in DATABASES for gentle in (False, True)}
    with own_servers() as servers, TemporaryDirectory(prefix="hub-proof-") as folder:
        said = versions(servers.postgres, servers.redis)
        again = [_again(name, servers, Path(folder)) for name in DATABASES]
        for n in _numbers(began):
            name, gentle = DATABASES[n % 2], n // 2 % GENTLE_EVERY == 0
            with _empty(name, servers, Path(folder) / f"{n}.sqlite3") as url:
                figures, wrong = tried(schedules(url, FIRST + n, EACH, manner=GENTLE if gentle else None))
            sums[name, gentle][0].add(figures)
            sums[name, gentle][1].extend(wrong)
            print(f"{name}, seed {FIRST + n}: {told(figures)} {wrong}", flush=True)  # noqa: T201 - a long run shows how far it is
    lines = [*(_line(name, *some, gentle=gentle) for (name, gentle), some in sums.items()), *again]
    seeds = sum(each.schedules for each, _ in sums.values()) // EACH
    return Page(
        name="convergence",
        title="Every channel ends with what is offered",
        sizes=f"{seeds} seeds from {FIRST} on, {EACH} schedules each, four accounts, "
        f"{SECONDS:.0f} s; every {GENTLE_EVERY}th pair of seeds without troubles",
        versions=said,
        seconds=time.monotonic() - began,
        lines=lines,
        not_run=NOT_RUN,
    )


def _again(name: str, servers: Servers, folder: Path) -> Line:
    """The same seed makes the same decisions: what went over the wire, and when, is the same."""
    runs: list[list[Verdict]] = []
    for _ in range(2):
        with _empty(name, servers, folder / "again.sqlite3") as url:
            runs.append(list(schedules(url, FIRST, 1)))
    calls = sum(len(verdict.trace) for verdict in runs[0])
    return Line(f"{name}, a schedule replayed", f"{calls:,} calls", "holds" if runs[0] == runs[1] else "it differs")


def _numbers(began: float) -> Iterator[int]:
    n = 0
    while time.monotonic() - began < SECONDS:
        yield n
        n += 1


@contextmanager
def _empty(name: str, servers: Servers, path: Path) -> Iterator[str]:
    """An empty, migrated database."""
    if name == "SQLite":
        yield _migrated(f"sqlite:///{path}")
        path.unlink()
        return
    with fresh(servers.postgres) as url:
        yield _migrated(url)


def _migrated(url: str) -> str:
    database = Database(url)
    migrating.upgrade(database)
    database.dispose()
    return url


def _line(name: str, figures: Figures, wrong: Wrong, *, gentle: bool) -> Line:
    verdict = "; ".join(f"{seed}: {violation}" for seed, all_ in wrong for violation in all_) or "holds"
    if not figures.schedules:
        return Line(name, "none were run", "not reached")
    if gentle:
        return Line(f"{name}, nothing goes wrong: what lack of compare-and-set costs", blind(figures), verdict)
    return Line(f"{name}, faults and deaths between any two steps", told(figures), verdict)
