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
from hub.kernel.workbooks.lots import Lots
from hub.kernel.workbooks.parsing import Place, Start
from hub.kernel.workbooks.texts import Texts
from hub.kernel.workbooks.wrong import DAMAGED

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384  # of Excel
_SCANNED = 2_000_000  # cells, empty ones among them
_KINDS = frozenset(("n", "s", "str", "inlineStr", "b", "e", "d"))
_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"))
_INDEX = re.compile(r"\d{1,9}")
_NUMBER = re.compile(r"|[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf|infinity)", re.ASCII | re.IGNORECASE)
_DEPTHS = {"sheetData": 2, "row": 3, "c": 4, "f": 5, "v": 5, "is": 5}
_AREAS = 10_000
_CURE = "clear the cell and type it again"


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


class Scan:
    """One walk over a sheet. Rows and columns must ascend, as every program writes them: no cell comes twice."""

    def __init__(self, texts: Texts, limits: Limits) -> None:
        self.flaws: dict[Flaw, dict[int, array[int]]] = {flaw: defaultdict(lambda: array("I")) for flaw in Flaw}
        self.areas: list[Area] = []
        self.bottom = 0  # of what is filled in, as Excel counts
        self.lots = Lots()
        self._left, self._right, self._top = _MOST_COLUMNS, -1, _MOST_ROWS
        self._texts, self._limits, self._size = texts, limits, texts.total
        self._row, self._column, self._seen, self._kind, self._value = 0, -1, 0, "", ""
        self._open = self._is_inside = False
        self._at = 0  # where a value begins
        within = {
            "row": self._begin_row, "c": self._begin_cell, "f": self._formula, "v": self._begin_value,
            "is": self._begin_value,
        }  # fmt: skip
        self.starts: dict[str, Start] = {name: self._within(_DEPTHS[name], each) for name, each in within.items()}
        self.starts |= {"sheetData": self._begin_rows, "mergeCell": self._merged}
        self.ends = {"v": self._end_value, "is": self._end_text, "sheetData": self._end_rows}

    @property
    def width(self) -> int:
        """How many columns reach from A to the last that is filled in."""
        return self._right + 1

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

    def _within(self, depth: int, begin: Start) -> Start:
        """Look at an element where it stands among the rows, and nowhere else than where it belongs there."""

        def checked(attributes: Mapping[str, str], place: Place) -> None:
            if self._is_inside:
                if place.depth != depth:
                    raise BadWorkbook(DAMAGED)
                begin(attributes, place)

        return checked

    def _begin_rows(self, attributes: Mapping[str, str], place: Place) -> None:
        if place.depth != _DEPTHS["sheetData"] or self._is_inside or self.lots.end:
            raise BadWorkbook(DAMAGED)
        self._is_inside = True

    def _end_rows(self, place: Place) -> None:
        self._is_inside = False
        self.lots.close(place.at, place.at + self._size)

    def _begin_row(self, attributes: Mapping[str, str], place: Place) -> None:
        given = attributes.get("r", str(self._row + 1))
        row = int(given) if _INDEX.fullmatch(given) else 0
        if not self._row < row <= _MOST_ROWS:
            raise BadWorkbook(DAMAGED)
        self._row, self._column = row, -1
        self.lots.begin_row(row, place.at, place.at + self._size)

    def _begin_cell(self, attributes: Mapping[str, str], place: Place) -> None:
        column = self._column + 1
        if "r" in attributes:
            row, column = position(attributes["r"])
            if row != self._row or column <= self._column:
                raise BadWorkbook(DAMAGED)
        kind = attributes.get("t")
        self._column, self._kind = column, kind or ""
        self._seen += 1
        if (kind is not None and kind not in _KINDS) or column >= _MOST_COLUMNS:
            raise BadWorkbook(DAMAGED)
        if self._seen > _SCANNED:
            raise BadWorkbook("the sheet has millions of formatted cells: delete the empty rows and columns behind it")

    def _begin_value(self, attributes: Mapping[str, str], place: Place) -> None:
        self._open, self._value, self._at = True, "", place.at
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

    def _end_value(self, place: Place) -> None:
        if not self._open:
            return
        self._open = False
        match self._kind:
            case "s":
                self._name_text(place)
            case "e":
                if self._value not in _ERRORS:
                    raise BadWorkbook(f"{self._name} {Flaw.ERROR}")
                self._note(Flaw.ERROR)
            case "n" if not _NUMBER.fullmatch(self._value):
                raise BadWorkbook(f"{self._name} says that it holds a number, and does not: {_CURE}")

    def _name_text(self, place: Place) -> None:
        index = int(self._value) if _INDEX.fullmatch(self._value) else len(self._texts.sizes)
        if index >= len(self._texts.sizes):
            raise BadWorkbook(f"{self._name} names a text that the file lacks: {_CURE}")
        self._grow(self._texts.sizes[index])
        self.lots.named.add(self._at, place.at, index)

    def _end_text(self, place: Place) -> None:
        self._open = False

    def _formula(self, attributes: Mapping[str, str], place: Place) -> None:
        self._note(Flaw.FORMULA)
        if attributes.get("t") == "array" and "ref" in attributes:
            self._add(Flaw.FORMULA, attributes["ref"])

    def _note(self, flaw: Flaw) -> None:
        rows = self.flaws[flaw][self._column]
        if not rows or rows[-1] != self._row:
            rows.append(self._row)

    def _merged(self, attributes: Mapping[str, str], place: Place) -> None:
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
