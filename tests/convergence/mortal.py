"""Who is at work just now: people live on, workers die at a chosen statement or in the middle of a call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from hub.kernel.db import Database
from tests.convergence.markets import Shelf
from tests.dying import Died, Life

LONG = 10**9  # statements; more than anybody asks
Known = dict[Shelf, frozenset[str]]  # the orders known then, of all the shelves told


class Worker(Life):
    """A life, and what its worker knew when it read the targets that it tells."""

    def __init__(self, statements: int = LONG) -> None:
        super().__init__(statements)
        self.known: Known = {}


class Mortals:
    """Those at work, the innermost last: others come in while one waits for a channel."""

    def __init__(self) -> None:
        self._stack: list[Worker] = []
        self.deaths = 0

    @property
    def now(self) -> Worker:
        return self._stack[-1] if self._stack else Worker()

    @contextmanager
    def at_work(self, statements: int = LONG) -> Iterator[Worker]:
        """Let somebody work for so many statements; a death ends here, as the end of a process does."""
        worker = Worker(statements)
        self._stack.append(worker)
        try:
            yield worker
        except Died:
            self.deaths += 1
        finally:
            self._stack.pop()

    def spend(self, *given: object) -> None:
        if self._stack:
            self._stack[-1].spend()


@contextmanager
def mortal(mortals: Mortals, database: Database) -> Iterator[None]:
    told = ("before_cursor_execute", "commit")
    for name in told:
        sa.event.listen(database.engine, name, mortals.spend)
    yield
    for name in told:
        sa.event.remove(database.engine, name, mortals.spend)
