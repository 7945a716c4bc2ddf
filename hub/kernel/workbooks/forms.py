"""What a workbook is about: the columns of its sheet, and the rows that are read from it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

import msgspec

from hub.kernel.errors import Invalid

LONGEST = 32_767  # UTF-16 units that a cell of Excel holds
_SHEET = 31  # characters of a sheet's name, by Excel
_NOT_IN_SHEETS = frozenset("[]:*?/\\")
Value = str | int | Decimal | None
"""What a cell holds; None where it is empty."""


class CellKind(StrEnum):
    """How a column is formatted, checked and read: as text, as a number, or as one of a list."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    CHOICE = "choice"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a sheet: `title` stands above it and is what it is found by, `hint` helps to fill it in.

    `longest` counts characters of text; `least` and `most` bound numbers; `places` is how many decimals an amount may
    have (None: any). A locked column is shown and not to be changed. Blanks around a text are no part of it, unless the
    column is `exact`.
    """

    key: str
    title: str
    kind: CellKind
    required: bool = False
    hint: str = ""
    choices: tuple[str, ...] = ()
    longest: int = LONGEST
    least: Decimal | None = None
    most: Decimal | None = None
    places: int | None = None
    locked: bool = False
    exact: bool = False

    def __post_init__(self) -> None:
        if (self.kind is CellKind.CHOICE) != bool(self.choices):
            raise ValueError(f"column {self.key}: a choice has choices, and nothing else has")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet to fill in. `stamp` says what a file was made for: a file with another stamp is refused.

    `unique` names the column whose value no two rows may share, however it is composed of signs ("": none).
    """

    sheet: str
    columns: tuple[Column, ...]
    stamp: str
    unique: str = ""

    def __post_init__(self) -> None:
        keys, titles = {column.key for column in self.columns}, {heading(column.title) for column in self.columns}
        if not self.columns or "" in titles or len(keys) != len(self.columns) or len(titles) != len(self.columns):
            raise ValueError(f"form {self.stamp}: it needs columns, each with a key and a title of its own")
        if self.unique and self.unique not in keys:
            raise ValueError(f"form {self.stamp}: there is no column {self.unique}")
        if not 0 < len(self.sheet) <= _SHEET or _NOT_IN_SHEETS & set(self.sheet) or self.sheet.startswith("_"):
            raise ValueError(f"form {self.stamp}: {self.sheet!r} cannot name a sheet")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a file may cost before it is refused; what is written stays within the same."""

    file: int = 20 * 1024 * 1024  # bytes of the file
    unpacked: int = 128 * 1024 * 1024  # bytes of the parts that are read
    text: int = 64 * 1024 * 1024  # bytes of all texts
    rows: int = 50_000
    columns: int = 200
    cells: int = 1_000_000  # rows × columns, as far as anything stands in them

    @property
    def written(self) -> int:
        """Bytes of a file that the hub writes: whoever fills it in and saves it makes it larger."""
        return self.file - self.file // 5

    def rows_for(self, columns: int) -> int:
        return min(self.rows, self.cells // columns - 1)


class CellError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one cell and how to mend it; `cell` as Excel names it ("C7"), `column` is its title."""

    cell: str
    column: str
    message: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row that something stands in: `number` as Excel counts, `values` by key; a cell with an error has none."""

    number: int
    values: Mapping[str, Value]
    errors: tuple[CellError, ...] = ()


class BadWorkbook(Invalid):
    """The file as a whole cannot be taken: the one reason, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="bad_workbook")


def heading(title: str) -> str:
    """What titles are compared by: case, blanks and the mark of a required column do not count."""
    return " ".join(title.casefold().split()).removesuffix("*").rstrip()


def letters(column: int) -> str:
    """Name a column, counted from 0, as Excel does: A … Z, AA …"""
    name = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        name = chr(65 + rest) + name
        column -= 1
    return name
