"""Workbooks that no upload may take: whatever the form, each is refused, and of a form like ours with this reason.

Every route that takes a workbook is held to this list; each has its name, its content and a pattern of its reason.
"""

from __future__ import annotations

import io
import struct
from zipfile import ZipFile

import pytest

from tests.slices.kernel.workbook_files import (
    BOOK,
    HEAD,
    RELATIONS,
    SHEET,
    STYLES,
    TYPES,
    changed,
    good,
    packed,
    parts_of,
    replaced,
    with_rows,
    without,
)

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)


def titled(*titles: str) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{title}</t></is></c>' for title in titles)
    return f'<row r="1">{cells}</row>'


def lying(content: bytes, size: int) -> bytes:
    """Say in the directory and in the local headers that the sheet has `size` bytes, whatever it has."""
    for signature, name_at, size_at in ((b"PK\x03\x04", 30, 22), (b"PK\x01\x02", 46, 24)):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            if content[at + name_at :].startswith(SHEET.encode()):
                content = content[: at + size_at] + struct.pack("<I", size) + content[at + size_at + 4 :]
    return content


def flagged(content: bytes) -> bytes:
    """Say of every entry that it is encrypted."""
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            content = content[: at + flags_at] + b"\x01" + content[at + flags_at + 1 :]
    return content


def with_a_second_directory() -> bytes:
    """The comment of its last entry reads as the locator of a ZIP64 directory, which would be used instead."""
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name, part in parts_of(good()).items():
            archive.writestr(name, part)
        archive.infolist()[-1].comment = b"PK\x06\x07" + bytes(16)
    return target.getvalue()


def with_few_parts_by_its_own_count() -> bytes:
    content = packed({f"{n}": b"" for n in range(8_000)})
    return content[:-14] + struct.pack("<HH", 9, 9) + content[-10:]


