"""A yard whose depot wants to hear of parcels, and a till whose orders are sent by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.kernel.db import Database
from tests.slices.fulfilment.yard import HOUSE, Yard, a_yard


@pytest.fixture
def yard(database: Database) -> Iterator[Yard]:
    with a_yard(database) as yard:
        yard.stands_at(HOUSE)
        yield yard
