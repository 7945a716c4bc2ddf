"""Whether LibreOffice, without a screen, opens what the hub writes, and the hub reads what LibreOffice saves."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from hub.kernel import workbooks
from hub.kernel.workbooks import BadWorkbook, CellKind, Column, Form, Value
from tests.proof.page import Line, Page
from tests.slices.kernel.workbook_files import SHEET, changed, parts_of, with_cell

PACKAGE = "libreoffice-calc-nogui"
ABSENT = f"NOT RUN: LibreOffice is absent, and {PACKAGE} could not be installed here"
PATIENCE = 300
ROWS = 10_000
CATEGORIES = tuple(f"Kategori {number}, bagian {number % 40}" for number in range(3_000))
TEXTS = (
    "00123", "8991234567890123", "=1+1", "+1", "-1", "@x", "\tx", "a\nb", "=HYPERLINK(\"http://x\")", "<r>x</r>",
    "_x0041_", "👕 Kaos \u202eترتيب", "it's \"quoted\"; here", "1e5", "TRUE", "2026-11-22", "#REF!", "é" * 2_000,
)  # fmt: skip
FORM = Form(
    sheet="Products",
    stamp="proof",
    unique="id",
    columns=(
        Column(key="id", title="Product ID", kind=CellKind.TEXT, locked=True),
        Column(key="text", title="Text", kind=CellKind.TEXT, exact=True, hint="Anything."),
        Column(key="price", title="Price", kind=CellKind.DECIMAL, required=True, places=2),
        Column(key="stock", title="Stock", kind=CellKind.WHOLE, least=Decimal(0)),
        Column(key="category", title="Category", kind=CellKind.CHOICE, choices=CATEGORIES),
    ),
)
NOT_RUN = (
    "Excel itself, Google's sheets, Numbers and WPS: none of them runs here",
    "how it looks and feels: drop-downs and messages are looked for in the saved file, not on a screen",
    "the frozen head: without a screen LibreOffice saves no view (that it is written: an everyday test)",
)
Rows = Sequence[dict[str, Value]]


class Office(msgspec.Struct, frozen=True):
    """LibreOffice with a profile of its own."""

    program: str
    folder: Path

    def saved(self, content: bytes, kind: str = "xlsx") -> bytes:
        """Open a workbook and save it as `kind`; raises `OSError` where it does not open."""
        source, target = self.folder / "in" / "form.xlsx", self.folder / "out" / f"form.{kind}"
        source.parent.mkdir(exist_ok=True)
        target.unlink(missing_ok=True)
        source.write_bytes(content)
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        command = [self.program, profile, "--headless", "--norestore", "--convert-to", kind]
        answer = subprocess.run(  # noqa: S603 - the program that was looked up
            [*command, "--outdir", str(target.parent), str(source)], check=False, capture_output=True, timeout=PATIENCE
        )
        if not target.exists():
            raise OSError(f"LibreOffice does not open it: {answer.stderr.decode(errors='replace')[-200:]}")
        return target.read_bytes()

    def version(self) -> str:
        answer = subprocess.run([self.program, "--version"], check=True, capture_output=True, timeout=PATIENCE)  # noqa: S603 - as above
        return answer.stdout.decode().strip()


def prove() -> Page:
    """Install LibreOffice if it is not there, and let it open and save what the hub writes."""
    began = time.monotonic()
    with TemporaryDirectory(prefix="hub-proof-") as name:
        program = _program()
        office = Office(program, Path(name)) if program else None
        lines = [_tried(what, office, trial) for what, trial in TRIALS.items()]
        versions = office.version() if office else "no LibreOffice"
    return Page(
        name="workbooks-in-libreoffice",
        title="Workbooks in LibreOffice",
        sizes=f"{ROWS:,} rows, {len(TEXTS)} texts that invite mistakes, {len(CATEGORIES):,} choices",
        versions=versions,
        seconds=time.monotonic() - began,
        lines=lines,
        not_run=NOT_RUN,
    )


def _program() -> str | None:
    """The program, fetched from the distribution's own packages where we may; None where it stays absent."""
    found = shutil.which("soffice")
    apt = shutil.which("apt-get")
    if found or not apt or os.geteuid() != 0:
        return found
    for step in (["update"], ["install", "--yes", "--no-install-recommends", PACKAGE]):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([apt, "-qq", *step], check=False, capture_output=True, env=environment)  # noqa: S603 - apt-get
    return shutil.which("soffice")


