"""A merchant with products and warehouses, and the API over them."""

from __future__ import annotations

import pytest

from hub.kernel.db import Database
from tests.slices.stock.goods import Goods


@pytest.fixture
def goods(database: Database) -> Goods:
    return Goods(database)
