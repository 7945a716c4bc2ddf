"""Fills workbooks in as a person does with another program: what stands in cells is kept, nothing else is."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has annotations, but says so nowhere

Cells = list[list[Any]]  # Any: what a cell holds
Line = dict[str, Any]  # Any: as above; by title


def sheet_of(content: bytes, name: str) -> Cells:
    found: Cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    return found


def lines(content: bytes, name: str = "Products") -> list[Line]:
    """The rows of a sheet by title; the mark of a required column is no part of it."""
    head, *rest = sheet_of(content, name)
    return [dict(zip([title.removesuffix(" *") for title in head], row, strict=True)) for row in rest]


def refilled(content: bytes, change: Callable[[list[Line]], list[Line]], name: str = "Products") -> bytes:
    """The workbook with its rows changed; hidden sheets are saved with it, as any program does."""
    head = sheet_of(content, name)[0]
    titles = [title.removesuffix(" *") for title in head]
    changed = [[line.get(title, "") for title in titles] for line in change(lines(content, name))]
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    return saved({each: [head, *changed] if each == name else sheet_of(content, each) for each in names})


def saved(sheets: Mapping[str, Cells]) -> bytes:
    """A workbook with these cells, whatever they are."""
    target = io.BytesIO()
    with Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return target.getvalue()
