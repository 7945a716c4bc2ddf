"""Judges a sheet before anything loads it: how far it reaches, how much text it holds, which cells are no values."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

import msgspec

from hub.kernel.workbooks.forms import BadWorkbook, Limits, letters
from hub.kernel.workbooks.package import DAMAGED

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384  # of Excel
_SCANNED = 2_000_000  # cells, empty ones among them
_KINDS = frozenset(("n", "s", "str", "inlineStr", "b", "e", "d"))
_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"))
_INDEX = re.compile(r"\d{1,9}")
_AREAS = 10_000


class Flaw(StrEnum):
    """Why a cell is no value; each is what its error says."""

    FORMULA = "holds a formula: copy the cell and paste it as value"
    ERROR = "holds the error of a formula, such as #REF!: type the value itself"
    MERGED = "is merged with its neighbours: unmerge the cells and fill in each of them"


class Area(msgspec.Struct, frozen=True):
    """A block of cells with a flaw, its corners counted from row 1 and column 0."""

    flaw: Flaw
    top: int
    left: int
    bottom: int
    right: int


class Texts:
    """The table of texts that the cells of a file share: how many bytes each has."""

    def __init__(self, limits: Limits) -> None:
        self.sizes = array("I")
        self.total = 0
        self._limits = limits
        self._open = False
        self.starts = {"si": self._begin}
        self.ends = {"si": self._end}

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self.sizes.append(0)
        self._open = True
        if len(self.sizes) > self._limits.cells:
            most = f"{self._limits.cells:,}"
            raise BadWorkbook(f"the file has more than {most} different texts: fill in fewer rows at once")

    def _end(self) -> None:
        self._open = False

    def text(self, text: str) -> None:
        if self._open:
            size = len(text.encode())
            self.sizes[-1] += size
            self.total += size
            if self.total > self._limits.text:
                raise BadWorkbook("the texts of the file are too long for one: fill in fewer rows at once")


class Scan:
    """One walk over a sheet. Rows and columns must ascend, as every program writes them: no cell comes twice."""

    def __init__(self, texts: Texts, limits: Limits) -> None:
        self.flaws: dict[Flaw, dict[int, array[int]]] = {flaw: defaultdict(lambda: array("I")) for flaw in Flaw}
        self.areas: list[Area] = []
        self.bottom = 0  # of what is filled in, as Excel counts
        self._left, self._right, self._top = _MOST_COLUMNS, -1, _MOST_ROWS
        self._texts, self._limits, self._size = texts, limits, texts.total
        self._row, self._column, self._seen, self._kind, self._value = 0, -1, 0, "n", ""
        self._open = False
        self.starts = {
            "row": self._begin_row, "c": self._begin_cell, "f": self._formula, "v": self._begin_value,
            "is": self._begin_value, "mergeCell": self._merged,
        }  # fmt: skip
        self.ends = {"v": self._end_value, "is": self._end_text}

    def text(self, text: str) -> None:
        if self._open:
            self._value += text[: 64 - len(self._value)]
            self._grow(len(text.encode()))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > self._limits.text:
            raise BadWorkbook(f"the texts up to {self._name} are too long for one file: fill in fewer rows at once")

    @property
    def _name(self) -> str:
        return f"{letters(self._column)}{self._row}"

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        given = attributes.get("r", str(self._row + 1))
        row = int(given) if _INDEX.fullmatch(given) else 0
        if not self._row < row <= _MOST_ROWS:
            raise BadWorkbook(DAMAGED)
        self._row, self._column = row, -1

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        column = self._column + 1
        if "r" in attributes:
            row, column = position(attributes["r"])
            if row != self._row or column <= self._column:
                raise BadWorkbook(DAMAGED)
        self._column, self._kind = column, attributes.get("t", "n")
        self._seen += 1
        if self._kind not in _KINDS or column >= _MOST_COLUMNS:
            raise BadWorkbook(DAMAGED)
        if self._seen > _SCANNED:
            raise BadWorkbook("the sheet has millions of formatted cells: delete the empty rows and columns behind it")

    def _begin_value(self, attributes: Mapping[str, str]) -> None:
        self._open, self._value = True, ""
        if self._row > self.bottom or not self._left <= self._column <= self._right:
            self._top, self.bottom = min(self._top, self._row), self._row
            self._left, self._right = min(self._left, self._column), max(self._right, self._column)
            self._bound()

    def _bound(self) -> None:
        if self._right >= self._limits.columns:
            cure = "delete the columns behind the last one of the form"
            raise BadWorkbook(f"{self._name} lies beyond the {self._limits.columns} columns that are read: {cure}")
        if self.bottom - 1 > self._limits.rows:
            raise BadWorkbook(f"{self._name} lies beyond the {self._limits.rows:,} rows that are read: split the file")
        if (self.bottom - self._top + 1) * (self._right - self._left + 1) > self._limits.cells:
            raise BadWorkbook(f"more than {self._limits.cells:,} cells up to {self._name}: split the file")

    def _end_value(self) -> None:
        self._open = False
        if self._kind == "s":
            index = int(self._value) if _INDEX.fullmatch(self._value) else len(self._texts.sizes)
            if index >= len(self._texts.sizes):
                raise BadWorkbook(f"{self._name} names a text that the file lacks: clear the cell and type it again")
            self._grow(self._texts.sizes[index])
        elif self._kind == "e":
            if self._value not in _ERRORS:
                raise BadWorkbook(f"{self._name} {Flaw.ERROR}")
            self._note(Flaw.ERROR)

    def _end_text(self) -> None:
        self._open = False

    def _formula(self, attributes: Mapping[str, str]) -> None:
        self._note(Flaw.FORMULA)
        if attributes.get("t") == "array" and "ref" in attributes:
            self._add(Flaw.FORMULA, attributes["ref"])

    def _note(self, flaw: Flaw) -> None:
        rows = self.flaws[flaw][self._column]
        if not rows or rows[-1] != self._row:
            rows.append(self._row)

    def _merged(self, attributes: Mapping[str, str]) -> None:
        self._add(Flaw.MERGED, attributes.get("ref", ""))

    def _add(self, flaw: Flaw, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = position(first), position(last or first)
        self.areas.append(Area(flaw, top, left, bottom, right))
        if len(self.areas) > _AREAS:
            raise BadWorkbook(f"{first} {flaw}, and so are thousands of others")


def position(name: str) -> tuple[int, int]:
    """The row, counted from 1, and the column, counted from 0, of a cell's name."""
    found = _CELL.fullmatch(name)
    if found is None:
        raise BadWorkbook(DAMAGED)
    return int(found[2]), _column(found[1])


@cache
def _column(name: str) -> int:
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column - 1
