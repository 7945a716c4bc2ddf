"""Files that cannot be taken as a whole: each gets one reason that a merchant can act on."""

from __future__ import annotations

import re
import struct

import pytest

from hub.kernel.workbooks import BadWorkbook
from tests.bad_input.workbooks import BAD_FILES, lying
from tests.slices.kernel.workbook_files import BOOK, RELATIONS, SHEET, STYLES, changed, good
from tests.slices.kernel.workbook_forms import a_form, read_back

DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(("content", "reason"), BAD_FILES)
def test_a_file_that_cannot_be_taken_gets_one_reason(content: bytes, reason: str) -> None:
    with pytest.raises(BadWorkbook, match=reason) as refused:
        read_back(content, a_form())

    assert (refused.value.status, refused.value.code) == (422, "bad_workbook")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("doctype", [pytest.param(DOCTYPE, id="expansion"), pytest.param(EXTERNAL, id="external")])
@pytest.mark.parametrize("part", [SHEET, BOOK, RELATIONS, STYLES, "xl/worksheets/sheet2.xml"])
def test_no_part_may_declare_entities(part: str, doctype: str) -> None:
    with pytest.raises(BadWorkbook, match="no spreadsheet program"):
        read_back(changed({part: lambda xml: _declaring(xml, doctype)}), a_form())


def test_a_file_cut_off_anywhere_is_refused() -> None:
    content = good()

    for length in range(0, len(content), 97):
        with pytest.raises(BadWorkbook):
            read_back(content[:length], a_form())


def test_what_is_declared_to_be_deflated_otherwise_is_refused() -> None:
    content = good().replace(struct.pack("<H", 8), struct.pack("<H", 9))

    with pytest.raises(BadWorkbook, match="damaged"):
        read_back(content, a_form())


def test_an_entry_is_unpacked_for_what_it_is_and_not_for_what_it_says() -> None:
    assert read_back(lying(good(), 2**32 - 2), a_form()) == read_back(good(), a_form())


def _declaring(xml: bytes, doctype: str) -> bytes:
    text = xml.decode()
    return re.sub(r"(<\?xml[^>]*>)?", lambda found: f"{found[0]}{doctype}", text, count=1).encode()
