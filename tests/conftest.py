"""Servers and databases for every test, and the verdict on the acceptance table."""

from __future__ import annotations

import os
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
from tests.servers import Server, postgresql, redis_server, versions

pytest_plugins = ["tests.acceptance.verdict"]
logs.configure(level="WARNING")
TEMPLATE = "hub_template"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    with postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def redis(postgres_server: Server, pytestconfig: pytest.Config) -> Iterator[Server]:
    with redis_server() as server:
        if not os.environ.get("PYTEST_XDIST_WORKER"):
            print(f"\nrunning on {versions(postgres_server, server)}")  # noqa: T201 - which servers the tests met
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server) -> Iterator[str]:
    """A migrated database; each test gets a copy, which is ten times faster than migrating again."""
    with fresh(postgres_server, name=TEMPLATE) as url:
        database = Database(url)
        migrating.upgrade(database)
        database.dispose()
        yield TEMPLATE


@pytest.fixture
def postgres_url(postgres_server: Server, postgres_template: str) -> Iterator[str]:
    with fresh(postgres_server, template=postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    database = Database(url)
    migrating.upgrade(database)
    database.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@contextmanager
def fresh(server: Server, *, name: str = "", template: str = "template1") -> Iterator[str]:
    """Give the URL of a new database, which is dropped afterwards."""
    name = name or f"hub_{new_id().replace('-', '')}"
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(made)
    yield sa.make_url(server.url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