def _tried(what: str, office: Office | None, trial: Callable[[Office], str]) -> Line:
    if office is None:
        return Line(what, "", ABSENT)
    began = time.monotonic()
    try:
        verdict = trial(office)
    except (OSError, BadWorkbook, subprocess.TimeoutExpired) as error:
        verdict = f"{type(error).__name__}: {error}"
    return Line(what, f"{time.monotonic() - began:.1f} s", verdict or "holds")


def _rows() -> Rows:
    return [
        {
            "id": f"{number:06d}",
            "text": TEXTS[number % len(TEXTS)],
            "price": Decimal(1_999 + number) / 100,
            "stock": number,
            "category": CATEGORIES[number % len(CATEGORIES)],
        }
        for number in range(ROWS)
    ]


def _written(rows: Rows) -> bytes:
    target = io.BytesIO()
    workbooks.write(target, FORM, rows)
    return target.getvalue()


def _wrong(content: bytes, rows: Rows) -> Iterator[str]:
    """Name what does not come back as it was written."""
    found = list(workbooks.read(io.BytesIO(content), FORM))
    if len(found) != len(rows):
        yield f"{len(found)} rows of {len(rows)}"
    for row, wanted in zip(found, rows, strict=False):
        if (row.values, row.errors) != (wanted, ()):
            yield f"row {row.number}: {row.errors or dict(row.values)} instead of {wanted}"


def _comes_back(office: Office) -> str:
    rows = _rows()
    return next(_wrong(office.saved(_written(rows)), rows), "")


def _opens_empty(office: Office) -> str:
    return next(_wrong(office.saved(_written(())), ()), "")


def _rules_are_kept(office: Office) -> str:
    parts = parts_of(office.saved(_written(_rows()[:10])))
    sheet, book = parts[SHEET].decode(), parts["xl/workbook.xml"].decode()
    wanted = {
        "the drop-down": 'type="list"' in sheet and "choices_of_column_5" in sheet,
        "its list": "choices_of_column_5" in book and f"${len(CATEGORIES)}" in book,
        "whole numbers": 'type="whole"' in sheet,
        "the hint": "Anything." in sheet,
        "hidden sheets": book.count('state="hidden"') == 2,
    }
    return ", ".join(f"lost: {what}" for what, kept in wanted.items() if not kept)


def _nothing_is_computed(office: Office) -> str:
    table = office.saved(_written([row for row in _rows() if row["text"] in ("=1+1", "+1", "-1", "@x")][:4]), "csv")
    shown = [line.split(",")[1] for line in table.decode().splitlines()[1:]]
    return "" if shown == ["=1+1", "+1", "-1", "@x"] else f"it shows {shown}"


def _other_kinds_are_refused(office: Office) -> str:
    content, wrong = _written(_rows()[:10]), []
    for kind, reason in {"xls": "(.xls)", "ods": "(.ods)", "csv": "(CSV?)", "html": "no Excel workbook"}.items():
        try:
            workbooks.read(io.BytesIO(office.saved(content, kind)), FORM)
        except BadWorkbook as error:
            if reason in str(error):
                continue
        wrong.append(f"{kind} is not refused for what it is")
    return ", ".join(wrong)


def _a_broken_one_is_noticed(office: Office) -> str:
    """The control: a file cut off, and one whose formula is computed, must not pass for what we wrote."""
    computed = office.saved(with_cell('<c r="C2"><f>1+1</f></c>'), "csv").decode()
    try:
        office.saved(changed({SHEET: b"<worksheet><sheetData>"})[:-100])
    except OSError:
        return "" if ",2," in computed else f"a formula is not computed: {computed[:100]}"
    return "a file cut off passes for a workbook"


TRIALS: dict[str, Callable[[Office], str]] = {
    "opened, saved and read back: every value": _comes_back,
    "a form without rows": _opens_empty,
    "drop-downs, limits, hints, hidden sheets": _rules_are_kept,
    "texts that look like formulas are shown as texts": _nothing_is_computed,
    "saved as .xls, .ods, .csv and .html: refused for what it is": _other_kinds_are_refused,
    "control: a broken file is noticed, a true formula is computed": _a_broken_one_is_noticed,
}
