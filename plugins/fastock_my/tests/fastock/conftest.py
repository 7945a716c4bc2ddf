"""An account at a small sandbox, once through each dialect; TEE-M lies there, ten good and two damaged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs.testing.faults import SteppedClock

from .steps import Stand, connected


@pytest.fixture(params=["qimen", "json"])
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    sandbox = FastockSandbox(size=0, clock=SteppedClock(datetime.now(UTC)), dialect=request.param)
    sandbox.stock("TEE-M", good=10, CC=2)
    with connected(sandbox) as found:
        yield found
