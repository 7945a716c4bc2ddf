"""A merchant whose goods are sold at kiosks, or at a till."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel.db import Database
from tests.plugins.kiosk import Kiosk
from tests.slices.orders.counter import Counter
from tests.slices.orders.till import Till, a_till
from tests.slices.stock.fair import a_fair


@pytest.fixture
def counter(database: Database) -> Iterator[Counter]:
    """The kiosk `north` compares before it sets; nothing is sold there yet."""
    with a_fair(database, north=Kiosk(compare_and_set=True), south=Kiosk()) as fair:
        yield Counter(fair)


@pytest.fixture
def till(platform: TestClient[Litestar], database: Database) -> Till:
    return a_till(platform, database)
