"""Seeded runs of the engine on both databases; `SIM_RUNS` sets how many, `SIM_SEED` where they begin."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pytest

from tests.simulation.controls import CONTROLS, Patch
from tests.simulation.simulation import Stage, Verdict, short_sighted, simulate, staged
from tests.simulation.world import Focus

RUNS = int(os.environ.get("SIM_RUNS", "150"))
FIRST = int(os.environ.get("SIM_SEED", "0"))
SQLITE_SHARE = 0.5  # the races that one writer cannot have need the other half
CONTROL_RUNS = 120
FOCUS: Mapping[int, Focus] = {0: "asking", 5: "stopping"}  # by the last digit of the seed
EVERY_POINT_FROM = 1_000  # runs: a proof tries each single point


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with staged(database_url) as stage:
        yield stage


def test_nothing_is_lost_doubled_or_stuck_whatever_crashes_when(stage: Stage) -> None:
    share = SQLITE_SHARE if stage.database.embedded else 1 - SQLITE_SHARE
    seeds = range(FIRST, FIRST + round(RUNS * share))

    half = len(seeds) // 2
    verdicts = [simulate(stage, seed, focus=FOCUS.get(seed % 10, "")) for seed in seeds[:half]]
    with short_sighted():
        verdicts += [simulate(stage, seed, focus=FOCUS.get(seed % 10, "")) for seed in seeds[half:]]

    print(_figures(verdicts))  # noqa: T201 - how much was tried
    assert [(verdict.seed, verdict.violations) for verdict in verdicts if verdict.violations] == []
    assert sum(verdict.crashes for verdict in verdicts) > len(verdicts)


def test_a_crash_at_each_single_step_of_a_run_loses_nothing(stage: Stage) -> None:
    whole = simulate(stage, FIRST, crash_rate=0.0, size=2)
    sparsely = 4 if stage.database.embedded else 12
    points = range(1, whole.steps, 1 if RUNS >= EVERY_POINT_FROM else sparsely)

    verdicts = [simulate(stage, FIRST, crash_rate=0.0, crash_at=point, size=2) for point in points]

    print(_figures(verdicts))  # noqa: T201 - how much was tried
    assert [(verdict.seed, verdict.violations) for verdict in verdicts if verdict.violations] == []


@pytest.mark.parametrize(("without", "told", "focus", "first"), CONTROLS.values(), ids=CONTROLS)
def test_the_oracle_sees_a_missing_guard(
    without: Patch, told: str, focus: Focus, first: int, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch)
    seeds = range(first, first + CONTROL_RUNS)

    with staged(postgres_url) as stage:
        verdicts = (simulate(stage, seed, crash_rate=0.02, focus=focus) for seed in seeds)
        seen = any(told in violation for verdict in verdicts for violation in verdict.violations)

    assert seen


def test_the_same_seed_makes_the_same_decisions(stage: Stage) -> None:
    first, again = (simulate(stage, 7, crash_rate=0.02) for _ in range(2))

    assert first == again


def _figures(verdicts: list[Verdict]) -> str:
    steps, crashes, jobs = (sum(getattr(one, name) for one in verdicts) for name in ("steps", "crashes", "runs"))
    return f"{len(verdicts)} seeded runs: {steps} steps, {crashes} crashes, {jobs} job runs"
