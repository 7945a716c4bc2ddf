"""Sheets that are read in lots: their rows are those of the sheet, wherever a lot ends and whatever names what."""

from __future__ import annotations

import io
from decimal import Decimal
from random import Random
from zipfile import ZIP_STORED, ZipFile

import pytest

from hub.kernel.workbooks import BadWorkbook, Row
from hub.kernel.workbooks.lots import ROWS
from tests.slices.kernel.workbook_files import changed, parts_of, with_rows
from tests.slices.kernel.workbook_forms import TEE, a_form, read_back, written

MANY = 2 * ROWS + ROWS // 2


def skus(content: bytes) -> dict[int, str]:
    return {row.number: str(row.values.get("sku")) for row in read_back(content, a_form())}


def numbered(rows: range, start: str = "") -> str:
    return "".join(f'<row r="{n}"><c r="B{n}" t="str"><v>{start}{n}</v></c></row>' for n in rows)


def test_every_row_of_many_lots_comes_once_under_its_number() -> None:
    form = a_form()

    rows = read_back(written(form, [TEE | {"stock": number} for number in range(MANY)]), form)

    assert rows == [Row(number=n + 2, values=TEE | {"stock": n}) for n in range(MANY)]


def test_rows_without_numbers_are_counted_on_from_lot_to_lot() -> None:
    rows = "".join(f'<row><c/><c t="str"><v>{n}</v></c></row>' for n in range(2, MANY))

    assert skus(with_rows(rows)) == {n: str(n) for n in range(2, MANY)}


def test_rows_that_stand_far_apart_keep_their_numbers() -> None:
    rows = "".join(map(numbered, (range(2, 4), range(40_000, 40_002), range(49_999, 50_001))))

    assert list(skus(with_rows(rows))) == [2, 3, 40_000, 40_001, 49_999, 50_000]


def test_texts_are_shared_in_any_order_over_lots() -> None:
    chance = Random(1)
    named = [chance.randrange(3_000) for _ in range(MANY)]
    rows = "".join(f'<row><c t="s"><v>{text}</v></c><c t="str"><v>TEE</v></c></row>' for text in named)
    texts = "".join(
        f"<si><t>{n} {'x' * 2_000}</t></si>\n" if n % 3 else f"<si><r><t>{n}</t></r></si>" for n in range(3_000)
    )

    found = read_back(with_rows(rows, shared=f"{texts}<si/>"), a_form())

    assert [str(row.values["product_id"]).split()[0] for row in found] == [str(text) for text in named]


def test_texts_that_a_program_packed_without_pressing_them_are_found_too() -> None:
    packed = with_rows('<row r="2"><c r="B2" t="s"><v>1</v></c></row>', shared="<si><t>A</t></si><si><t>TEE</t></si>")
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, part in parts_of(packed).items():
            archive.writestr(name, part)

    assert skus(target.getvalue()) == {2: "TEE"}


@pytest.mark.parametrize("value", ["<x:v>1</x:v>", '<v xml:space="preserve">1</v>', "<v\n>1</v >", "<v>&#49;</v>"])
def test_a_text_is_found_however_its_number_is_written(value: str) -> None:
    rows = f'<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s">{value}</c><c r="C2"><v>5</v></c></row>'
    shared = "<si><t>A</t></si><si><t>TEE</t></si>"
    content = with_rows(rows, shared=shared)
    content = changed(
        {name: part.replace(b"<worksheet ", b'<worksheet xmlns:x="x" ') for name, part in parts_of(content).items()}
    )

    (row,) = read_back(content, a_form())

    assert row.values == {"product_id": "A", "sku": "TEE", "price": Decimal(5), "stock": None, "category": None}


def test_a_row_of_more_than_its_cells_can_hold_is_refused_by_its_number() -> None:
    cells = "".join(f'<c t="str"><v>{"x" * 32_767}</v></c>' for _ in range(100))

    with pytest.raises(BadWorkbook, match="row 7 holds more than 4 MB: shorten its texts"):
        read_back(with_rows(numbered(range(2, 7)) + f'<row r="7">{cells}</row>'), a_form())


def test_a_text_that_a_row_names_often_counts_as_often() -> None:
    cells = '<c t="s"><v>0</v></c>' * 150
    content = with_rows(f"{numbered(range(2, 3))}<row>{cells}</row>", shared=f"<si><t>{'x' * 32_000}</t></si>")

    with pytest.raises(BadWorkbook, match="row 3 holds more than 4 MB"):
        read_back(content, a_form())


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(f"<x>{numbered(range(2, 4))}</x>", id="rows within something else"),
        pytest.param(f'<row r="2">{numbered(range(3, 4))}</row>', id="a row within a row"),
        pytest.param('<row r="2"><x><c t="str"><v>TEE</v></c></x></row>', id="a cell within something else"),
        pytest.param("</sheetData><sheetData>" + numbered(range(2, 3)), id="rows in two places"),
        pytest.param('<row r="2"><c t=""><v>TEE</v></c></row>', id="a cell of no kind"),
    ],
)
def test_rows_that_stand_where_no_program_puts_them_are_refused_before_any_is_given(rows: str) -> None:
    with pytest.raises(BadWorkbook, match="cut off or damaged"):
        read_back(with_rows(rows), a_form())


def test_what_a_sheet_says_behind_its_rows_is_no_cell() -> None:
    lists = (
        '<extLst><ext><x14:dataValidation xmlns:x14="x"><f>lists!A1</f><row>1</row></x14:dataValidation></ext></extLst>'
    )

    assert skus(with_rows(numbered(range(2, 3)), after=lists)) == {2: "2"}


def test_a_number_that_is_none_is_named_before_any_row_is_given() -> None:
    rows = numbered(range(2, MANY)) + f'<row r="{MANY}"><c r="C{MANY}" t="n"><v>1,5</v></c></row>'

    with pytest.raises(BadWorkbook, match=f"C{MANY} says that it holds a number, and does not"):
        read_back(with_rows(rows), a_form())


def test_dates_are_told_by_formats_that_a_file_has_made_of_its_own() -> None:
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="165" formatCode="d &quot;of&quot; mmm"/></numFmts><fonts/>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="165"/></cellXfs></styleSheet>'
    )
    rows = '<row r="2"><c r="B2" t="str"><v>TEE</v></c><c r="C2"><v>45000</v></c><c r="D2" s="1"><v>45000</v></c></row>'
    content = changed(parts_of(with_rows(rows)) | {"xl/styles.xml": styles.encode()})

    (row,) = read_back(content, a_form())

    assert row.values["price"] == 45_000
    assert [(error.cell, error.message[:12]) for error in row.errors] == [("D2", "holds a date")]
