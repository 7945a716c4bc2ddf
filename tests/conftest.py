"""Servers and databases for every test, and the verdict on the acceptance table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from hub.kernel import migrating
from hub.kernel.db import Database
from hub.kernel.ids import new_id
from tests.servers import Server, postgresql, redis_server, versions

pytest_plugins = ["tests.acceptance.verdict"]
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
def postgres_template(postgres_server: Server) -> str:
    """A migrated database; each test gets a copy, which is ten times faster than migrating again."""
    _create(postgres_server, TEMPLATE)
    database = Database(named(postgres_server, TEMPLATE))
    migrating.upgrade(database)
    database.dispose()
    return TEMPLATE


@pytest.fixture
def postgres_url(postgres_server: Server, postgres_template: str) -> Iterator[str]:
    name = f"hub_{new_id().replace('-', '')}"
    _create(postgres_server, name, template=postgres_template)
    yield named(postgres_server, name)
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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


def named(server: Server, name: str) -> str:
    return sa.make_url(server.url).set(database=name).render_as_string(hide_password=False)


def _create(server: Server, name: str, template: str = "template1") -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
