"""Cells that do not hold what their column wants: each error names its cell and the cure, and the other rows stand."""

from __future__ import annotations

import io
import time
from decimal import Decimal
from random import Random

import pytest

from hub.kernel.workbooks import BadWorkbook, CellError, CellKind, Limits, Value, read
from tests.slices.kernel.workbook_files import MAIN, SHEET, STYLES, changed, replaced, with_cell, with_rows
from tests.slices.kernel.workbook_forms import CATEGORIES, TEE, a_column, a_form, read_back, written

WORDS = (
    "Pakaian", "Sepatu", "Elektronik", "Rumah", "Tangga", "Dapur", "Olahraga", "Mainan", "Bayi", "Kecantikan", "Buku",
    "Musik", "Komputer", "Kamera", "Tas", "Jam", "Perhiasan", "Makanan", "Minuman", "Wanita", "Pria", "Anak", "Kabel",
    "Lampu", "Meja", "Kursi",
)  # fmt: skip
_REORDERED = ("Category", "sku", "My notes", "STOCK *", " Price ", "Product ID")


def text(cell: str, inside: str) -> str:
    return f'<c r="{cell}" t="inlineStr"><is><t>{inside}</t></is></c>'


def errors_of(content: bytes) -> list[CellError]:
    return [error for row in read_back(content, a_form()) for error in row.errors]


@pytest.mark.parametrize(
    ("cell", "where", "message"),
    [
        pytest.param(text("C2", "cheap"), "C2", "must be a number, not “cheap”", id="text in a number"),
        pytest.param(text("C2", "Rp 149.000"), "C2", "must be a number", id="a currency in a number"),
        pytest.param(text("C2", "149.000"), "C2", "differently from country to country", id="thousands in text"),
        pytest.param(text("C2", "19,99"), "C2", "differently from country to country", id="a decimal comma in text"),
        pytest.param(text("C2", "1e5"), "C2", "must be a number", id="an exponent in text"),
        pytest.param(text("C2", "9" * 5_000), "C2", "must be a number, not “9999", id="5,000 digits"),
        pytest.param('<c r="C2"><v>1e400</v></c>', "C2", "beyond the 15 digits", id="1e400"),
        pytest.param('<c r="C2"><v>NaN</v></c>', "C2", "beyond the 15 digits", id="NaN"),
        pytest.param('<c r="C2"><v>-inf</v></c>', "C2", "beyond the 15 digits", id="minus infinity"),
        pytest.param('<c r="C2"><v>abc</v></c>', "C2", "must be a number", id="a number that is none"),
        pytest.param('<c r="C2"><v>-1</v></c>', "C2", "must be at least 0, not -1", id="too small"),
        pytest.param('<c r="C2"><v>1.005</v></c>', "C2", "at most 2 decimals, not 1.005", id="too many decimals"),
        pytest.param('<c r="C2"><v>1e-300</v></c>', "C2", "at most 2 decimals, not 0.000", id="next to nothing"),
        pytest.param('<c r="D2"><v>1.5</v></c>', "D2", "must be a whole number, not 1.5", id="half a piece"),
        pytest.param('<c r="D2"><v>2147483648</v></c>', "D2", "at most 2147483647", id="too large"),
        pytest.param('<c r="D2" t="b"><v>1</v></c>', "D2", "holds TRUE, a truth value", id="a truth value"),
        pytest.param('<c r="D2" t="d"><v>2026-11-22</v></c>', "D2", "a date or a time", id="a date"),
        pytest.param('<c r="C2"><f>A1*2</f><v>2</v></c>', "C2", "holds a formula", id="a formula with its value"),
        pytest.param('<c r="C2"><f>A1*2</f></c>', "C2", "holds a formula", id="a formula without a value"),
        pytest.param('<c r="C2" t="str"><f>cmd|x</f><v>x</v></c>', "C2", "holds a formula", id="a formula of text"),
        pytest.param('<c r="C2"><f t="shared" si="0"/><v>2</v></c>', "C2", "holds a formula", id="a shared formula"),
        pytest.param('<c r="C2" t="e"><v>#REF!</v></c>', "C2", "holds the error of a formula", id="#REF!"),
        pytest.param('<c r="C2" t="e"><v>#N/A</v></c>', "C2", "holds the error of a formula", id="#N/A"),
        pytest.param(text("E2", "Fashion Pria &gt; Kaso"), "E2", "did you mean “Fashion Pria > Kaos”", id="category"),
        pytest.param(text("E2", "§§§"), "E2", "choose one from the list", id="a category like no other"),
        pytest.param(text("A2", "x" * 32_768), "A2", "32,768 characters, and at most 32,767", id="longer than a cell"),
        pytest.param(text("A2", "a_x0000_b"), "A2", "cannot be seen (U+0000)", id="NUL"),
        pytest.param(text("A2", "a_x001B_[2J"), "A2", "cannot be seen (U+001B)", id="a control character"),
        pytest.param(text("A2", "a\x7fb"), "A2", "cannot be seen (U+007F)", id="delete"),
    ],
)
def test_a_wrong_cell_is_named_with_its_cure(cell: str, where: str, message: str) -> None:
    content = with_cell(cell) if not cell.startswith('<c r="A2"') else with_rows(_beside_a_sku(cell))

    (error,) = errors_of(content)

    assert error.cell == where
    assert message in error.message


