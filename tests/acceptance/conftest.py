"""Every scenario runs on both forms of the hub; each form is started once, shared by all, and ended with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hub_hookspecs.testing import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.conftest import fresh
from tests.servers import Server
from tests.stalls import Shopify, Stall, Tokopedia
from tests.world import Hub, Merchant, a_shop, embedded_hub, production_hub

Market = Callable[..., TokopediaSandbox]
Fair = Callable[..., tuple[Tokopedia, Shopify]]


@pytest.fixture(scope="package")  # not the session: an idle hub polls on beside all other tests
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with embedded_hub(tmp_path_factory.mktemp("embedded")) as hub:
        yield hub


@pytest.fixture(scope="package")
def production(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Server, redis: Server
) -> Iterator[Hub]:  # fmt: skip
    with (
        fresh(postgres_server) as url,
        production_hub(tmp_path_factory.mktemp("production"), url, redis.url) as hub,
    ):
        yield hub


@pytest.fixture(params=["embedded", "production"])
def hub(request: pytest.FixtureRequest) -> Hub:
    found: Hub = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def merchant(hub: Hub) -> Merchant:
    return hub.merchant()


@pytest.fixture
def market() -> Iterator[Market]:
    """Opens Tokopedia shops: `market()` is empty, `market(size=200)` has goods of all sorts."""
    with ExitStack() as stack:
        yield lambda size=0: stack.enter_context(a_shop(size))


@pytest.fixture
def fair() -> Iterator[Fair]:
    """Opens shops on two marketplaces: `fair()` are empty, `fair(size=40)` have goods of all sorts."""
    with ExitStack() as stack:

        def opened(size: int = 0) -> tuple[Tokopedia, Shopify]:
            found = Tokopedia(size), Shopify(size)
            for stall in found:
                stack.enter_context(serve(stall.sandbox))
            served.extend(found)
            return found

        served: list[Stall] = []
        yield opened
    assert [stall.sandbox.exceptions for stall in served if stall.sandbox.exceptions] == []


@pytest.fixture
def stalls(fair: Fair) -> tuple[Tokopedia, Shopify]:
    return fair()


@pytest.fixture
def shop(market: Market) -> TokopediaSandbox:
    return market()
