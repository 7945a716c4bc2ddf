"""A merchant whose goods are sold at kiosks, or at a till."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel.db import Database
from tests.plugins.kiosk import Kiosk
from tests.slices.orders.counter import Counter
from tests.slices.orders.till import Till
from tests.slices.stock.fair import a_fair
from tests.slices.stock.goods import Goods


@pytest.fixture
def counter(database: Database) -> Iterator[Counter]:
    """The kiosk `north` compares before it sets; nothing is sold there yet."""
    with a_fair(database, north=Kiosk(compare_and_set=True), south=Kiosk()) as fair:
        yield Counter(fair)


@pytest.fixture
def till(platform: TestClient[Litestar], database: Database) -> Till:
    """Shirts, caps and mugs are in stock; mugs are not listed to the till."""
    found = Till(Goods(database), platform)
    found.goods.sells("TEE", "CAP", "MUG")
    found.goods.adjusts_all([("TEE", 10), ("CAP", 4), ("MUG", 9)])
    found.opens()
    found.lists("TEE", "CAP")
    return found
