"""Whether an error of the database is its want of room or time, which passes, or a statement that is wrong."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

_BUSY = (
    "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_NOMEM", "SQLITE_PROTOCOL",
)  # fmt: skip
_LIMIT_EXCEEDED = "54"  # class of SQLSTATE: the statement asks for what no database bears, today or tomorrow


def is_shortage(error: BaseException) -> bool:
    """Whether the database lacks room or time, so that trying again later can help.

    The drivers give wrong statements the same class: SQLite's are told by their name, PostgreSQL's by their SQLSTATE.
    """
    if isinstance(error, sa.exc.TimeoutError):
        return True
    if not isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        return isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
    if isinstance(error.orig, sqlite3.Error):
        return str(getattr(error.orig, "sqlite_errorname", "")).startswith(_BUSY)
    return not str(getattr(error.orig, "sqlstate", None) or "").startswith(_LIMIT_EXCEEDED)
