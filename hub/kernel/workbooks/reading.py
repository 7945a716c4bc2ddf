"""Reads a filled workbook back: the file and its headings first, then row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from hub.kernel.workbooks.cells import Found
from hub.kernel.workbooks.forms import BadWorkbook, Form, Limits, Row, heading
from hub.kernel.workbooks.outline import outline_of
from hub.kernel.workbooks.package import DAMAGED, open_package
from hub.kernel.workbooks.rebuilding import Rebuilt
from hub.kernel.workbooks.releasing import give_back
from hub.kernel.workbooks.rows import Rows
from hub.kernel.workbooks.writing import STAMP
from hub.kernel.workbooks.wrong import shown

DEFAULT = Limits()
_FORM, _STAMP = "form", "stamp"  # under these names the rebuilt workbook has them


def read(source: Path | BinaryIO, form: Form, limits: Limits = DEFAULT) -> Iterator[Row]:
    """Give the rows in which something stands, each with its values and the errors of its cells.

    The file as a whole is judged before this returns: raises `BadWorkbook` with one reason, and within the memory that
    `limits` bound. An open file is closed once it was judged: who had it in memory only for this, has it there no more.
    """
    return iter(opened(source, form, limits))


def opened(source: Path | BinaryIO, form: Form, limits: Limits = DEFAULT) -> Rows:
    """The same, for whoever also names cells by key: `Rows.cell`."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return opened(file, form, limits)
    with source:
        rebuilt = _rebuilt(source, form, limits)
    give_back()
    try:
        with CalamineWorkbook.from_object(rebuilt.content) as book:
            rebuilt.content.close()  # it has a copy of its own
            _check_stamp(book, form)
            sheet = book.get_sheet_by_name(_FORM)
    except CalamineError as error:
        raise BadWorkbook(DAMAGED) from error
    left = sheet.start[1] if sheet.start else 0
    return Rows(form, rebuilt.scans[_FORM], _padded(sheet.iter_rows(), left))


def _rebuilt(source: BinaryIO, form: Form, limits: Limits) -> Rebuilt:
    package = open_package(source, limits)
    outline = outline_of(package)
    known = {heading(name): part for name, part in outline.sheets.items()}
    if form.stamp and STAMP not in known:
        raise BadWorkbook("the file was not made here, or has lost its mark: download it again and fill in that one")
    if heading(form.sheet) not in known:
        there = ", ".join(shown(name) for name in outline.sheets if name != STAMP)
        raise BadWorkbook(f"there is no sheet {shown(form.sheet)}, only {there or 'none'}: name it as it was")
    sheets = {_FORM: known[heading(form.sheet)]} | ({_STAMP: known[STAMP]} if form.stamp else {})
    return Rebuilt(package, outline, sheets, limits)


def _check_stamp(book: CalamineWorkbook, form: Form) -> None:
    if not form.stamp:
        return
    if book.get_sheet_by_name(_STAMP).to_python(nrows=1) != [[form.stamp]]:
        raise BadWorkbook("the file was made for another request: download the one of this request and fill in that")


def _padded(rows: Iterator[Sequence[Found]], left: int) -> Iterator[Sequence[Found]]:
    """Rows that begin at column A, whatever the first column is that something stands in."""
    return (("",) * left + tuple(row) for row in rows) if left else rows
