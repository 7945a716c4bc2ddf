"""Databases as they stood before a change, for the tests of what it does to their rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.kernel import migrating
from hub.kernel.db import Database
from tests.conftest import fresh


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database at the revision that the module calls BEFORE."""
    before = request.module.BEFORE
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'hub.sqlite3'}")
        migrating.upgrade(database, before)
        yield database
        database.dispose()
        return
    with fresh(request.getfixturevalue("postgres_server")) as url:
        database = Database(url)
        migrating.upgrade(database, before)
        yield database
        database.dispose()
