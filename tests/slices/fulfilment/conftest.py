"""A yard whose depot wants to hear of parcels, and a wharf whose orders a granary of others sends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel.db import Database
from hub.kernel.sealing import parse_ring
from hub.runtime import Runtime
from tests.callers import SETTINGS, a_key, calling, the_app
from tests.plugins import mart as marts
from tests.plugins.granary import Granary
from tests.slices.fulfilment.quarter import Quarter, Shop
from tests.slices.fulfilment.wharf import Wharf, a_wharf, a_wharf_of
from tests.slices.fulfilment.yard import HOUSE, Yard, a_yard
from tests.slices.stock.fair import RING


@pytest.fixture
def yard(database: Database) -> Iterator[Yard]:
    with a_yard(database) as yard:
        yard.stands_at(HOUSE)
        yield yard


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    with a_wharf(database, Granary()) as wharf:
        yield wharf


@pytest.fixture
def client(wharf: Wharf) -> Iterator[TestClient[Litestar]]:
    """The API, as the merchant of the wharf calls it."""
    runtime = Runtime(settings=SETTINGS, database=wharf.database, ring=parse_ring(RING), channels=wharf.channels)
    with the_app(runtime) as app, calling(app, a_key(wharf.database)) as client:
        client.base_url = client.base_url.join(f"/v1/merchants/{wharf.goods.merchant}")
        yield client


@pytest.fixture
def quarter(database: Database) -> Iterator[Quarter]:
    """A wharf whose buyers ask to cancel."""
    shop = Shop()
    plugin = marts.a_plugin(shop, "north")
    with a_wharf_of(Quarter, database, Granary(needs=()), shop, plugin) as quarter:
        yield quarter


@pytest.fixture
def asking(quarter: Quarter) -> Iterator[TestClient[Litestar]]:
    """The API, as its merchant calls it."""
    runtime = Runtime(settings=SETTINGS, database=quarter.database, ring=parse_ring(RING), channels=quarter.channels)
    with the_app(runtime) as app, calling(app, a_key(quarter.database)) as client:
        client.base_url = client.base_url.join(f"/v1/merchants/{quarter.goods.merchant}")
        yield client
