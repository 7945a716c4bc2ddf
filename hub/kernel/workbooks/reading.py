"""Reads a filled workbook back: the file and its headings first, then row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from hub.kernel.workbooks.cells import Found, meaning
from hub.kernel.workbooks.choices import Choices
from hub.kernel.workbooks.forms import BadWorkbook, CellError, Form, Limits, Row, Value, heading, letters
from hub.kernel.workbooks.writing import STAMP
from hub.kernel.workbooks.wrong import Wrong

DEFAULT = Limits()
_AGAIN = "download it again and fill in that one"


def read(source: Path | BinaryIO, form: Form, limits: Limits = DEFAULT) -> Iterator[Row]:
    """Give the rows in which something stands, each with its values and the errors of its cells.

    The file as a whole is judged before this returns: raises `BadWorkbook` with one reason.
    """
    try:
        with CalamineWorkbook.from_object(source) as book:
            stamped = book.get_sheet_by_name(STAMP).to_python(nrows=1) if STAMP in book.sheet_names else []
            if stamped != [[form.stamp]]:
                raise BadWorkbook(f"this workbook was made for something else: {_AGAIN}")
            if form.sheet not in book.sheet_names:
                raise BadWorkbook(f"there is no sheet “{form.sheet}”: {_AGAIN}")
            sheet = book.get_sheet_by_name(form.sheet)
    except CalamineError as error:
        raise BadWorkbook(f"this cannot be read as an Excel workbook: {_AGAIN}") from error
    rows = sheet.iter_rows()
    left = sheet.start[1] if sheet.start else 0
    return _rows(rows, form, _places(next(rows, []), form, left))


def _places(head: Sequence[Found], form: Form, left: int) -> Mapping[str, int]:
    """Where in a row each column stands, by its title; other columns are the merchant's own."""
    found: dict[str, int] = {}
    for at, title in enumerate(heading(str(cell)) for cell in head):
        if title and title in found:
            raise BadWorkbook(
                f"two columns are titled “{head[at]}”, {letters(left + found[title])} and {letters(left + at)}"
            )
        found[title] = at
    missing = [column.title for column in form.columns if heading(column.title) not in found]
    if missing:
        raise BadWorkbook(f"row 1 of the sheet lacks the columns {', '.join(missing)}: {_AGAIN}")
    return {column.key: found[heading(column.title)] for column in form.columns}


def _rows(rows: Iterator[Sequence[Found]], form: Form, places: Mapping[str, int]) -> Iterator[Row]:
    choices = {column.key: Choices(column.choices) for column in form.columns if column.choices}
    for number, cells in enumerate(rows, start=2):
        if any(str(cells[at]).strip() for at in places.values()):
            yield _row(number, cells, form, places, choices)


def _row(
    number: int, cells: Sequence[Found], form: Form, places: Mapping[str, int], choices: Mapping[str, Choices]
) -> Row:
    values: dict[str, Value] = {}
    errors: list[CellError] = []
    for column in form.columns:
        at = places[column.key]
        try:
            values[column.key] = meaning(cells[at], column, choices.get(column.key))
        except Wrong as wrong:
            errors.append(CellError(cell=f"{letters(at)}{number}", column=column.title, message=str(wrong)))
    return Row(number=number, values=values, errors=tuple(errors))
