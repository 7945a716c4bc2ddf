"""Reads a judged sheet lot by lot: for each, calamine is given a workbook of our own, with its rows and their texts.

So it meets no part, name or size that we did not, and never holds more than one lot.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from hub.kernel.workbooks.cells import Found
from hub.kernel.workbooks.forms import BadWorkbook
from hub.kernel.workbooks.lots import Lot
from hub.kernel.workbooks.package import Package
from hub.kernel.workbooks.scanning import Scan
from hub.kernel.workbooks.texts import Texts
from hub.kernel.workbooks.wrong import DAMAGED

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KINDS = {"worksheet": "sheet.xml", "sharedStrings": "sharedStrings.xml", "styles": "styles.xml"}
_TAG = re.compile(rb"<[^\s/>]+")  # its beginning, up to its name's end
Cells = Sequence[Found]


def _related(kinds: dict[str, str]) -> str:
    listed = "".join(f'<Relationship Id="{k}" Type="{_OFFICE}/{k}" Target="{part}"/>' for k, part in kinds.items())
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


_FRAME = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "_rels/.rels": _related({"officeDocument": "xl/workbook.xml"}),
    "xl/_rels/workbook.xml.rels": _related(_KINDS),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="rows" sheetId="1" r:id="worksheet"/>'
        "</sheets></workbook>"
    ),
}


class Cut:
    """One sheet of a file, whose parts were all walked through; `texts` is the part with the shared texts, or ""."""

    def __init__(self, package: Package, sheet: str, scan: Scan, texts: tuple[str, Texts], styles: bytes) -> None:
        self._scan, self._lots, self._texts, self._styles = scan, scan.lots, texts[1], styles
        self._sheet = package.again(sheet)
        self._shared = package.again(texts[0]) if texts[0] else None

    def rows(self) -> Iterator[Cells]:
        """All rows from the first of Excel's to the last that is filled in, each as wide as the widest."""
        empty: Cells = ("",) * self._scan.width
        number = 1  # of the row that comes next
        behind = Lot(0, self._lots.end, len(self._lots.named.texts))
        for lot, following in pairwise([*self._lots.all, behind]):
            for found, cells in self._read(lot, following):
                for _ in range(number, found):
                    yield empty
                yield cells
                number = found + 1
        for _ in range(number, self._scan.bottom + 1):
            yield empty

    def _read(self, lot: Lot, following: Lot) -> Iterator[tuple[int, Cells]]:
        """The rows of a lot with their numbers, from the first to the last in which something stands."""
        try:
            with CalamineWorkbook.from_object(self._packed(lot, following)) as book:
                sheet = book.get_sheet_by_index(0)
                rows, start = sheet.to_python(), sheet.start
        except CalamineError as error:
            raise BadWorkbook(DAMAGED) from error
        if start is None:
            return
        left, width = start[1], self._scan.width
        for number, cells in enumerate(rows, start[0] + 1):
            yield number, (*[""] * left, *cells, *[""] * (width - left - len(cells)))

    def _packed(self, lot: Lot, following: Lot) -> io.BytesIO:
        named = sorted(set(self._lots.named.texts[lot.named : following.named]))
        content = io.BytesIO()
        with ZipFile(content, "w") as archive:
            for name, part in _FRAME.items():
                archive.writestr(name, part)
            archive.writestr("xl/styles.xml", self._styles)
            archive.writestr("xl/sharedStrings.xml", b"<sst>%s</sst>" % b"".join(self._texts_of(named)))
            places = {text: place for place, text in enumerate(named)}
            archive.writestr("xl/sheet.xml", self._sheet_of(lot, following, places))
        content.seek(0)
        return content

    def _texts_of(self, named: Sequence[int]) -> Iterator[bytes]:
        """The raw texts, those that stand beside each other in one piece."""
        at = 0
        while at < len(named) and self._shared is not None:
            end = at + 1
            while end < len(named) and named[end] == named[end - 1] + 1:
                end += 1
            yield self._shared(self._texts.at[named[at]], self._texts.at[named[end - 1] + 1])
            at = end

    def _sheet_of(self, lot: Lot, following: Lot, places: dict[int, int]) -> bytes:
        """The rows of a lot, behind the number that the first may not tell; texts are named by their new places."""
        raw = self._sheet(lot.at, following.at)
        named, done = self._lots.named, 0
        pieces = [b"<worksheet><sheetData>", b'<row r="%d"></row>' % (lot.number - 1) if lot.number > 1 else b""]
        for at in range(lot.named, following.named):
            start, end = named.starts[at] - lot.at, named.ends[at] - lot.at
            tag = _TAG.match(raw, start)
            pieces += (raw[done:start], tag[0] if tag else b"", b">%d" % places[named.texts[at]])
            done = end
        return b"".join([*pieces, raw[done:], b"</sheetData></worksheet>"])
