"""Moves every secret of this slice under the newest key, in batches; interrupted, the next call goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from hub.channels.service import sealed
from hub.channels.tables import account, connection, token
from hub.kernel.db import Database
from hub.kernel.sealing import KeyRing, rotate

Texts = sa.Column[Any]  # Any: text columns
Associated = Callable[[Mapping[str, Any]], str]  # Any: a row's columns
SEALED: Mapping[str, tuple[Texts, Associated]] = {
    "account settings": (account.c.settings, lambda row: sealed.settings_context(row["id"])),
    "tokens": (token.c.sealed, lambda row: sealed.token_context(row["credentials"])),
    "connections": (connection.c.sealed, lambda row: sealed.connected_context(row["credentials"])),
}


def reseal(database: Database, ring: KeyRing, *, limit: int = 500) -> dict[str, int]:
    """Reseal everything and count it; each batch is a transaction of its own."""
    return {
        name: _reseal(database, ring, column, associated, limit=limit) for name, (column, associated) in SEALED.items()
    }


def _reseal(database: Database, ring: KeyRing, column: Texts, associated: Associated, *, limit: int) -> int:
    total = 0
    while True:
        with database.writing() as db:
            count = rotate(db, column, ring=ring, associated=associated, limit=limit)
        if not count:
            return total
        total += count
