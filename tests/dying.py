"""A process that dies at a chosen statement: what it did not commit is gone, and nothing follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa

from hub.kernel.db import Database


class Died(BaseException):
    """The process is no more; nobody who catches exceptions may catch this and go on."""


class Life:
    """How many statements and commits are left to a process, and how many it has used."""

    def __init__(self, statements: int) -> None:
        self.statements = statements
        self.used = 0

    @property
    def over(self) -> bool:
        return self.used > self.statements

    def end(self) -> None:
        """Die now, whatever was left: the next statement is one too many."""
        self.statements = -1

    def spend(self, *given: object) -> None:
        self.used += 1
        if self.over:
            raise Died


@contextmanager
def dying_at(database: Database, statements: int) -> Iterator[Life]:
    """Let the block live for so many statements, a commit being one; what it then meets is `Died`, which ends here."""
    life = Life(statements)
    told = ("before_cursor_execute", "commit")
    for name in told:
        sa.event.listen(database.engine, name, life.spend)
    try:
        with suppress(Died):
            yield life
    finally:
        for name in told:
            sa.event.remove(database.engine, name, life.spend)
