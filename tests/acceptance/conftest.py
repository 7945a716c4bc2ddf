"""Every scenario runs on both forms of the hub; each form is started once and shared by all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.conftest import fresh
from tests.servers import Server
from tests.world import Hub, Merchant, a_shop, embedded_hub, production_hub

Market = Callable[..., TokopediaSandbox]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with embedded_hub(tmp_path_factory.mktemp("embedded")) as hub:
        yield hub


@pytest.fixture(scope="session")
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
def shop(market: Market) -> TokopediaSandbox:
    return market()
