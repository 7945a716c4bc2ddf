"""Workbooks of 10,000 rows written and read, against the libraries alone with the same cells; each in its own process.

The floors are xlsxwriter that writes the bare cells row by row, and calamine that reads the file that we wrote without
looking at it. Ours writes types, rules, hints and lists as well, and judges every part, row and cell of what it reads.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has annotations, but says so nowhere

from hub.kernel import workbooks
from hub.kernel.workbooks import CellKind, Column, Form, Value

ROWS, COLUMNS = 10_000, 20
WRITING, READING = 0.40, 0.08  # of the floors' rows per second
MEMORY = 256  # MiB
TURNS = 3
CATEGORIES = tuple(f"Kategori {number} > Bagian {number % 40}" for number in range(3_000))
KINDS = (CellKind.TEXT, CellKind.TEXT, CellKind.DECIMAL, CellKind.WHOLE, CellKind.CHOICE)
FORM = Form(
    sheet="Products",
    stamp="bench",
    unique="c0",
    columns=tuple(
        Column(
            key=f"c{n}",
            title=f"Column {n}",
            kind=KINDS[n % 5],
            hint="What it is for.",
            choices=CATEGORIES if KINDS[n % 5] is CellKind.CHOICE else (),
        )
        for n in range(COLUMNS)
    ),
)


class Measured(NamedTuple):
    """Rows per second and the peak memory of the process in MiB."""

    rate: float
    peak: float


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        path = Path(folder) / "ours.xlsx"
        turns = [{way: _measured(way, path) for way in WAYS} for _ in range(TURNS)]
        size = path.stat().st_size / 2**20
    found = {way: _best([turn[way] for turn in turns]) for way in WAYS}
    yield f"a workbook of {ROWS:,} rows and {COLUMNS} columns: {size:.1f} MiB; the best of {TURNS} turns each"
    yield _line("written", found["write"], found["bare write"], WRITING)
    yield _line("read", found["read"], found["bare read"], READING)


def _line(done: str, ours: Measured, floor: Measured, aim: float) -> str:
    ratio = ours.rate / floor.rate
    verdict = "meets" if ratio >= aim and ours.peak <= MEMORY else "MISSES"
    told = [f"{each.rate:,.0f} rows/s, {each.peak:.0f} MiB at the peak" for each in (ours, floor)]
    return f"{done}: {told[0]}; the library alone {told[1]} = {ratio:.2f} ({verdict} {aim} and {MEMORY} MiB)"


def _best(turns: Sequence[Measured]) -> Measured:
    """The fastest of some turns and the largest memory of all."""
    return Measured(max(turn.rate for turn in turns), max(turn.peak for turn in turns))


def _measured(way: str, path: Path) -> Measured:
    command = [sys.executable, "-m", "bench.workbooks", way, str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    return Measured(*json.loads(answer.stdout))


def _rows() -> Iterator[Mapping[str, Value]]:
    for n in range(ROWS):
        cells: dict[str, Value] = {}
        for at in range(0, COLUMNS, 5):
            cells[f"c{at}"] = f"KPS-{n:07d}-{at}"
            cells[f"c{at + 1}"] = f"Kaos Polos Cotton Combed 30s Lengan Pendek nomor {n}"
            cells[f"c{at + 2}"] = Decimal(149_000 + n) / 100
            cells[f"c{at + 3}"] = n % 300
            cells[f"c{at + 4}"] = CATEGORIES[n % len(CATEGORIES)]
        yield cells


def _write(path: Path) -> int:
    workbooks.write(path, FORM, _rows())
    return ROWS


def _bare_write(path: Path) -> int:
    with Workbook(str(path.with_name("bare.xlsx")), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Products")
        for number, row in enumerate(_rows(), start=1):
            for at, value in enumerate(row.values()):
                if isinstance(value, str):
                    sheet.write_string(number, at, value)
                else:
                    sheet.write_number(number, at, value)
    return ROWS


def _read(path: Path) -> int:
    rows = list(map(_seen, workbooks.read(path, FORM)))
    assert not any(rows), "the bench's own rows have no errors"
    return len(rows)


def _seen(row: workbooks.Row) -> int:
    return len(row.errors)


def _bare_read(path: Path) -> int:
    return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_name("Products").iter_rows()) - 1


WAYS: Mapping[str, Callable[[Path], int]] = {
    "write": _write, "bare write": _bare_write, "read": _read, "bare read": _bare_read,
}  # fmt: skip


def _peak() -> float:
    """MiB of this program alone: what `getrusage` tells begins with the memory of whoever started it."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    began = time.perf_counter()
    done = WAYS[sys.argv[1]](Path(sys.argv[2]))
    sys.stdout.write(json.dumps([done / (time.perf_counter() - began), _peak()]))
    assert done == ROWS