def _beside_a_sku(cell: str) -> str:
    return f'<row r="2">{cell}{text("B2", "TEE")}</row>'


def test_a_cell_with_an_error_has_no_value_and_the_others_have_theirs() -> None:
    (row,) = read_back(with_cell('<c r="C2"><v>1e400</v></c><c r="D2"><v>7</v></c>'), a_form())

    assert row.values == {"product_id": None, "sku": "TEE", "stock": 7, "category": None}


def test_a_number_that_is_shown_as_a_date_is_not_taken_for_a_price() -> None:
    styles = (
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    )
    content = changed(
        {
            SHEET: replaced('<c r="C2" s="6"><v>19.99</v>', '<c r="C2" s="1"><v>45000</v>'),
            STYLES: f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'.encode(),
        }
    )

    (error,) = errors_of(content)

    assert (error.cell, error.column) == ("C2", "Price")
    assert "a date or a time" in error.message


def test_merged_cells_are_named_row_by_row() -> None:
    rows = "".join(f'<row r="{n}">{text(f"B{n}", f"TEE-{n}")}</row>' for n in (2, 3, 4))
    content = with_rows(rows, after='<mergeCells><mergeCell ref="C2:D3"/><mergeCell ref="G1:H9"/></mergeCells>')

    assert [(error.cell, "unmerge" in error.message) for error in errors_of(content)] == [
        ("C2", True),
        ("D2", True),
        ("C3", True),
        ("D3", True),
    ]


def test_every_cell_of_an_array_formula_is_one() -> None:
    rows = (
        f'<row r="2">{text("B2", "A")}<c r="C2"><f t="array" ref="C2:C3">x</f><v>1</v></c></row>'
        f'<row r="3">{text("B3", "B")}<c r="C3"><v>2</v></c></row>'
    )

    assert [error.cell for error in errors_of(with_rows(rows))] == ["C2", "C3"]


def test_a_column_of_formulas_is_one_reason() -> None:
    rows = "".join(f'<row r="{n}"><c r="C{n}"><f>x</f><v>1</v></c></row>' for n in range(2, 1_100))

    with pytest.raises(BadWorkbook, match=r"C2 \(Price\) holds a formula"):
        read_back(with_rows(rows), a_form())


def test_formulas_beside_the_form_are_the_merchants_own() -> None:
    rows = "".join(f'<row r="{n}">{text(f"B{n}", "T")}<c r="H{n}"><f>x</f><v>1</v></c></row>' for n in range(2, 1_100))

    assert len(read_back(with_rows(rows), a_form())) == 1_098


def test_a_second_row_with_the_same_key_is_an_error_that_names_the_first() -> None:
    form = a_form(unique="sku")
    content = written(form, [TEE, TEE | {"sku": "OTHER"}, TEE])

    first, _, again = read_back(content, form)

    assert first.errors == ()
    assert [(error.cell, error.message) for error in again.errors] == [
        ("B4", "“00123” stands in row 2 too: keep one of the two rows")
    ]


def test_one_key_composed_in_two_ways_is_the_same_key() -> None:
    form = a_form(unique="sku")
    content = written(form, [TEE | {"sku": "CAF\u00c9"}, TEE | {"sku": "CAFE\u0301"}])

    first, again = read_back(content, form)

    assert (first.errors, first.values["sku"]) == ((), "CAF\u00c9")
    assert [(error.cell, "stands in row 2 too" in error.message) for error in again.errors] == [("B3", True)]


def test_what_is_required_must_be_there() -> None:
    (error,) = errors_of(with_rows('<row r="2"><c r="D2"><v>7</v></c></row>'))

    assert (error.cell, error.message) == ("B2", "must not be empty. As on the label.")


@pytest.mark.parametrize(
    ("inside", "kind", "value"),
    [
        pytest.param("<v>123</v>", CellKind.TEXT, "123", id="a SKU of which Excel made a number"),
        pytest.param("<v>8991234567890</v>", CellKind.TEXT, "8991234567890", id="a barcode"),
        pytest.param("<v>8.991234567890E12</v>", CellKind.TEXT, "8991234567890", id="a barcode with an exponent"),
        pytest.param("<v>1.5</v>", CellKind.TEXT, "1.5", id="a fraction"),
        pytest.param("<v>1e-300</v>", CellKind.TEXT, f"0.{'0' * 299}1", id="a fraction of many digits"),
        pytest.param("<v>19.989999999999998</v>", CellKind.DECIMAL, Decimal("19.99"), id="19.99 as Excel stores it"),
        pytest.param("<v>0.30000000000000004</v>", CellKind.DECIMAL, Decimal("0.3"), id="0.1 + 0.2 pasted"),
        pytest.param("<v>1E5</v>", CellKind.WHOLE, 100_000, id="a whole number with an exponent"),
        pytest.param("<v>-0</v>", CellKind.WHOLE, 0, id="minus zero"),
    ],
)
def test_what_excel_made_of_a_value_is_undone(inside: str, kind: CellKind, value: Value) -> None:
    (row,) = read_back(_alone(f'<c r="A2">{inside}</c>'), a_form(a_column(kind)))

    assert (row.values, row.errors) == ({"value": value}, ())


