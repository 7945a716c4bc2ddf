"""What a written workbook gives to whoever opens it: types, drop-downs, hints, marks, and no text taken for more."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has annotations, but says so nowhere

from hub.kernel import workbooks
from hub.kernel.errors import Invalid
from hub.kernel.workbooks import LONGEST, CellKind, Limits, Value, writing
from tests.slices.kernel.workbook_files import BOOK, SHEET, STYLES, parts_of
from tests.slices.kernel.workbook_forms import CATEGORIES, TEE, a_column, a_form, read_back, written

LISTS = "xl/worksheets/sheet3.xml"


def sheet(content: bytes, part: str = SHEET) -> str:
    return parts_of(content)[part].decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "http://x ", "{=", "<r>"])
def test_no_text_becomes_a_formula_a_link_or_markup(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0</r>"
    form = a_form(a_column(exact=True))

    content = written(form, [{"value": text}])

    assert ("<f>" in sheet(content), "<hyperlink" in sheet(content)) == (False, False)
    assert [row.values for row in read_back(content, form)] == [{"value": text}]


def test_the_writing_library_alone_would_take_a_text_for_markup() -> None:
    target = io.BytesIO()
    with Workbook(target, {"constant_memory": True}) as book:
        book.add_worksheet().write_string(0, 0, "<r></c></row><r></r>")

    assert "<r></c></row><r></r>" in sheet(target.getvalue())


def test_a_long_list_of_choices_is_a_drop_down_from_a_hidden_sheet() -> None:
    choices = tuple(f"Kategori {number}, bagian {number % 7}" for number in range(5_000))
    form = a_form(
        a_column(CellKind.CHOICE, choices=choices), a_column(CellKind.CHOICE, key="b", title="B", choices=("x",))
    )

    content = written(form, [{"value": choices[-1]}])

    assert "<formula1>choices_of_column_1</formula1>" in sheet(content)
    assert "'_lists'!$A$1:$A$5000</definedName>" in sheet(content, BOOK)
    assert "'_lists'!$B$1:$B$1</definedName>" in sheet(content, BOOK)
    assert '<sheet name="_lists" sheetId="3" state="hidden"' in sheet(content, BOOK)
    assert sheet(content, LISTS).count("<row") == 5_000
    assert [row.values for row in read_back(content, form)] == [{"value": choices[-1], "b": None}]


def test_excel_checks_what_the_columns_say() -> None:
    rules = sheet(written(a_form(), []))

    assert 'type="whole"' in rules
    assert "<formula1>0</formula1><formula2>2147483647</formula2>" in rules
    assert 'type="decimal"' in rules
    assert 'type="textLength" operator="lessThanOrEqual"' in rules
    assert 'prompt="As on the label."' in rules
    assert 'error="This column is not to be changed."' in rules


def test_the_head_stays_in_sight_and_marks_what_is_required() -> None:
    content = written(a_form(), [])

    assert 'state="frozen"' in sheet(content)
    assert "<t>SKU *</t>" in sheet(content)


def test_text_columns_are_text_also_where_nothing_stands_yet() -> None:
    styles = sheet(written(a_form(a_column()), []), STYLES)

    assert 'numFmtId="49"' in styles  # "@", of ECMA-376 18.8.30
    assert 'style="' in sheet(written(a_form(a_column()), []))


def test_hints_and_titles_longer_than_excel_shows_are_shortened() -> None:
    form = a_form(a_column(title="T" * 300, hint="h" * 254 + "👕 and more"))

    content = sheet(written(form, []))

    assert f'promptTitle="{"T" * 32}"' in content
    assert f'prompt="{"h" * 254}"' in content


def test_the_same_content_gives_the_same_bytes() -> None:
    assert written(a_form(), [TEE]) == written(a_form(), [TEE])


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        pytest.param(CellKind.TEXT, "x" * (LONGEST + 1), "longer than the 32,767", id="a text that is too long"),
        pytest.param(CellKind.TEXT, "👕" * 16_384, "longer than the 32,767", id="too long as Excel counts"),
        pytest.param(CellKind.DECIMAL, Decimal("NaN"), "not a number of less than 100 digits", id="NaN"),
        pytest.param(
            CellKind.DECIMAL, Decimal("1e1000000"), "not a number of less than 100 digits", id="a huge number"
        ),
    ],
)
def test_what_fits_into_no_cell_is_refused_by_its_cell(kind: CellKind, value: Value, reason: str) -> None:
    with pytest.raises(Invalid, match=rf"A3 \(Value\): is {reason}"):
        written(a_form(a_column(kind)), [{"value": None}, {"value": value}])


def test_no_more_is_written_than_could_be_read_back() -> None:
    def endless(value: Value) -> Iterator[dict[str, Value]]:
        while True:
            yield {"value": value}

    with pytest.raises(Invalid, match="more than 50,000 rows do not fit"):
        written(a_form(a_column()), endless(None))
    with pytest.raises(Invalid, match="too long for one workbook"):
        written(a_form(a_column()), endless("x" * 30_000))


def test_a_file_that_could_not_grow_while_it_is_filled_in_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    form, chance = a_form(a_column()), Random(1)
    rows: list[dict[str, Value]] = [{"value": chance.randbytes(10_000).hex()} for _ in range(150)]
    size = len(written(form, rows))

    monkeypatch.setattr(writing, "Limits", lambda: Limits(file=size * 5 // 4 + 5))
    assert len(written(form, rows)) == size
    monkeypatch.setattr(writing, "Limits", lambda: Limits(file=size))
    with pytest.raises(
        Invalid, match="would have 1 MB, and at most 1 MB leave room to fill it in: choose fewer products"
    ):
        written(form, rows)


@pytest.mark.parametrize(("columns", "rows"), [(1, 50_000), (19, 50_000), (20, 49_999), (200, 4_999)])
def test_a_wide_form_has_fewer_rows(columns: int, rows: int) -> None:
    assert Limits().rows_for(columns) == rows


def test_a_path_is_written_and_read_like_a_file(tmp_path: Path) -> None:
    workbooks.write(tmp_path / "form.xlsx", a_form(), [TEE])

    assert [row.values for row in workbooks.read(tmp_path / "form.xlsx", a_form())] == [TEE]


def test_a_form_without_a_stamp_takes_a_merchants_own_workbook() -> None:
    target = io.BytesIO()
    with Workbook(target) as book:
        own = book.add_worksheet("PRODUCTS ")
        own.write_row(0, 0, ["Category", "SKU", "Price", "Stock", "Product ID"])
        own.write_row(1, 0, [CATEGORIES[1], 123, 19.99, 7])

    (row,) = read_back(target.getvalue(), a_form(stamp=""))

    assert row.values == {
        "product_id": None, "sku": "123", "price": Decimal("19.99"), "stock": 7, "category": CATEGORIES[1],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "_stamp"])
def test_a_form_names_its_sheet_as_excel_can(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a sheet"):
        workbooks.Form(sheet=name, columns=(a_column(),), stamp="x")


def test_a_form_has_each_title_once_and_choices_only_where_one_chooses() -> None:
    with pytest.raises(ValueError, match="a title of its own"):
        a_form(a_column(), a_column(key="other", title="VALUE *"))
    with pytest.raises(ValueError, match="a choice has choices"):
        a_column(CellKind.CHOICE)
    with pytest.raises(ValueError, match="no column sku"):
        a_form(a_column(), unique="sku")
