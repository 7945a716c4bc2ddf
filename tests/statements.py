"""Compiles each statement once for all databases of this process: a hub has one engine, the tests open thousands."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

MOST = 2_000  # statements kept for each kind of database; the least used go first
Compiled = LRUCache[Any, Any]  # Any: SQLAlchemy's own keys and values
_known: dict[tuple[object, ...], tuple[sa.Dialect, Compiled]] = {}


def compile_once() -> None:
    """From now on engines of one kind share their dialect, which is part of a statement's key, and what it compiled."""
    sa.event.listen(sa.Engine, "engine_connect", _join)


def _join(connection: sa.Connection) -> None:
    engine = connection.engine
    kind = (engine.dialect.name, engine.dialect.server_version_info)
    shared = _known.setdefault(kind, (engine.dialect, LRUCache(MOST)))
    engine.dialect, engine._compiled_cache = shared
    connection.dialect = engine.dialect
