"""One guard is taken out at a time, or the aim is missed: each harness must report it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hub_hookspecs.testing import serve
from hub_tokopedia.sandbox import TokopediaSandbox
from msgspec.structs import replace

from tests.faults.caller import Answer, Caller, dishonest
from tests.faults.conftest import Build
from tests.faults.freezing import survive_freezes
from tests.faults.kills import at_a_bystander, survive_kills
from tests.faults.oracle import Catalogue
from tests.faults.plan import SMALL, TINY, UNPACED, Plan, Report
from tests.faults.poison import survive_poison
from tests.faults.stand import Servers, begin

Wanted = Callable[[Plan], Catalogue]


def told(report: Report) -> set[str]:
    """The sorts of violation that a report names."""
    print(f"\n{report}")  # noqa: T201 - what was reported belongs to the result
    return {violation.split(":")[0] for violation in report.violations}


def test_a_run_whose_kills_miss_every_lease_is_void(build: Build, wanted: Wanted) -> None:
    plan = replace(TINY, kills=2)
    stand = build(plan)

    report = survive_kills(stand, wanted(plan), aim=at_a_bystander)

    assert report.void == "only 0 of 2 kills landed in a running lease"
    assert not report.holds


def test_a_cursor_that_is_committed_before_its_page_loses_listings(build: Build, wanted: Wanted) -> None:
    plan = replace(TINY, kills=4, grace=SMALL.grace)
    stand = build(plan, sabotage=("cursor_before_page",))

    report = survive_kills(stand, wanted(plan))

    assert {"lost", "unequal"} <= told(report)


def test_without_rescue_a_killed_import_is_reported_stuck(build: Build, wanted: Wanted) -> None:
    plan = replace(TINY, kills=1)
    stand = build(plan, sabotage=("no_rescue",))

    report = survive_kills(stand, wanted(plan))

    assert told(report) == {"stuck"}


def test_without_the_fence_a_woken_worker_writes_and_is_reported(build: Build, wanted: Wanted) -> None:
    """Where the worker wakes up in the middle of a call, it writes a retry and no page: then it is frozen once more."""
    stands = (build(replace(SMALL, grace=5.0), sabotage=("no_fence",)) for _ in range(4))

    reports = (survive_freezes(stand, wanted(SMALL), between_transactions=True) for stand in stands)

    assert any({"unfenced", "unequal"} <= told(report) for report in reports)


def test_without_a_limit_of_rescues_a_poisonous_job_is_reported_undead(build: Build) -> None:
    stand = build(TINY, sabotage=("no_limit_of_rescues",))

    report = survive_poison(stand)

    assert told(report) == {"undead", "doubled"}


def test_without_the_sweep_what_redis_did_not_take_is_reported_lost(build: Build, servers: Servers) -> None:
    stand = build(TINY, sabotage=("no_wakes_from_the_sweep",))
    with serve(little := TokopediaSandbox(seed=4_711, size=20, rate=None)):
        aside = begin(stand.hub, little, UNPACED)
        aside.merchant.waits_for(aside.import_id)
        caller = Caller(stand.hub, aside.merchant, aside.account, grace=4 * TINY.sweep)

        servers.redis.stop()
        caller.call()
        servers.redis.start()

        assert caller.violations() == ["lost: 1 of 1 accepted imports were never done"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        pytest.param(Answer("look", 200, retry_after=False), [], id="done"),
        pytest.param(Answer("look", 503, retry_after=True), [], id="told when to return"),
        pytest.param(Answer("look", 503, retry_after=False), ["dishonest: 1 × 503 to “look”"], id="not told when"),
        pytest.param(Answer("look", 500, retry_after=True), ["dishonest: 1 × 500 to “look”"], id="a fault"),
        pytest.param(Answer("look", 0, retry_after=False), ["dishonest: 1 × no answer to “look”"], id="silence"),
    ],
)
def test_an_answer_that_is_neither_done_nor_put_off_is_reported(answer: Answer, found: list[str]) -> None:
    assert dishonest([answer]) == found
