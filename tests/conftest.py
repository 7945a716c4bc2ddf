"""Servers and databases for every test, and the verdict on the acceptance table."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from hub.kernel import logs, migrating
from hub.kernel.db import Database
from hub.kernel.ids import new_id
from tests.hashing import hash_once
from tests.servers import Server, postgresql, redis_server, versions
from tests.statements import compile_once

pytest_plugins = ["tests.acceptance.verdict"]
logs.configure(level="WARNING")
compile_once()
hash_once()
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_WRITTEN = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
    AND pg_relation_size(oid) > 0
"""
# An index keeps its pages when its rows are gone, and one of many pages looks dear to a planner.
_GROWN = """
    SELECT index.relname FROM pg_class AS index
    WHERE index.relnamespace = 'public'::regnamespace AND index.relkind = 'i' AND pg_relation_size(index.oid) > 65536
"""
# What a vacuum counted and ANALYZE found is of other tests: a planner that knows it chooses otherwise.
_FORGET = (
    "UPDATE pg_class SET reltuples = -1, relpages = 0"
    " WHERE relnamespace = 'public'::regnamespace AND (reltuples <> -1 OR relpages <> 0)",
    "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)",
)


def pytest_collection_finish() -> None:
    """Whatever is imported and collected stays: nobody need look through it time and again for what may go."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    with postgresql(autovacuum=False) as server:
        yield server


@pytest.fixture(scope="session")
def redis(postgres_server: Server, pytestconfig: pytest.Config) -> Iterator[Server]:
    with redis_server() as server:
        if not os.environ.get("PYTEST_XDIST_WORKER"):
            print(f"\nrunning on {versions(postgres_server, server)}")  # noqa: T201 - which servers the tests met
        yield server


@pytest.fixture(scope="session")
def postgres_lent(postgres_server: Server) -> Iterator[str]:
    """A migrated database that is lent to one test after the other."""
    with fresh(postgres_server) as url:
        _migrate(url)
        yield url


@pytest.fixture(scope="session")
def postgres_clearing(postgres_lent: str) -> Iterator[psycopg.Connection]:
    """One connection for all of the clearing: a new one is a process that knows no table yet."""
    with psycopg.connect(postgres_lent, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no triggers: events refuse to be deleted
        yield connection


@pytest.fixture
def postgres_url(postgres_lent: str, postgres_clearing: psycopg.Connection) -> Iterator[str]:
    """An empty, migrated database; clearing it afterwards costs far less than a new one."""
    yield postgres_lent
    clearing = postgres_clearing
    clearing.execute(_END_OTHERS)
    for (name,) in clearing.execute(_WRITTEN).fetchall():
        clearing.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        clearing.execute(sql.SQL("VACUUM {}").format(sql.Identifier(name)))
    for (name,) in clearing.execute(_GROWN).fetchall():
        clearing.execute(sql.SQL("REINDEX INDEX {}").format(sql.Identifier(name)))
    for forgotten in _FORGET:
        clearing.execute(forgotten)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file; each test gets a copy."""
    path = tmp_path_factory.mktemp("template") / "hub.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'hub.sqlite3')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


def _migrate(url: str) -> None:
    database = Database(url)
    migrating.upgrade(database)
    database.dispose()


@contextmanager
def fresh(server: Server) -> Iterator[str]:
    """Give the URL of a new database, which is dropped afterwards."""
    name = f"hub_{new_id().replace('-', '')}"
    made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(made)
    yield sa.make_url(server.url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
