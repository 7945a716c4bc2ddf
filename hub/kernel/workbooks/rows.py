"""Makes rows of values out of rows of cells: finds each column by its title, and gathers what is wrong by cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import BinaryIO

from hub.kernel.workbooks.cells import Found, meaning
from hub.kernel.workbooks.choices import Choices
from hub.kernel.workbooks.forms import BadWorkbook, CellError, Column, Form, Row, Value, heading, letters
from hub.kernel.workbooks.scanning import Flaw, Scan
from hub.kernel.workbooks.wrong import Wrong, shown

_DIGEST = 16  # bytes
_MOST_FLAWS = 1_000  # of one sort in one column; beyond, one reason is clearer than a list


class Rows:
    """The rows of one sheet, read from `file` while they are gone through: once, and then it is closed."""

    def __init__(self, form: Form, scan: Scan, cells: Iterator[Sequence[Found]], file: BinaryIO) -> None:
        self._cells, self._file = cells, file
        self._at = _places(next(cells, ()), form)
        self._columns = form.columns
        self._unique = form.unique
        self._choices = {column.key: Choices(column.choices) for column in form.columns if column.choices}
        self._flaws = {column.key: _flaws(scan, column, self._at[column.key]) for column in form.columns}
        self._first: dict[bytes, int] = {}

    def __iter__(self) -> Iterator[Row]:
        with self._file:
            for number, cells in enumerate(self._cells, start=2):
                if self._is_filled(number, cells):
                    yield self._row(number, cells)

    def cell(self, number: int, key: str) -> str:
        """Name the cell of a row as Excel does, wherever the merchant has moved its column."""
        return f"{letters(self._at[key])}{number}"

    def fault(self, number: int, key: str, message: str) -> CellError:
        """Say what is wrong with a cell that no form can check."""
        title = next(column.title for column in self._columns if column.key == key)
        return CellError(cell=self.cell(number, key), column=title, message=message)

    def _is_filled(self, number: int, cells: Sequence[Found]) -> bool:
        found = (cells[at] for at in self._at.values())
        return any(not isinstance(cell, str) or cell.strip() for cell in found) or any(
            number in flaws for flaws in self._flaws.values()
        )

    def _row(self, number: int, cells: Sequence[Found]) -> Row:
        values: dict[str, Value] = {}
        errors: list[CellError] = []
        for column in self._columns:
            at = self._at[column.key]
            try:
                values[column.key] = self._meaning(number, cells[at], column)
            except Wrong as wrong:
                errors.append(CellError(cell=f"{letters(at)}{number}", column=column.title, message=str(wrong)))
        return Row(number=number, values=values, errors=tuple(errors))

    def _meaning(self, number: int, found: Found, column: Column) -> Value:
        if flaw := self._flaws[column.key].get(number):
            raise Wrong(flaw)
        value = meaning(found, column, self._choices.get(column.key))
        if column.key == self._unique and value is not None:
            first = self._first.setdefault(_known_by(value), number)
            if first != number:
                raise Wrong(f"{shown(str(value))} stands in row {first} too: keep one of the two rows")
        return value


def _known_by(value: Value) -> bytes:
    """What a value is found by among tens of thousands, however long it is and however its signs are composed."""
    text = unicodedata.normalize("NFC", str(value))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def _places(head: Sequence[Found], form: Form) -> Mapping[str, int]:
    """Where in a row each column stands, by its title; whatever else there is is the merchant's own."""
    found: dict[str, int] = {}
    wanted = {heading(column.title) for column in form.columns}
    for at, title in enumerate(heading(str(cell)) for cell in head):
        if title in found and title in wanted:
            twice = f"{letters(found[title])}1 and {letters(at)}1"
            raise BadWorkbook(f"{twice} have the same title, {shown(str(head[at]))}: remove one of the columns")
        found[title] = at
    missing = [shown(column.title) for column in form.columns if heading(column.title) not in found]
    if missing:
        raise BadWorkbook(f"row 1 lacks the titles {', '.join(missing)}: put them back, or download the file again")
    return {column.key: found[heading(column.title)] for column in form.columns}


def _flaws(scan: Scan, column: Column, at: int) -> Mapping[int, Flaw]:
    """The rows in which a column's cell is no value."""
    rows: dict[int, Flaw] = {}
    for flaw, numbers in _spans(scan, at):
        for number in numbers:
            _note(rows, number, flaw, column, at)
    for flaw, columns in scan.flaws.items():
        for number in columns.get(at, ()):
            if number > 1:
                _note(rows, number, flaw, column, at)
    return rows


def _spans(scan: Scan, at: int) -> Iterator[tuple[Flaw, range]]:
    """The rows of the areas that reach over a column; where areas lie on each other, a row comes once for each flaw."""
    reached = dict.fromkeys(Flaw, 1)
    for area in sorted(scan.areas, key=lambda area: area.top):
        if area.left <= at <= area.right:
            yield area.flaw, range(max(area.top, reached[area.flaw] + 1), min(area.bottom, scan.bottom) + 1)
            reached[area.flaw] = max(reached[area.flaw], area.bottom)


def _note(rows: dict[int, Flaw], number: int, flaw: Flaw, column: Column, at: int) -> None:
    rows[number] = flaw
    if len(rows) > _MOST_FLAWS:
        first = f"{letters(at)}{min(rows)} ({column.title})"
        raise BadWorkbook(f"{first} {flaw}; so it is with more than {_MOST_FLAWS:,} cells below it")
