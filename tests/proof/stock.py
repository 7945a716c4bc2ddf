"""The long form of the simulation of telling: fifty times the everyday schedules."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from tests.proof.page import ROOT, Line, Page
from tests.simulation_stock.test_simulation_stock import FIRST, GENTLE_RUNS, RUNS

LONG = 100_000
_figures = re.compile(r"[\d,]+ (?:gentle )?schedules.*: .+")
NOT_RUN = (
    "the statements that read and write `told` and `due_push`: here the rules run, the rows in the tests of the slice",
    "effects that land later than two minutes after they were asked for: the rule does not promise anything of them",
    "seeds beyond these; every seed can be replayed with STOCK_SEED and STOCK_RUNS=1",
)


def prove(runs: int = LONG) -> Page:
    """Run the simulation's own tests with more seeds; their verdict is the proof's."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-s", "-q", "tests/simulation_stock"]
    given = os.environ | {"STOCK_RUNS": str(runs)}
    answer = subprocess.run(command, cwd=ROOT, env=given, check=False, capture_output=True, text=True)  # noqa: S603 - ourselves
    print(answer.stdout, flush=True)  # noqa: T201 - a long run shows what it did
    found = _figures.findall(answer.stdout)
    lines = [Line("a sale between any two steps of a push", each) for each in found]
    summary = (answer.stdout.strip().splitlines() or ["no output"])[-1]
    lines.append(
        Line("all tests, controls among them", summary, "holds" if answer.returncode == 0 else _failed(answer.stdout))
    )
    return Page(
        name="stock-simulation",
        title="Telling channels their stock, simulated",
        sizes=f"{runs:,} schedules from seed {FIRST} on, a tenth as many gentle; CI {RUNS:,} and {GENTLE_RUNS:,}",
        versions="no database, no network: virtual time",
        seconds=time.monotonic() - began,
        lines=lines,
        not_run=NOT_RUN,
    )


def _failed(output: str) -> str:
    return "; ".join(line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))) or "it did not run"
