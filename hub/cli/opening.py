"""Opens what a verb works with: settings, a database at the right revision, the whole runtime."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hub.cli.folder import naming_folders
from hub.settings import SettingError, Settings

if TYPE_CHECKING:
    from hub.kernel.db import Database, Transaction
    from hub.runtime import Runtime

HIGHEST_PORT = 65535


def settings() -> Settings:
    """Read the environment and refuse what no database can be."""
    found = Settings.from_environment(os.environ)
    _require_database_url(found)
    _require_redis_url(found)
    return found


@contextmanager
def opened_database(found: Settings, *, migrated: bool = True) -> Iterator[Database]:
    """The database, at the revision that this hub was written for unless `migrated` is False."""
    from hub.kernel.clock import Clock
    from hub.kernel.db import Database

    if migrated:
        _require_file(found)
    with naming_folders(found):
        database = Database(found.url, clock=Clock(found.clock_shift), pool_size=found.threads)
    try:
        with _naming_database(found):
            if migrated:
                _require_revision(database)
            else:
                _require_answer(database)
        _wake_workers(database, found)
        yield database
    finally:
        database.dispose()


@contextmanager
def opened_runtime(found: Settings) -> Iterator[Runtime]:
    """Everything, over a database at the right revision."""
    from hub.runtime import assemble

    with opened_database(found):
        pass
    with naming_folders(found):
        runtime = assemble(found)
    _wake_workers(runtime.database, found)
    try:
        yield runtime
    finally:
        runtime.close()


@contextmanager
def reading() -> Iterator[Transaction]:
    """One transaction that only looks."""
    with opened_database(settings()) as database, database.reading() as db:
        yield db


@contextmanager
def writing() -> Iterator[Transaction]:
    """One transaction, committed when the block ends well."""
    with opened_database(settings()) as database, database.writing() as db:
        yield db


def shown_url(found: Settings) -> str:
    """The database's address without its password."""
    import sqlalchemy as sa

    return sa.make_url(found.url).render_as_string(hide_password=True)


def _require_database_url(found: Settings) -> None:
    if not found.database_url:
        return
    import sqlalchemy as sa

    cure = "write postgresql://user:password@host/name or sqlite:///path, or leave it empty for SQLite in HUB_DATA_DIR"
    try:
        url = sa.make_url(found.database_url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise SettingError(f"HUB_DATABASE_URL: this is not a database URL; {cure}") from error
    if url.drivername not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise SettingError(f"HUB_DATABASE_URL: {url.drivername} is not supported; {cure}")
    if url.port is not None and not 0 < url.port <= HIGHEST_PORT:
        raise SettingError(f"HUB_DATABASE_URL: there is no port {url.port}; {cure}")


def _require_redis_url(found: Settings) -> None:
    if not found.redis_url:
        return
    import redis

    try:
        redis.Redis.from_url(found.redis_url).close()
    except ValueError as error:
        raise SettingError("HUB_REDIS_URL: this is not a Redis URL; write redis://host:6379/0") from error


def _require_file(found: Settings) -> None:
    """Do not make an empty database by asking for one."""
    import sqlalchemy as sa

    from hub.kernel.errors import Refused

    path = sa.make_url(found.url).database
    if found.embedded and path and not Path(path).exists():
        cure = "run `hub db upgrade` to make it, or `hub serve`"
        raise Refused(f"there is no database at {path} yet: {cure}", code="not_migrated")


def _require_revision(database: Database) -> None:
    from hub.kernel import migrating
    from hub.kernel.errors import Refused

    stands, needed = migrating.current(database), migrating.newest()
    if stands is None:
        raise Refused("the database has no tables yet: run `hub db upgrade`", code="not_migrated")
    if stands != needed:
        message = f"the database is at revision {stands} and this hub needs {needed}: run `hub db upgrade`"
        raise Refused(f"{message}, or install the newer hub that the database belongs to", code="not_migrated")


def _require_answer(database: Database) -> None:
    with database.reading():
        pass


def _wake_workers(database: Database, found: Settings) -> None:
    """Where Redis carries wake-ups, work asked for here begins at once; elsewhere the sweep finds it."""
    if found.redis_url:
        from hub.kernel.jobs.broker import Broker

        database.waker = Broker(found.redis_url).send


@contextmanager
def _naming_database(found: Settings) -> Iterator[None]:
    import sqlalchemy as sa

    from hub.kernel.errors import Unavailable

    try:
        yield
    except (sa.exc.OperationalError, sa.exc.DatabaseError, sa.exc.ArgumentError, sa.exc.TimeoutError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        message = f"the database at {shown_url(found)} cannot be used: {reason}; start it or correct HUB_DATABASE_URL"
        raise Unavailable(message, code="database_unavailable") from error
