"""A merchant who sells on two marketplaces and at the counter."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hub_hookspecs.testing import serve
from hub_shopify.sandbox import ShopifySandbox

from tests.world import Hub, Merchant

_seeds = itertools.count(20_000)


@pytest.fixture
def store() -> Iterator[ShopifySandbox]:
    """A Shopify store without goods."""
    sandbox = ShopifySandbox(seed=next(_seeds), size=0, rate=None)
    with serve(sandbox):
        yield sandbox
    assert sandbox.exceptions == []


@pytest.fixture
def seller(hub: Hub) -> Merchant:
    return hub.merchant("Toko Larasati", "tokopedia", "shopify", "pos")
