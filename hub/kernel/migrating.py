"""Brings the database to a revision: each step in one transaction, one process at a time."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub.kernel.db import Database

_ADVISORY_LOCK = 7_230_114  # any constant: two starting processes must not migrate at once


def upgrade(database: Database, revision: str = "head") -> None:
    with database.writing() as db:
        _run(db.connection, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    with database.writing() as db:
        _run(db.connection, lambda config: command.downgrade(config, revision))


def current(database: Database) -> str | None:
    with database.reading() as db:
        return MigrationContext.configure(db.connection).get_current_revision()


def newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "migrations:")
    config.set_main_option("path_separator", "os")
    return config


def _run(connection: sa.Connection, step: Callable[[Config], None]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    config = _config()
    config.attributes["connection"] = connection
    step(config)
