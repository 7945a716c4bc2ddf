"""A merchant, and where the API keeps what is its own."""

from __future__ import annotations

import pytest

from hub.kernel.db import Database
from tests.callers import a_merchant


@pytest.fixture
def merchant(database: Database) -> str:
    return a_merchant(database)


@pytest.fixture
def address(merchant: str) -> str:
    return f"/v1/merchants/{merchant}"
