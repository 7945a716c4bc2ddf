"""Writes a form as a workbook: typed columns, drop-downs, hints, and the values that are known; row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has annotations, but says so nowhere
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # as above
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # as above

from hub.kernel.errors import Invalid
from hub.kernel.workbooks.cells import as_number, as_text
from hub.kernel.workbooks.forms import CellKind, Column, Form, Limits, Value, letters
from hub.kernel.workbooks.validation import validation

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAMP, LISTS = "_stamp", "_lists"  # hidden sheets; a form's own sheet never begins so
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)  # the same content gives the same bytes
_TEXT = 49  # the format "@" among Excel's own, ECMA-376 18.8.30
_LOCKED, _HEAD, _NEEDED = "#EDEDED", "#DDEBF7", "#FCE4D6"


class _Sheet(Worksheet):  # type: ignore[misc]  # untyped, as above
    """A sheet whose texts are texts: xlsxwriter takes one from <r> to </r> for markup and would write it as it is."""

    def _xml_rich_inline_string(self, string: str, attributes: list[tuple[str, object]]) -> None:
        self._xml_inline_string(string, preserve=True, attributes=attributes)


def write(target: Path | BinaryIO, form: Form, rows: Iterable[Mapping[str, Value]]) -> None:
    """Write the form with `rows` filled in, each by key of column; memory stays constant, whatever their number.

    Raises `Invalid` with row and column for what no cell can hold, and for more than `read` would take back.
    """
    book = Workbook(str(target) if isinstance(target, Path) else target, {"constant_memory": True})
    book.set_properties({"created": _ALWAYS})
    try:
        sheet = book.add_worksheet(form.sheet, worksheet_class=_Sheet)
        styles = [_style(book, column) for column in form.columns]
        _head(book, sheet, form, styles)
        _fill(sheet, form, styles, rows)
        _add_stamp(book, form)
        _add_lists(book, form)
    finally:
        book.close()
    size = target.stat().st_size if isinstance(target, Path) else target.tell()
    if size > Limits().written:
        told = f"{size // 2**20} MB, and at most {Limits().written // 2**20} MB leave room to fill it in"
        raise Invalid(f"the workbook would have {told}: choose fewer products", code="too_large")


def list_name(number: int) -> str:
    """The defined name of a column's choices; `number` counts columns from 0."""
    return f"choices_of_column_{number + 1}"


def _head(book: Workbook, sheet: Worksheet, form: Form, styles: list[Format]) -> None:
    last = Limits().rows_for(len(form.columns))
    sheet.freeze_panes(1, 0)
    for number, (column, style) in enumerate(zip(form.columns, styles, strict=True)):
        colour = _LOCKED if column.locked else _NEEDED if column.required else _HEAD
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": colour, "border": 1})
        sheet.set_column(number, number, _width(column), style)
        sheet.write_string(0, number, f"{column.title} *" if column.required else column.title, head)
        if rule := validation(column, list_name(number)):
            sheet.data_validation(1, number, last, number, rule)


def _fill(sheet: Worksheet, form: Form, styles: list[Format], rows: Iterable[Mapping[str, Value]]) -> None:
    limits = Limits()
    most, longest = limits.rows_for(len(form.columns)), limits.text // 2  # Excel will keep each in a table of texts too
    text = 0
    for row, values in enumerate(rows, start=1):
        if row > most:
            raise Invalid(f"more than {most:,} rows do not fit into one workbook: choose fewer", code="too_many_rows")
        for number, (column, style) in enumerate(zip(form.columns, styles, strict=True)):
            text += _put(sheet, row, number, values.get(column.key), style, column)
        if text > longest:
            raise Invalid(f"the texts up to row {row + 1} are too long for one workbook: choose fewer rows")


def _put(sheet: Worksheet, row: int, number: int, value: Value, style: Format, column: Column) -> int:
    """Write one cell; gives the bytes of its text. Never by a method that looks for formulas, links or numbers."""
    if value is None or value == "":
        if column.locked:
            sheet.write_blank(row, number, None, style)
        return 0
    try:
        figure = as_number(value)
        text = "" if figure is not None else as_text(value)
    except ValueError as error:
        raise Invalid(f"{letters(number)}{row + 1} ({column.title}): {error}", code="does_not_fit") from error
    if figure is not None:
        sheet.write_number(row, number, figure, style)
    else:
        sheet.write_string(row, number, text, style)
    return len(text.encode())


def _style(book: Workbook, column: Column) -> Format:
    shown: dict[str, object] = {"bg_color": _LOCKED, "font_color": "#595959"} if column.locked else {}
    match column.kind:
        case CellKind.WHOLE:
            shown["num_format"] = "0"
        case CellKind.DECIMAL:
            shown["num_format"] = (
                "General" if column.places is None else "#,##0" + f".{'0' * column.places}".rstrip(".")
            )
        case _:
            shown["num_format"] = _TEXT  # or Excel makes 123 of 00123, and 8.99E+15 of a long barcode
    return book.add_format(shown)


def _width(column: Column) -> int:
    wanted = 12 if column.kind in (CellKind.WHOLE, CellKind.DECIMAL) else 24
    return min(60, max(wanted, len(column.title) + 3))


def _add_stamp(book: Workbook, form: Form) -> None:
    """Say what the file was made for where neither Excel, LibreOffice nor Google's sheets lose it."""
    sheet = book.add_worksheet(STAMP, worksheet_class=_Sheet)
    sheet.very_hidden()
    sheet.write_string(0, 0, form.stamp)


def _add_lists(book: Workbook, form: Form) -> None:
    """Keep choices in cells: a list inside of a validation ends at 255 characters and its first comma."""
    lists = {number: column.choices for number, column in enumerate(form.columns) if column.choices}
    if not lists:
        return
    sheet = book.add_worksheet(LISTS, worksheet_class=_Sheet)
    sheet.hide()
    as_it_is = book.add_format({"num_format": _TEXT})
    for row, choices in enumerate(zip_longest(*lists.values())):
        for at, choice in enumerate(choices):
            if choice is not None:
                sheet.write_string(row, at, as_text(choice), as_it_is)
    for at, (number, choices) in enumerate(lists.items()):
        book.define_name(list_name(number), f"='{LISTS}'!${letters(at)}$1:${letters(at)}${len(choices)}")