BAD_FILES = [
    pytest.param(b"", "the file is empty", id="empty"),
    pytest.param(b"sku,price\nTEE-M,19.99\n", r"text \(CSV\?\)", id="CSV"),
    pytest.param("sku;harga\n".encode("utf-16"), "no Excel workbook", id="CSV in UTF-16"),
    pytest.param(b"<html><table></table></html>", "no Excel workbook", id="HTML named .xls"),
    pytest.param(b"%PDF-1.7\x00", "no Excel workbook", id="PDF"),
    pytest.param(OLE, r"old Excel file \(\.xls\)", id="xls"),
    pytest.param(OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password", id="encrypted workbook"),
    pytest.param(flagged(good()), "locked with a password", id="encrypted archive"),
    pytest.param(changed({"xl/vbaProject.bin": b"x"}), "contains macros", id="macros"),
    pytest.param(
        changed(
            {
                TYPES: replaced(
                    "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    "vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            }
        ),
        "contains macros",
        id="macro workbook without macros",
    ),
    pytest.param(changed({"xl/macrosheets/sheet1.xml": b"x"}), "contains macros", id="Excel 4 macros"),
    pytest.param(packed({"xl/workbook.bin": b"x"}), r"\(\.xlsb\)", id="xlsb"),
    pytest.param(packed({"mimetype": b"x", "content.xml": b"x"}), r"\(\.ods\)", id="ods"),
    pytest.param(packed({"word/document.xml": b"x"}), "no Excel workbook", id="a document"),
    pytest.param(packed({"inner.xlsx": good()}), "no Excel workbook", id="a workbook inside of a zip"),
    pytest.param(
        changed({"xl/externalLinks/externalLink1.xml": b"x"}), "links to other workbooks", id="external links"
    ),
    pytest.param(changed({"../../etc/cron.d/x": b"x"}), "names that no workbook has", id="a path out of the archive"),
    pytest.param(changed({"/etc/passwd": b"x"}), "names that no workbook has", id="an absolute path"),
    pytest.param(changed({"XL/WORKBOOK.XML": b"x"}), "names that no workbook has", id="a part twice"),
    pytest.param(packed({f"{n}": b"" for n in range(1_001)}), "more than 1,000 parts", id="too many parts"),
    pytest.param(with_few_parts_by_its_own_count(), "more than 1,000 parts", id="parts that are not counted"),
    pytest.param(with_a_second_directory(), "cut off or damaged", id="two directories"),
    pytest.param(b"PK\x03\x04" + good(), "cut off or damaged", id="something in front"),
    pytest.param(good()[:-1], "cut off or damaged", id="its last byte missing"),
    pytest.param(good() + b"x", "cut off or damaged", id="a byte behind its end"),
    pytest.param(b"PK\x03\x04", "cut off or damaged", id="the first four bytes of a zip"),
    pytest.param(good().replace(b"PK\x01\x02", b"PK\x01\x00", 1), "cut off or damaged", id="a broken directory"),
    pytest.param(lying(good(), 10), "cut off or damaged", id="sizes that lie, too small"),
    pytest.param(without(BOOK), "no Excel workbook", id="no list of sheets"),
    pytest.param(without(RELATIONS), "cut off or damaged", id="no relations"),
    pytest.param(without(SHEET), "cut off or damaged", id="a sheet that is listed and absent"),
    pytest.param(without(STYLES), "cut off or damaged", id="styles that are named and absent"),
    pytest.param(
        changed({BOOK: replaced('name="Products"', 'name="Sheet1"')}), "no sheet “Products”", id="wrong sheet"
    ),
    pytest.param(changed({BOOK: replaced('name="_stamp"', 'name="x"')}), "was not made here", id="no stamp"),
    pytest.param(
        changed({"xl/worksheets/sheet2.xml": replaced("listing-request-1", "another")}),
        "for another request",
        id="the stamp of another request",
    ),
    pytest.param(with_rows("", head=""), "row 1 lacks the titles “Product ID”, “SKU”", id="an empty sheet"),
    pytest.param(
        with_rows("", head=titled("Product ID", "SKU", "Stock", "Category")),
        "lacks the titles “Price”:",
        id="a missing column",
    ),
    pytest.param(
        with_rows("", head=titled("SKU", "Product ID", "Price", "Stock", "Category", "sku *")),
        "A1 and F1 have the same title",
        id="a column twice",
    ),
    pytest.param(
        with_rows("", head="", before='<dimension ref="A1:XFD1048576"/>'),
        "row 1 lacks the titles",
        id="an empty sheet that declares 1,048,576 rows",
    ),
    pytest.param(
        with_rows('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
        "A1048576 lies beyond the 50,000 rows",
        id="a value in the last row",
    ),
    pytest.param(
        with_rows("", head=f'<row r="1">{HEAD}<c r="XFD1"><v>1</v></c></row>'),
        "XFD1 lies beyond the 200 columns",
        id="a value in the last column",
    ),
    pytest.param(
        with_rows("", head=titled(*map(str, range(10_000)))), "GS1 lies beyond the 200 columns", id="10,000 columns"
    ),
    pytest.param(with_rows('<row r="2"><c r="ZZZZ2"><v>1</v></c></row>'), "damaged", id="a column that Excel lacks"),
    pytest.param(with_rows('<row r="2"><c r="A3"><v>1</v></c></row>'), "damaged", id="a cell in another row"),
    pytest.param(with_rows('<row r="3"/><row r="2"/>'), "damaged", id="rows in disorder"),
    pytest.param(with_rows('<row r="2"><c r="A2"/><c r="A2"/></row>'), "damaged", id="a cell twice"),
    pytest.param(
        with_rows('<row r="2"><c r="A2" t="s"><v>7</v></c></row>'), "A2 names a text", id="a text that is not there"
    ),
    pytest.param(with_rows('<row r="2"><c r="A2" t="zz"><v>7</v></c></row>'), "damaged", id="an unknown sort of cell"),
    pytest.param(
        with_rows('<row r="2"><c r="A2" t="e"><v>#FOO!</v></c></row>'), "A2 holds the error", id="an unknown error"
    ),
    pytest.param(with_rows("<row"), "damaged", id="XML cut off"),
    pytest.param(with_rows('<row r="2"><c r="A2" t="str"><v>\ud83d</v></c></row>'), "damaged", id="half a character"),
    pytest.param(with_rows('<row r="2"><c r="A2" t="str"><v>&#xD83D;</v></c></row>'), "damaged", id="half, referenced"),
    pytest.param(with_rows('<row r="2"><c r="A2" t="str"><v>&#0;</v></c></row>'), "damaged", id="NUL, referenced"),
    pytest.param(with_rows('<row r="2"><c r="A2" t="str"><v>&a;</v></c></row>'), "damaged", id="an unknown entity"),
    pytest.param(
        with_rows('<row r="2"><c r="A2"><v>1<!-- -->2</v></c></row>'), "no spreadsheet program", id="a comment"
    ),
    pytest.param(
        with_rows('<row r="2"><c r="A2"><v><![CDATA[1]]></v></c></row>'), "no spreadsheet program", id="CDATA"
    ),
    pytest.param(with_rows("<a>" * 101 + "</a>" * 101), "no spreadsheet program", id="XML 101 levels deep"),
    pytest.param(
        with_rows("".join(f"<a{n}/>" for n in range(30_000))), "no spreadsheet program", id="30,000 different names"
    ),
    pytest.param(with_rows(f'<a b="{"x" * 2_000_000}"/>'), "no spreadsheet program", id="a tag of two megabytes"),
    pytest.param(
        changed({SHEET: replaced('encoding="UTF-8"', 'encoding="UTF-7"')}),
        "no spreadsheet program",
        id="another encoding",
    ),
    pytest.param(changed({SHEET: lambda part: part.decode().encode("utf-16")}), "no spreadsheet program", id="UTF-16"),
]
