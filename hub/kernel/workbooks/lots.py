"""Which rows of a sheet are read together: so many that it is worth it, so few that they take next to no memory."""

from __future__ import annotations

from array import array

import msgspec

from hub.kernel.workbooks.forms import BadWorkbook

ROWS = 500
_LOT = 1024 * 1024  # bytes, of the part and of the texts that its cells name
_LARGEST = 4 * _LOT  # of a row: twenty texts, as long as cells hold and of any signs


class Lot(msgspec.Struct, frozen=True):
    """The number of its first row, the byte at which that begins, and how many cells before it name a shared text."""

    number: int
    at: int
    named: int


class Named:
    """The cells that name a shared text: from where to where in the part their values reach, and which text it is."""

    def __init__(self) -> None:
        self.starts, self.ends, self.texts = array("I"), array("I"), array("I")

    def add(self, start: int, end: int, text: int) -> None:
        self.starts.append(start)
        self.ends.append(end)
        self.texts.append(text)


class Lots:
    """Filled while a sheet is walked through; `cost` counts the bytes of the part and of the texts up to a place."""

    def __init__(self) -> None:
        self.all: list[Lot] = []
        self.named = Named()
        self.end = 0  # the byte behind the last row
        self._number = self._row = self._lot = 0

    def begin_row(self, number: int, at: int, cost: int) -> None:
        self._end_row(cost)
        self._number, self._row = number, cost
        if not self.all or number - self.all[-1].number >= ROWS or cost - self._lot >= _LOT:
            self.all.append(Lot(number, at, len(self.named.texts)))
            self._lot = cost

    def close(self, at: int, cost: int) -> None:
        self._end_row(cost)
        self.end = at

    def _end_row(self, cost: int) -> None:
        if self._number and cost - self._row > _LARGEST:
            raise BadWorkbook(f"row {self._number} holds more than {_LARGEST // 2**20} MB: shorten its texts")
