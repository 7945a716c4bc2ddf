"""A merchant who sells on two marketplaces and at the counter."""

from __future__ import annotations

import pytest

from tests.world import Hub, Merchant


@pytest.fixture
def merchant(hub: Hub) -> Merchant:
    return hub.merchant("Toko Batik Ayu", "tokopedia", "shopify", "pos")
