"""Reads one workbook in a process of its own and tells what came of it, with its peak memory: `CHILD WAY PATH`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import NamedTuple

import msgspec
from python_calamine import CalamineWorkbook

from hub.kernel import workbooks
from tests.slices.kernel.workbook_forms import a_form


class Told(NamedTuple):
    """The outcome, MiB at the peak and seconds of computing."""

    outcome: str
    peak: float
    seconds: float


def guarded(path: Path) -> str:
    try:
        rows = sum(1 for _ in workbooks.read(path, a_form()))
    except workbooks.BadWorkbook as error:
        return str(error)
    return f"{rows} rows"


def bare(path: Path) -> str:
    """What anyone would do: hand the upload to the library."""
    return f"{len(CalamineWorkbook.from_path(path).get_sheet_by_name('Products').to_python())} rows"


def peak() -> float:
    """MiB of this program alone: what `getrusage` tells begins with the memory of whoever started it."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    way, path = sys.argv[1:]
    outcome = {"guarded": guarded, "bare": bare}[way](Path(path))
    sys.stdout.write(msgspec.json.encode(Told(outcome, peak(), time.process_time())).decode())
