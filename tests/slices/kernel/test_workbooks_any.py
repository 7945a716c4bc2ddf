"""Any value written is the value read, and any file gives rows or a reason: generated values, and files with errors."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.kernel.workbooks import BadWorkbook, CellKind, Row, Value
from tests.slices.kernel.workbook_files import good, packed, parts_of, with_rows
from tests.slices.kernel.workbook_forms import TEE, a_column, a_form, read_back, written

MUTANTS = int(os.environ.get("WORKBOOK_MUTANTS", "400"))
NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
TEXTS = st.text() | st.text("=+-@\t\r\n\"'<>&r/_x0DE ", min_size=1) | st.from_regex(r"_x[0-9A-Fa-f]{4}_|<r>.*</r>")


AMOUNTS = st.integers(0, 40).flatmap(lambda places: st.decimals(-(10**30), 10**30, places=places))


def there_and_back(kind: CellKind, values: Sequence[Value], *, exact: bool = False) -> list[Row]:
    form = a_form(a_column(kind, exact=exact), a_column(key="beside", title="Beside"))
    return read_back(written(form, [{"value": value, "beside": "x"} for value in values]), form)


@given(st.lists(TEXTS, max_size=50))
@settings(deadline=None, max_examples=50)
def test_any_text_comes_back_as_it_was_or_is_reported(texts: list[str]) -> None:
    rows = there_and_back(CellKind.TEXT, texts, exact=True)

    assert len(rows) == len(texts)
    for row, text in zip(rows, texts, strict=True):
        if CONTROLS.search(text):
            assert [(error.cell, "cannot be seen" in error.message) for error in row.errors] == [
                (f"A{row.number}", True)
            ]
        else:
            assert (row.values["value"], row.errors) == (NO_XML.sub("\ufffd", text) or None, ())


@given(st.lists(AMOUNTS, max_size=50))
@settings(deadline=None, max_examples=30)
def test_any_amount_comes_back_exactly(amounts: list[Decimal]) -> None:
    rows = there_and_back(CellKind.DECIMAL, amounts)

    assert [(row.values.get("value"), row.errors) for row in rows] == [(amount, ()) for amount in amounts]


@given(st.lists(st.integers(-(10**99), 10**99), max_size=50))
@settings(deadline=None, max_examples=30)
def test_any_whole_number_comes_back_exactly(numbers: list[int]) -> None:
    rows = there_and_back(CellKind.WHOLE, numbers)

    assert [(row.values.get("value"), row.errors) for row in rows] == [(number, ()) for number in numbers]


def test_a_file_with_errors_in_its_bytes_gives_its_rows_or_a_reason() -> None:
    content, chance = good(), Random(1)

    outcomes = {_outcome(_mutated(content, chance)) for _ in range(MUTANTS)}

    assert outcomes == {"rows", "a reason"}


def test_a_file_with_errors_in_its_xml_gives_its_rows_or_a_reason() -> None:
    parts, chance = parts_of(_varied()), Random(2)
    names = [name for name in parts if name.startswith("xl/") and "theme" not in name]

    outcomes = set()
    for _ in range(MUTANTS):
        name = chance.choice(names)
        outcomes.add(_outcome(packed(parts | {name: _mutated(parts[name], chance)})))

    assert outcomes == {"rows", "a reason"}


def _varied() -> bytes:
    """One cell of each sort, so that an error can turn one into another."""
    rows = (
        '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="str"><v>TEE</v></c><c r="C2" s="1"><v>19.99</v></c>'
        '<c r="D2" t="b"><v>1</v></c><c r="E2" t="e"><v>#REF!</v></c></row>'
        '<row r="3"><c r="B3" t="inlineStr"><is><r><t>x</t></r></is></c><c r="C3"><f>A1</f><v>1e5</v></c></row>'
    )
    merged = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    return with_rows(rows, after=merged, shared="<si><t>one</t></si><si><t>two</t></si>")


def _mutated(content: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 3, 10))):
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at] = chance.choice(b"0123456789<>/\"'=&ACTZersnt \x00\xff")
            case 2:
                del changed[at : at + chance.randrange(1, 6)]
            case _:
                changed[at:at] = changed[at : at + chance.randrange(1, 20)]
    return bytes(changed)


def _outcome(content: bytes) -> str:
    try:
        read_back(content, a_form())
    except BadWorkbook:
        return "a reason"
    return "rows"


def test_the_outcome_of_a_good_file_is_its_rows() -> None:
    assert (_outcome(written(a_form(), [TEE])), _outcome(b"")) == ("rows", "a reason")
