"""Reads a filled workbook back: the file and its headings first, then row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from hub.kernel.workbooks.cutting import Cells, Cut
from hub.kernel.workbooks.forms import BadWorkbook, Form, Limits, Row, heading
from hub.kernel.workbooks.outline import Outline, outline_of
from hub.kernel.workbooks.package import SMALL, open_package
from hub.kernel.workbooks.parsing import walk
from hub.kernel.workbooks.rows import Rows
from hub.kernel.workbooks.scanning import Scan
from hub.kernel.workbooks.styles import Styles
from hub.kernel.workbooks.texts import Texts
from hub.kernel.workbooks.writing import STAMP
from hub.kernel.workbooks.wrong import shown

DEFAULT = Limits()
_STYLES = 4 * SMALL


def read(source: Path | BinaryIO, form: Form, limits: Limits = DEFAULT) -> Iterator[Row]:
    """Give the rows in which something stands, each with its values and the errors of its cells.

    The file as a whole is judged before this returns: raises `BadWorkbook` with one reason, and within the memory that
    `limits` bound. The file is read again while its rows are, and closed behind the last one.
    """
    return iter(opened(source, form, limits))


def opened(source: Path | BinaryIO, form: Form, limits: Limits = DEFAULT) -> Rows:
    """The same, for whoever also names cells by key: `Rows.cell`."""
    file = source.open("rb") if isinstance(source, Path) else source
    try:
        return _judged(file, form, limits)
    except BaseException:
        file.close()
        raise


def _judged(file: BinaryIO, form: Form, limits: Limits) -> Rows:
    package = open_package(file, limits)
    outline = outline_of(package)
    parts = _parts(outline, form)
    texts, styles = Texts(limits), Styles()
    if outline.texts:
        walk(package.pieces(outline.texts), texts)
    if outline.styles:
        walk(package.pieces(outline.styles, _STYLES), styles)
    cuts = {}
    for name, part in parts.items():
        scan = Scan(texts, limits)
        walk(package.pieces(part), scan)
        cuts[name] = scan, Cut(package, part, scan, (outline.texts, texts), styles.part())
    if form.stamp:
        _check_stamp(cuts[STAMP][1].rows(), form)
    scan, cut = cuts[form.sheet]
    return Rows(form, scan, cut.rows(), file)


def _parts(outline: Outline, form: Form) -> Mapping[str, str]:
    """The parts of the sheets that are read."""
    known = {heading(name): part for name, part in outline.sheets.items()}
    if form.stamp and STAMP not in known:
        raise BadWorkbook("the file was not made here, or has lost its mark: download it again and fill in that one")
    if heading(form.sheet) not in known:
        there = ", ".join(shown(name) for name in outline.sheets if name != STAMP)
        raise BadWorkbook(f"there is no sheet {shown(form.sheet)}, only {there or 'none'}: name it as it was")
    return {form.sheet: known[heading(form.sheet)]} | ({STAMP: known[STAMP]} if form.stamp else {})


def _check_stamp(rows: Iterator[Cells], form: Form) -> None:
    if next(rows, None) != (form.stamp,):
        raise BadWorkbook("the file was made for another request: download the one of this request and fill in that")