@pytest.mark.parametrize(
    ("inside", "kind", "value"),
    [
        pytest.param("  42 ", CellKind.WHOLE, 42, id="a number as text"),
        pytest.param("19.99", CellKind.DECIMAL, Decimal("19.99"), id="an amount as text"),
        pytest.param(" TEE-M\u00a0 ", CellKind.TEXT, "TEE-M", id="blanks around a text"),
        pytest.param(" fashion  pria &gt; KAOS ", CellKind.CHOICE, CATEGORIES[0], id="a choice in another case"),
        pytest.param("   ", CellKind.TEXT, None, id="only blanks"),
    ],
)
def test_text_is_read_as_people_type_it(inside: str, kind: CellKind, value: Value) -> None:
    column = a_column(kind, choices=CATEGORIES if kind is CellKind.CHOICE else ())
    rows = f'<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve">{inside}</t></is></c></row>'

    found = [row.values["value"] for row in read_back(_alone(rows, row=False), a_form(column))]

    assert found == ([value] if value is not None else [])


@pytest.mark.parametrize("digits", ["8991234567890123", "1000000000000000", "-1e300"])
def test_digits_that_excel_has_lost_are_reported_and_not_guessed(digits: str) -> None:
    (row,) = read_back(_alone(f'<c r="A2"><v>{digits}</v></c>'), a_form(a_column()))

    assert ["format the cell as Text" in error.message for error in row.errors] == [True]


def test_empty_rows_between_are_skipped_and_numbers_stay_as_excel_counts() -> None:
    rows = f'<row r="3">{text("B3", "A")}</row><row r="5"/><row r="9">{text("B9", "B")}</row>'

    assert [row.number for row in read_back(with_rows(rows), a_form())] == [3, 9]


def test_columns_may_be_reordered_and_others_added() -> None:
    head = "".join(f'<c t="inlineStr"><is><t>{title}</t></is></c>' for title in _REORDERED)
    rows = f'<row r="2">{text("B2", "TEE")}{text("C2", "mine")}<c r="D2"><v>7</v></c></row>'

    (row,) = read_back(with_rows(rows, head=f'<row r="1">{head}</row>'), a_form())

    assert row.values == {"product_id": None, "sku": "TEE", "price": None, "stock": 7, "category": None}


def test_shared_texts_are_read_with_their_runs() -> None:
    rows = '<row r="2"><c r="B2" t="s"><v>0</v></c></row>'
    shared = "<si><r><t>TEE</t></r><r><t>-M</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"

    (row,) = read_back(with_rows(rows, shared=shared), a_form())

    assert row.values["sku"] == "TEE-M"


def test_thousands_of_unknown_categories_beside_a_large_tree_cost_no_long_search_each() -> None:
    chance = Random(1)
    choices = tuple(_path(chance) for _ in range(11_000))
    form = a_form(a_column(CellKind.CHOICE, choices=choices))
    wrong = [_path(chance) for _ in range(4_999)] + [choices[7_000].replace("Lampu", "Lapmu")]
    rows = "".join(f'<row r="{n}">{text(f"A{n}", f"{each} x")}</row>' for n, each in enumerate(reversed(wrong), 2))
    content = _alone(rows, row=False)

    began = time.process_time()
    found = [error.message for row in read_back(content, form) for error in row.errors]

    assert time.process_time() - began < 6
    assert len(found) == 5_000
    assert "Lampu" in choices[7_000]
    assert f"did you mean “{choices[7_000][:30]}" in found[0]
    assert found[-1].endswith("is not in the list: choose one from the list")


def _path(chance: Random) -> str:
    """A category four levels deep, of few words: nearly all are like each other."""
    return " › ".join(" ".join(chance.sample(WORDS, 2)) for _ in range(4))


def test_thousands_of_areas_that_lie_on_each_other_are_walked_once() -> None:
    rows = "".join(f'<row r="{n}">{text(f"B{n}", f"TEE-{n}")}</row>' for n in range(2, 1_002))
    areas = '<mergeCell ref="A2:P1001"/>' * 10_000
    content = with_rows(rows, after=f"<mergeCells>{areas}</mergeCells>")

    began = time.process_time()
    errors = errors_of(content)

    assert time.process_time() - began < 3
    assert {error.cell for error in errors} == {f"{column}{n}" for column in "ABCDE" for n in range(2, 1_002)}


def test_limits_are_the_callers() -> None:
    content = written(a_form(), [TEE] * 3)

    with pytest.raises(BadWorkbook, match="A4 lies beyond the 2 rows"):
        read(io.BytesIO(content), a_form(), Limits(rows=2))


def _alone(inside: str, *, row: bool = True) -> bytes:
    """A sheet with one column, titled Value."""
    head = '<row r="1"><c t="inlineStr"><is><t>Value</t></is></c></row>'
    return with_rows(f'<row r="2">{inside}</row>' if row else inside, head=head)
