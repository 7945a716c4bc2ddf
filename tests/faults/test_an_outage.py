"""An import under outages of its servers: the catalogue must not tell, and the API keeps its word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from tests.faults.conftest import Build
from tests.faults.oracle import Catalogue
from tests.faults.outages import survive
from tests.faults.plan import Plan
from tests.faults.stand import Servers
from tests.faults.test_an_import_survives import assert_holds

Wanted = Callable[[Plan], Catalogue]


@pytest.mark.parametrize(
    "outages",
    [
        pytest.param(("FLUSHALL", "Redis stopped, data kept", "Redis stopped, data lost"), id="Redis"),
        pytest.param(("PostgreSQL restarted, fast", "PostgreSQL restarted, immediate"), id="PostgreSQL"),
    ],
)
def test_an_import_and_the_api_get_over_an_outage(
    outages: Sequence[str], build: Build, servers: Servers, wanted: Wanted
) -> None:
    # 33 s, more than the outages take one after the other; what waits for a connection must not outlast the lease.
    plan = replace(Plan(), rate=15, lease=3.0)
    stand = build(plan)

    report = survive(outages, stand, servers, wanted(plan))

    assert_holds(report)
