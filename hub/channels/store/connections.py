"""Connections: the callback address and generated settings of one set of credentials."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.channels.tables import connection
from hub.kernel.db import Transaction, now


def connection_of(db: Transaction, credentials: str) -> str | None:
    """The sealed connection."""
    wanted = sa.select(connection.c.sealed).where(connection.c.credentials == credentials)
    return db.execute(wanted).scalar()


def find(db: Transaction, plugin: str, digest: str) -> tuple[str, str] | None:
    """The credentials, and the sealed connection, of the callback address whose token has this digest."""
    wanted = sa.select(connection.c.credentials, connection.c.sealed)
    row = db.execute(wanted.where(connection.c.plugin == plugin, connection.c.digest == digest)).one_or_none()
    return None if row is None else (row.credentials, row.sealed)


def settle(db: Transaction, credentials: str, *, plugin: str, digest: str, sealed: str) -> str:
    """Keep this connection unless there is one; the sealed one that stands until this transaction ends."""
    insert = postgresql.insert(connection) if db.dialect == "postgresql" else sqlite.insert(connection)
    made = insert.values(credentials=credentials, plugin=plugin, digest=digest, sealed=sealed, created_at=now())
    # The row lock is the point of DO UPDATE: whoever closes the last other account waits, and then sees ours.
    kept = made.on_conflict_do_update(index_elements=["credentials"], set_={"plugin": made.excluded.plugin})
    stands: str = db.execute(kept.returning(connection.c.sealed)).scalar_one()
    return stands


def keep_from_others(db: Transaction, credentials: str) -> None:
    """Let nobody bind an account to this connection until this transaction ends."""
    db.execute(sa.select(connection.c.credentials).where(connection.c.credentials == credentials).with_for_update())


def forget(db: Transaction, credentials: str) -> None:
    db.execute(sa.delete(connection).where(connection.c.credentials == credentials))
