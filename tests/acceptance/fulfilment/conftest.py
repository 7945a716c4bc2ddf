"""A merchant who sells at Pasar MY and keeps goods at Fastock MY, in both of its dialects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Literal

import pytest
from hub_hookspecs.testing import Sandbox, serve

from tests.acceptance.fulfilment.harbour import IN_STOCK, PLUGINS, Harbour, a_market, a_warehouse
from tests.world import Hub, Merchant

Opens = Callable[..., Harbour]
Dialect = Literal["qimen", "json"]


@pytest.fixture
def merchant(hub: Hub) -> Merchant:
    return hub.merchant("Kedai Ayu", *PLUGINS)


@pytest.fixture(params=["qimen", "json"])
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """Asked for only where the wire matters."""
    found: Dialect = request.param
    return found


@pytest.fixture
def opens(merchant: Merchant) -> Iterator[Opens]:
    """Opens harbours: `opens()`, `opens("json")`, `opens(TEE=3)`."""
    with ExitStack() as stack:

        def opened(dialect: Dialect = "qimen", *, rule: bool = True, **stock: int) -> Harbour:
            pasar, fastock = a_market(), a_warehouse(dialect)
            stack.enter_context(serve(pasar))
            stack.enter_context(serve(fastock))
            served.extend((pasar, fastock))
            return Harbour.of(merchant, pasar, fastock, stock=stock or IN_STOCK, rule=rule)

        served: list[Sandbox] = []
        yield opened
    assert [each.exceptions for each in served if each.exceptions] == []


@pytest.fixture
def harbour(opens: Opens, dialect: Dialect) -> Harbour:
    """Twenty TEE and CAP lie at Fastock, are on sale at Pasar MY, and a rule sends them."""
    return opens(dialect)
