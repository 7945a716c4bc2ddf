"""A merchant who may use Fastock MY, and a warehouse on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs.testing import serve

from tests.acceptance.fulfilment.harbour import a_warehouse
from tests.world import Hub, Merchant


@pytest.fixture
def merchant(hub: Hub) -> Merchant:
    return hub.merchant("Kedai Ayu", "fastock_my")


@pytest.fixture
def warehouse() -> Iterator[FastockSandbox]:
    sandbox = a_warehouse()
    with serve(sandbox):
        yield sandbox
