"""Seeded schedules of the real hub against sandboxes.

`CONVERGENCE_SEEDS` sets how many seeds there are, `CONVERGENCE_SEED` the first, `CONVERGENCE_EACH` how many schedules
of each. To replay "12.3": CONVERGENCE_SEED=12 CONVERGENCE_SEEDS=1 CONVERGENCE_EACH=4, on the same database.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from statistics import fmean

import pytest

from tests.convergence.oracle import Figures
from tests.convergence.sabotage import CONTROLS, Control
from tests.convergence.schedule import Verdict, schedules
from tests.convergence.wire import Manner

FIRST = int(os.environ.get("CONVERGENCE_SEED", "56"))  # both of its everyday schedules are of mixed troubles
SEEDS = int(os.environ.get("CONVERGENCE_SEEDS", "1"))
EACH = int(os.environ.get("CONVERGENCE_EACH", "2"))
CONTROL, TRIED = 1, 6  # the seed of controls, and the schedules in which each must be seen
GENTLE = Manner()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_every_channel_ends_with_what_is_offered_whatever_befell(database_url: str, seed: int) -> None:
    began = time.process_time()

    figures, wrong = tried(schedules(database_url, seed, EACH))

    print(f"\nseed {seed}: {told(figures)}; {time.process_time() - began:.0f} s of CPU")  # noqa: T201 - how much was tried
    assert wrong == [], "replay it as the docstring of this module says"
    assert figures.troubles > 0


@pytest.mark.parametrize("control", CONTROLS.values(), ids=CONTROLS)
def test_the_oracle_sees_what_is_missing(control: Control, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    control.patch(monkeypatch)

    verdicts = schedules(sqlite_url, CONTROL, TRIED, manner=control.manner)

    assert any(control.told in violation for verdict in verdicts for violation in verdict.violations)


def tried(verdicts: Iterable[Verdict]) -> tuple[Figures, list[tuple[str, tuple[str, ...]]]]:
    figures, wrong = Figures(), []
    for verdict in verdicts:
        figures.add(verdict.figures)
        if verdict.violations:
            wrong.append((verdict.name, verdict.violations))
    return figures, wrong


def told(f: Figures) -> str:
    return (
        f"{f.schedules:,} schedules: {f.sales:,} sales, {f.writes:,} requests that set levels, {f.troubles:,} calls "
        f"befallen, {f.deaths:,} deaths, {f.hidden:,} sales hidden by as many units put back; without compare-and-set "
        f"{blind(f)}"
    )


def blind(f: Figures) -> str:
    windows = sorted(f.windows) or [0.0]
    return (
        f"{f.overwritten:,} of {f.blind_lines:,} lines written over, made good after {fmean(windows):.0f} s "
        f"on average, {windows[len(windows) * 95 // 100]:.0f} s in 95 of 100, {windows[-1]:.0f} s at most"
    )
