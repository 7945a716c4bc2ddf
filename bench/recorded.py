"""What one request sends to the database, recorded; and the same for others, with other ids in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.kernel.db import Database
from hub.kernel.ids import new_id

_UNIQUE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}\b")


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """As it goes to the driver; `many`: once for each of its parameters."""

    sql: str
    parameters: Any  # Any: a list or a mapping of whatever the driver takes
    many: bool


class Recorded(msgspec.Struct, frozen=True):
    """The transactions of a request, and its answer."""

    transactions: list[list[Statement]]
    answer: str

    @property
    def statements(self) -> int:
        return sum(len(each) for each in self.transactions)

    @property
    def ids(self) -> set[str]:
        return set(_UNIQUE.findall(msgspec.json.encode(self.transactions).decode()))


@contextmanager
def recording(database: Database) -> Iterator[list[list[Statement]]]:
    """Keep what is sent while the block runs, one request at a time."""
    kept: list[list[Statement]] = []

    def begun(connection: sa.Connection) -> None:
        if not database.embedded:
            kept.append([])

    def sent(*given: Any) -> None:  # Any: SQLAlchemy's own
        if given[2].startswith("BEGIN"):  # the embedded hub says so itself
            kept.append([])
        kept[-1].append(Statement(given[2], given[3], given[5]))

    sa.event.listen(database.engine, "begin", begun)
    sa.event.listen(database.engine, "before_cursor_execute", sent)
    try:
        yield kept
    finally:
        sa.event.remove(database.engine, "begin", begun)
        sa.event.remove(database.engine, "before_cursor_execute", sent)


def others(first: Recorded, second: Recorded, swapped: Callable[[], Mapping[str, str]]) -> Iterator[Recorded]:
    """The first request as others would send it, with ids of their own and `swapped` texts.

    An id is a request's own where the second, which asked for the same, has another.
    """
    own, text = first.ids - second.ids, msgspec.json.encode(first).decode()
    while True:
        words = {each: _fresh(each) for each in own} | dict(swapped())
        yield msgspec.json.decode(_replaced(text, words), type=Recorded)


def _fresh(id_: str) -> str:
    made = new_id()
    return made if len(id_) == len(made) else (made + new_id()).replace("-", "")


def _replaced(text: str, words: Mapping[str, str]) -> str:
    return re.sub("|".join(map(re.escape, words)), lambda found: words[found[0]], text)
