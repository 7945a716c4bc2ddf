"""Takes from the styles of a file what tells a date from a number, and nothing of how it looks."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from hub.kernel.workbooks.forms import BadWorkbook
from hub.kernel.workbooks.parsing import Place
from hub.kernel.workbooks.wrong import DAMAGED

_MOST = 65_536  # of each, a little more than Excel keeps
_LONGEST = 1_000  # characters of a format; Excel takes 255
_NUMBER = re.compile(r"\d{1,9}")


class Styles:
    """Which number format each style of a cell has, and what formats the file has made of its own."""

    def __init__(self) -> None:
        self._formats: dict[int, str] = {}
        self._of_cells = array("I")
        self._in_cells = False
        self.starts = {"numFmt": self._format, "cellXfs": self._begin, "xf": self._cell}
        self.ends = {"cellXfs": self._end}

    def text(self, text: str) -> None:
        """Nothing that matters stands between these tags."""

    def part(self) -> bytes:
        """The same as a part of a workbook."""
        formats = "".join(
            f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' for number, code in self._formats.items()
        )
        cells = "".join(f'<xf numFmtId="{number}"/>' for number in self._of_cells)
        return f"<styleSheet><numFmts>{formats}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>".encode()

    def _format(self, attributes: Mapping[str, str], place: Place) -> None:
        self._formats[_number(attributes)] = attributes.get("formatCode", "")[:_LONGEST]
        self._bound(len(self._formats))

    def _begin(self, attributes: Mapping[str, str], place: Place) -> None:
        self._in_cells = True

    def _end(self, place: Place) -> None:
        self._in_cells = False

    def _cell(self, attributes: Mapping[str, str], place: Place) -> None:
        if self._in_cells:
            self._of_cells.append(_number(attributes))
            self._bound(len(self._of_cells))

    def _bound(self, number: int) -> None:
        if number > _MOST:
            raise BadWorkbook(DAMAGED)


def _number(attributes: Mapping[str, str]) -> int:
    given = attributes.get("numFmtId", "0")
    if not _NUMBER.fullmatch(given):
        raise BadWorkbook(DAMAGED)
    return int(given)
