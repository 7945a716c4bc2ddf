"""An import under faults, with real processes and servers: its catalogue equals that of an undisturbed one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from tests.faults.conftest import Build
from tests.faults.embedded import embedded_stand, survive_kills_of_everything
from tests.faults.freezing import survive_freezes
from tests.faults.kills import survive_kills
from tests.faults.oracle import Catalogue
from tests.faults.plan import SMALL, Plan, Report
from tests.faults.poison import survive_poison

Wanted = Callable[[Plan], Catalogue]
EVERYDAY = Plan()


def assert_holds(report: Report) -> None:
    print(f"\n{report}")  # noqa: T201 - seed, sizes and figures belong to the result
    assert not report.void, report.void
    assert report.violations == []


def test_an_import_whose_workers_are_killed_ends_as_if_nothing_had_happened(build: Build, wanted: Wanted) -> None:
    stand = build(EVERYDAY)

    report = survive_kills(stand, wanted(EVERYDAY))

    assert_holds(report)


def test_the_supervisor_replaces_killed_workers_and_the_import_goes_on(build: Build, wanted: Wanted) -> None:
    plan = replace(SMALL, rate=EVERYDAY.rate, kills=3)  # a supervised child knows the everyday pace alone
    stand = build(plan, supervised=True)

    report = survive_kills(stand, wanted(plan))

    assert_holds(report)


def test_a_worker_frozen_past_its_lease_cannot_write_over_who_took_over(build: Build, wanted: Wanted) -> None:
    stand = build(SMALL)

    report = survive_freezes(stand, wanted(SMALL))

    assert_holds(report)


def test_a_job_that_kills_its_process_is_dead_after_three_rescues(build: Build) -> None:
    stand = build(SMALL)

    report = survive_poison(stand)

    assert_holds(report)


def test_the_embedded_hub_goes_on_at_its_page_after_it_was_killed(tmp_path: Path, wanted: Wanted) -> None:
    with embedded_stand(SMALL, tmp_path) as stand:
        report = survive_kills_of_everything(stand, wanted(SMALL))

    assert_holds(report)
