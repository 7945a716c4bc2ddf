"""The paper: A6 pages that take lines of text and rectangles, with nothing in the file that differs from run to run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.line_break import Fragment

from hub_pos.label.codes import Rectangle
from hub_pos.label.fonts import FIRST, NAMES, Cut
from hub_pos.label.writing import Line, Paragraph, Run

WIDTH, HEIGHT = 105.0, 148.0  # mm: A6 (ISO 216)
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # a PDF names one; the same shipment gives the same file at any time
_OUTSIDE = 0.8  # mm
_POINT = 25.4 / 72  # mm
_OWN = frozenset(map(chr, range(32, 127))) | {"…", "×", "·"}  # what the label itself may say


class Box(NamedTuple):
    """A part of the page, in mm from its left upper corner."""

    x: float
    y: float
    width: float
    height: float


class Written(NamedTuple):
    """A line and its size in mm."""

    line: Line
    size: float


class Sheet(FPDF):
    """A document whose fonts hold what these paragraphs need."""

    def __init__(self, text: Iterable[Paragraph]) -> None:
        super().__init__(unit="mm", format=(WIDTH, HEIGHT))
        self.set_creation_date(_NO_DATE)
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0
        self.str_alias_nb_pages = ""  # else fpdf2 writes the number of pages wherever somebody typed {nb}
        self.cuts: dict[str, Cut] = {}
        for name, needed in _needed(text):  # one after the other: each takes the next number in the document
            self.cuts[name] = Cut(self, name, needed)
            self.fonts[self.cuts[name].fontkey] = self.cuts[name]
        self.width = lru_cache(maxsize=None)(self._width)

    def file_id(self) -> None:
        """Give none: fpdf2's own is made of the date."""

    def _width(self, run: Run) -> float:
        """In em, by the same shaping that draws it."""
        return self.cuts[run.font].get_text_width(run.text, 1.0, _shaping(run))[1]

    def above(self, line: Line) -> float:
        """How far the fonts of a line reach above its base, in em; `below` likewise."""
        return max([1069, *(self.cuts[run.font].desc.ascent for run in line.runs)]) / 1000

    def below(self, line: Line) -> float:
        return max([293, *(-self.cuts[run.font].desc.descent for run in line.runs)]) / 1000

    def height(self, written: Written) -> float:
        return (self.above(written.line) + self.below(written.line)) * written.size

    @contextmanager
    def inside(self, box: Box) -> Iterator[None]:
        """Keep the ink in a box, however far letters reach; many begin a little before where they stand."""
        with self.local_context(), self.rect_clip(box.x - _OUTSIDE, box.y, box.width + 2 * _OUTSIDE, box.height):
            yield

    def write_lines(self, box: Box, lines: Sequence[Written]) -> None:
        """Write from the top of the box, each line from where its language begins."""
        with self.inside(box):
            top = box.y
            for written in lines:
                width = written.line.width * written.size
                x = box.x + box.width - width if written.line.rtl else box.x
                self._write(x, top + self.above(written.line) * written.size, written)
                top += self.height(written)

    def _write(self, x: float, base: float, written: Written) -> None:
        size = written.size
        for run in written.line.runs:
            self.set_font(run.font, size=size / _POINT)
            self.text_shaping = _shaping(run)
            self.set_xy(x, base - 0.8 * size)  # fpdf2 puts the base of a cell of height `size` there
            width = self.width(run) * size
            self.cell(width, size, run.text)
            x += width

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:
        """A run is drawn whole: fpdf2 would part it before each mark that several scripts share, and shape it apart."""
        return (Fragment(text, self._get_current_graphics_state(), self.k),)

    def fill(self, x: float, y: float, shapes: Iterable[Rectangle]) -> None:
        for shape in shapes:
            self.rect(x + shape.x, y + shape.y, shape.width, shape.height, style="F")

    def bytes(self) -> bytes:
        return bytes(self.output())


def _shaping(run: Run) -> dict[str, Any]:  # Any: as fpdf2 has it
    """What `FPDF.set_text_shaping` sets, and what fpdf2 would find out for itself about each part of a text."""
    direction = TextDirection.RTL if run.level % 2 else TextDirection.LTR
    given = {"use_shaping_engine": True, "features": {}, "script": None, "language": None}
    return given | dict.fromkeys(("direction", "fragment_direction", "paragraph_direction"), direction)


def _needed(text: Iterable[Paragraph]) -> Iterator[tuple[str, set[str]]]:
    needed: defaultdict[str, set[str]] = defaultdict(set)
    needed[FIRST].update(_OWN)
    for paragraph in text:
        for letter, _ in paragraph.letters:
            needed[letter.font].update(letter.text)
    yield from ((name, needed[name] | {" "}) for name in NAMES if name in needed)
