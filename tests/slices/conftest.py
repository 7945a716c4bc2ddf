"""The API over each database, called with a platform key."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel.db import Database
from tests.callers import a_key, an_app, calling


@pytest.fixture(autouse=True)
def longest_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance could let a job that broke off go on at once, before the test has looked: here it pauses longest."""
    monkeypatch.setattr("hub.kernel.jobs.settle.random", SimpleNamespace(random=lambda: 1.0))


@pytest.fixture
def app(database: Database) -> Iterator[Litestar]:
    with an_app(database) as app:
        yield app


@pytest.fixture
def platform(app: Litestar, database: Database) -> Iterator[TestClient[Litestar]]:
    with calling(app, a_key(database)) as client:
        yield client


@pytest.fixture
def app_on_sqlite(sqlite_url: str) -> Iterator[Litestar]:
    """The routes are the same on every database."""
    database = Database(sqlite_url)
    with an_app(database) as app:
        yield app
    database.dispose()
