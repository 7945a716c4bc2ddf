"""The long form of the engine's simulation: ten times the everyday runs, and a crash at each single step."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from tests.proof.page import ROOT, Line, Page
from tests.simulation.test_simulation import FIRST, SQLITE_SHARE

RUNS = 3_000
_figures = re.compile(r"\d+ seeded runs: .+")
NOT_RUN = ("seeds beyond these; every seed can be replayed with SIM_SEED and SIM_RUNS=1",)


def prove(runs: int = RUNS) -> Page:
    """Run the simulation's own tests with more seeds; their verdict is the proof's."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-s", "-q", "tests/simulation"]
    given = os.environ | {"SIM_RUNS": str(runs)}
    answer = subprocess.run(command, cwd=ROOT, env=given, check=False, capture_output=True, text=True)  # noqa: S603 - ourselves
    print(answer.stdout, flush=True)  # noqa: T201 - a long run shows what it did
    lines = [Line("crashes anywhere", found) for found in _figures.findall(answer.stdout)]
    summary = (answer.stdout.strip().splitlines() or ["no output"])[-1]
    lines.append(Line("all tests", summary, "holds" if answer.returncode == 0 else "; ".join(_failed(answer.stdout))))
    return Page(
        name="job-simulation",
        title="The job engine, simulated",
        sizes=f"{runs:,} seeded runs from seed {FIRST} on, {SQLITE_SHARE:.0%} on SQLite; one for each step",
        versions=_versions(answer.stdout),
        seconds=time.monotonic() - began,
        lines=lines,
        not_run=NOT_RUN,
    )


def _failed(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))] or ["it did not run"]


def _versions(output: str) -> str:
    found = re.search(r"running on (.+)", output)
    return found[1] if found else "the servers named in tests/servers.py"
