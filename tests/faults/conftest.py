"""Servers that may be broken, and what an undisturbed import of the same shop leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import fresh
from tests.faults.oracle import Catalogue
from tests.faults.plan import Plan
from tests.faults.stand import Servers, Stand, own_servers, stand, undisturbed

Build = Callable[..., Stand]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with own_servers() as started:
        yield started


@pytest.fixture(scope="session")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Plan], Catalogue]:
    """Gives the undisturbed catalogue for a plan; each shop is imported once."""
    known: dict[tuple[int, int], Catalogue] = {}

    def find(plan: Plan) -> Catalogue:
        key = (plan.seed, plan.size)
        if key not in known:
            known[key] = undisturbed(plan, tmp_path_factory.mktemp("undisturbed"))
        return known[key]

    return find


@pytest.fixture
def build(servers: Servers, tmp_path: Path) -> Iterator[Build]:
    """Builds a stand on a database of its own: `build(plan, sabotage=("no_fence",))`."""
    with ExitStack() as stack:
        yield partial(_built, stack, servers, tmp_path)


def _built(
    stack: ExitStack,
    servers: Servers,
    folder: Path,
    plan: Plan,
    *,
    sabotage: tuple[str, ...] = (),
    supervised: bool = False,
) -> Stand:
    url = stack.enter_context(fresh(servers.postgres))
    return stack.enter_context(stand(plan, servers, url, folder, sabotage=sabotage, supervised=supervised))
