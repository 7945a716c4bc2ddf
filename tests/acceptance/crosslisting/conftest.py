"""A merchant who sells on two marketplaces and at the counter."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hub_hookspecs.testing import serve
from hub_shopify.sandbox import ShopifySandbox

from tests.world import Hub, Merchant

_seeds = itertools.count(20_000)


def a_store() -> ShopifySandbox:
    """A Shopify store without goods, not served yet."""
    return ShopifySandbox(seed=next(_seeds), size=0, rate=None)


@pytest.fixture
def store() -> Iterator[ShopifySandbox]:
    sandbox = a_store()
    with serve(sandbox):
        yield sandbox
    assert sandbox.exceptions == []


@pytest.fixture
def seller(hub: Hub) -> Merchant:
    return hub.merchant("Toko Larasati", "tokopedia", "shopify", "pos")
