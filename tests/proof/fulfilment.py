"""The long form of the voyages: every call and many statements go wrong, on both databases, over both dialects.

VOYAGE_CALLS and VOYAGE_STATEMENTS set how far apart the places are, as they do for the everyday tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import sqlalchemy as sa
from psycopg import sql

from hub.kernel import logs, migrating
from hub.kernel.db import Database
from tests.conftest import fresh
from tests.faults.stand import Servers, own_servers
from tests.proof.page import ROOT, Line, Page
from tests.servers import Server, versions
from tests.statements import compile_once
from tests.voyage.loop import Empty, Verdict, calls, statements, voyages, wrong
from tests.voyage.sea import Dialect

CALLS, STATEMENTS = int(os.environ.get("VOYAGE_CALLS", "1")), int(os.environ.get("VOYAGE_STATEMENTS", "37"))
UNKNOWN = os.environ.get("HUB_UNKNOWN_OUTCOMES", "1000")
DIALECTS: tuple[Dialect, ...] = ("qimen", "json")
NOT_RUN = (
    "two things that go wrong in one story: of each story one call is befallen, or its process dies once",
    "statements of two workers side by side: one worker at a time (the tests of the slices have two at once)",
    "the real services: both sandboxes speak as the protocol files say",
    "labels are not read as PDFs here, which takes a process of its own each; that is tried elsewhere",
    "the negative controls: they are everyday tests (tests/voyage, tests/matrix)",
)
ELSEWHERE = {  # what else the page tells of, by the tests that do it
    "unknown outcomes, before the effect and after it: one outbound each": (
        "tests/slices/fulfilment/test_unknown_outcomes.py", "many_unknown", {"HUB_UNKNOWN_OUTCOMES": UNKNOWN},
    ),
    "every order that there can be gets the verdict that the sources state": (
        "tests/matrix", "every_order", {"HUB_MATRIX": "all"},
    ),
}  # fmt: skip


def prove() -> Page:
    """Run story after story on each database and over each dialect, then the tests that are long elsewhere."""
    logs.configure(level="CRITICAL")  # each fault is told of otherwise
    compile_once()
    began = time.monotonic()
    with own_servers() as servers, TemporaryDirectory(prefix="hub-proof-") as folder:
        said = versions(servers.postgres, servers.redis)
        with _databases(servers, Path(folder)) as databases:
            ways = [(name, dialect) for name in databases for dialect in DIALECTS]
            lines = [line for name, dialect in ways for line in _tried(name, databases[name], dialect)]
    lines += [_elsewhere(what, *tests) for what, tests in ELSEWHERE.items()]
    return Page(
        name="fulfilment",
        title="Both sides agree on stock, whatever goes wrong between a marketplace, the hub and a 3PL",
        sizes=f"one call of a story in {CALLS} goes wrong, before its effect and after it; the process dies at one "
        f"statement in {STATEMENTS}; {UNKNOWN} unknown outcomes at once",
        versions=said,
        seconds=time.monotonic() - began,
        lines=lines,
        not_run=NOT_RUN,
    )


def _tried(name: str, empty: Empty, dialect: Dialect) -> Iterator[Line]:
    parts = {"a call goes wrong": calls(1, CALLS), "the process dies at a statement": statements(1, STATEMENTS)}
    for what, trials in parts.items():
        tried = list(voyages(empty, dialect, trials))
        line = Line(f"{name}, {dialect}: {what}", _told(tried), _verdict(tried))
        print(line, flush=True)  # noqa: T201 - a long run shows how far it is
        yield line


def _told(tried: Iterable[Verdict]) -> str:
    """How many stories there were, what befell them, and what was not as it must be."""
    befell, most, violations = Counter[str](), 0, 0
    for one in tried:
        befell[one.trial.trouble] += bool(one.befell)
        most = max(most, len(one.asked))
        violations += len(one.violations)
    each = ", ".join(f"{trouble} {times}" for trouble, times in sorted(befell.items()))
    return f"{befell.total()} stories ({each}) of up to {most} calls; {violations} violations"


def _verdict(tried: list[Verdict]) -> str:
    if not tried or tried[-1].befell:
        return "stories were left out"
    return "; ".join(f"{trial}, {befell}: {faults}" for trial, befell, faults in wrong(tried)) or "holds"


def _elsewhere(what: str, where: str, named: str, given: Mapping[str, str]) -> Line:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", where, "-k", named]
    answer = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=ROOT, env=os.environ | given, check=False, capture_output=True, text=True
    )
    print(answer.stdout, flush=True)  # noqa: T201 - a long run shows what it did
    said = (answer.stdout.strip().splitlines() or ["no output"])[-1]
    sizes = ", ".join(f"{name}={value}" for name, value in given.items())
    return Line(f"{what} ({sizes})", said, "holds" if answer.returncode == 0 else "it failed")


# -- empty databases


@contextmanager
def _databases(servers: Servers, folder: Path) -> Iterator[dict[str, Empty]]:
    """Ways to an empty, migrated database of each sort; both are copied from one that was migrated once."""
    numbers = count()
    template = folder / "template.sqlite3"
    _migrate(f"sqlite:///{template}")

    @contextmanager
    def sqlite() -> Iterator[str]:
        path = Path(shutil.copy(template, folder / f"{next(numbers)}.sqlite3"))
        yield f"sqlite:///{path}"
        path.unlink()

    with fresh(servers.postgres) as migrated:
        _migrate(migrated)
        yield {"SQLite": sqlite, "PostgreSQL": lambda: _copied(servers.postgres, migrated, next(numbers))}


@contextmanager
def _copied(server: Server, template: str, number: int) -> Iterator[str]:
    url, name = sa.make_url(template), sql.Identifier(f"hub_voyage_{number}")
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(url.database or ""))
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(made)
    yield url.set(database=f"hub_voyage_{number}").render_as_string(hide_password=False)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _migrate(url: str) -> None:
    database = Database(url)
    migrating.upgrade(database)
    database.dispose()
