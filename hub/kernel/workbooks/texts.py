"""Judges the table of texts that the cells of a file share, and finds them in it again."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from hub.kernel.workbooks.forms import BadWorkbook, Limits
from hub.kernel.workbooks.parsing import Place
from hub.kernel.workbooks.wrong import DAMAGED

_DEPTH = 2  # of a text, below the root


class Texts:
    """How many bytes each text has, and at which byte of the part it begins; behind the last one stands the end."""

    def __init__(self, limits: Limits) -> None:
        self.sizes, self.at = array("I"), array("I")
        self.total = 0
        self._limits = limits
        self._open = False
        self.starts = {"si": self._begin}
        self.ends = {"si": self._end, "sst": self._close}

    def _begin(self, attributes: Mapping[str, str], place: Place) -> None:
        if place.depth != _DEPTH:
            raise BadWorkbook(DAMAGED)
        self.sizes.append(0)
        self.at.append(place.at)
        self._open = True
        if len(self.sizes) > self._limits.cells:
            most = f"{self._limits.cells:,}"
            raise BadWorkbook(f"the file has more than {most} different texts: fill in fewer rows at once")

    def _end(self, place: Place) -> None:
        self._open = False

    def _close(self, place: Place) -> None:
        if place.depth == 1:
            self.at.append(place.at)

    def text(self, text: str) -> None:
        if self._open:
            size = len(text.encode())
            self.sizes[-1] += size
            self.total += size
            if self.total > self._limits.text:
                raise BadWorkbook("the texts of the file are too long for one: fill in fewer rows at once")
