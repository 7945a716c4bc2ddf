"""What is written into a workbook is what comes back out of it."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from hub.kernel import workbooks
from hub.kernel.workbooks import BadWorkbook, CellKind, Row, Value
from tests.slices.kernel.workbook_files import RELATIONS, SHEET, changed, renamed, replaced
from tests.slices.kernel.workbook_forms import TEE, a_column, a_form, read_back, written


def test_a_row_comes_back_as_it_was_written() -> None:
    form = a_form()

    rows = read_back(written(form, [TEE]), form)

    assert rows == [Row(number=2, values=TEE)]


def test_nobody_holds_a_file_in_memory_any_more_once_its_rows_are_read() -> None:
    form = a_form()
    source = io.BytesIO(written(form, [TEE]))

    rows = list(workbooks.opened(source, form))

    assert source.closed
    assert rows == [Row(number=2, values=TEE)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(CellKind.TEXT, "00123", id="leading zeros"),
        pytest.param(CellKind.TEXT, "8991234567890123", id="more digits than Excel keeps"),
        pytest.param(CellKind.TEXT, "=HYPERLINK(\"http://x\")", id="a formula"),
        pytest.param(CellKind.TEXT, "<r><c r='A1'/></r>", id="what the writer takes for markup"),
        pytest.param(CellKind.TEXT, "_x0041_", id="what Excel takes for an escape"),
        pytest.param(CellKind.DECIMAL, Decimal("19.99"), id="an amount"),
        pytest.param(CellKind.DECIMAL, Decimal("12345678901234567.89"), id="an amount beyond Excel's digits"),
        pytest.param(CellKind.WHOLE, 2**70, id="a whole number beyond Excel's digits"),
    ],
)  # fmt: skip
def test_a_value_comes_back_exactly(kind: CellKind, value: Value) -> None:
    form = a_form(a_column(kind))

    (row,) = read_back(written(form, [{"value": value}]), form)

    assert (row.values, row.errors) == ({"value": value}, ())


def test_a_workbook_of_another_request_is_refused() -> None:
    content = written(a_form(stamp="listing-request-1"), [TEE])

    with pytest.raises(BadWorkbook, match="for another request"):
        read_back(content, a_form(stamp="listing-request-2"))


def test_parts_are_found_by_their_relations_wherever_a_program_puts_them() -> None:
    absolute = changed({RELATIONS: replaced('Target="worksheets/sheet1.xml"', 'Target="/xl/worksheets/sheet1.xml"')})
    moved = renamed(changed({RELATIONS: replaced('"worksheets/sheet1.xml"', '"../Data/./S.xml"')}), SHEET, "data/s.XML")

    assert [[row.values for row in read_back(content, a_form())] for content in (absolute, moved)] == [[TEE], [TEE]]
