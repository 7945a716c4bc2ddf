"""A street on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.kernel.db import Database
from tests.plugins.bell import Bell
from tests.slices.webhooks.street import Street, a_street


@pytest.fixture
def street(database: Database) -> Iterator[Street]:
    with a_street(database) as street:
        yield street


@pytest.fixture
def bell(street: Street) -> Bell:
    return street.bell
