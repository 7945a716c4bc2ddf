"""A read-back that is refused ends its row, and holds up neither the other rows nor those who wait for the result."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hub_hookspecs import NotSupported, Rejected

from tests.plugins.stall import Stall, Step
from tests.slices.crosslisting.conftest import Market
from tests.slices.crosslisting.steps import lost_after, lost_before, waiting

TWICE = Rejected("the shop has 2 products with the code TEE-S", code="SKU")


@pytest.mark.parametrize(
    ("blindness", "code", "reason"),
    [
        pytest.param(TWICE, "SKU", "the shop has 2 products", id="a no"),
        pytest.param(NotSupported("nobody can be asked"), "", "nobody can be asked", id="not offered"),
        pytest.param(KeyError("ref"), "plugin_bug", "KeyError: 'ref'", id="a broken plugin"),
    ],
)
@pytest.mark.parametrize("lost", [lost_before, lost_after])
def test_a_read_back_that_is_refused_fails_its_row_and_tells_what_may_be_there(
    market: Market, stall: Stall, lost: Step, blindness: Exception, code: str, reason: str
) -> None:
    run_id = market.lists(*market.makes("TEE-S", "TEE-M"))
    stall.then("TEE-S", lost)
    stall.blindness = blindness

    market.settles()

    failed, listed = market.rows(run_id)
    assert (failed.state, failed.code, listed.state) == ("failed", code, "done")
    assert reason in failed.reason
    assert failed.reason.endswith(
        "it may be listed all the same: import the account's listings before you list it again"
    )
    assert len(stall.pushes) == 2
    assert market.run(run_id).state == "done"
    assert [line["Outcome"] for line in market.result(run_id)] == ["failed", "done"]
    assert any("may be listed" in str(notice) for notice in market.notices())


def test_a_read_back_that_is_refused_while_the_channel_is_at_it_ends_the_row_as_well(
    market: Market, stall: Stall
) -> None:
    run_id = market.lists(*market.makes("TEE-S"))
    stall.then("TEE-S", waiting(timedelta(minutes=1)), lost_before)
    stall.blindness = TWICE

    market.settles()

    assert market.outcomes(run_id) == {"failed": 1}
