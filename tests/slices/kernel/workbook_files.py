"""Workbooks that nobody should send: a good one with its parts changed, or built of raw XML."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from zipfile import ZIP_DEFLATED, ZipFile

from tests.slices.kernel.workbook_forms import TEE, a_form, written

SHEET, BOOK, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHARED, STYLES, TYPES = "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
HEAD = "".join(
    f'<c r="{at}1" t="inlineStr"><is><t>{title}</t></is></c>'
    for at, title in zip("ABCDE", ("Product ID", "SKU", "Price", "Stock", "Category"), strict=True)
)
HEAD_ROW = f'<row r="1">{HEAD}</row>'
Change = bytes | Callable[[bytes], bytes]


def parts_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def good() -> bytes:
    return written(a_form(), [TEE])


def changed(changes: Mapping[str, Change]) -> bytes:
    """A good workbook of the form with some parts replaced, added or changed by a function."""
    parts = parts_of(good())
    for name, change in changes.items():
        parts[name] = change if isinstance(change, bytes) else change(parts[name])
    return packed(parts)


def without(name: str) -> bytes:
    return packed({each: part for each, part in parts_of(good()).items() if each != name})


def renamed(content: bytes, old: str, new: str) -> bytes:
    return packed({new if name == old else name: part for name, part in parts_of(content).items()})


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        assert old.encode() in part
        return part.replace(old.encode(), new.encode())

    return change


def with_rows(
    rows: str, *, head: str = HEAD_ROW, before: str = "", after: str = "", shared: str | None = None
) -> bytes:
    """A workbook whose sheet has these rows of raw XML under the right titles, and perhaps a table of shared texts."""
    sheet = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{head}{rows}</sheetData>{after}</worksheet>'
    changes: dict[str, Change] = {SHEET: sheet.encode("utf-8", "surrogatepass")}
    if shared is not None:
        relation = f'<Relationship Id="texts" Type="{SHARED_KIND}" Target="sharedStrings.xml"/></Relationships>'
        changes[SHARED] = f'<sst xmlns="{MAIN}">{shared}</sst>'.encode()
        changes[RELATIONS] = replaced("</Relationships>", relation)
    return changed(changes)


def with_cell(cell: str, *, after: str = "") -> bytes:
    """A workbook with one row, number 2, that has a SKU and one more cell of raw XML."""
    return with_rows(f'<row r="2"><c r="B2" t="inlineStr"><is><t>TEE</t></is></c>{cell}</row>', after=after)
