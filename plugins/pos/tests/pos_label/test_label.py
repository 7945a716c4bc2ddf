"""The label of a manual order: always the same, readable by people and scanners, and nothing is lost on it."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from datetime import UTC, datetime

import msgspec
import pytest
from hub_hookspecs import Address, ParcelLine, Shipment
from hub_pos.label import draw, writing
from pypdf import PdfReader

from .drawn import POINT, RECIPIENT, SHIPMENT, glyphs, scanned, texts

FOR_ANOTHER_PROCESS = """
import hashlib, sys, msgspec
from hub_hookspecs import Shipment
from hub_pos.label import draw
print(hashlib.sha256(draw(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Shipment))).hexdigest())
"""
EVERY_SCRIPT = (
    "شارع الملك فهد 12، الرياض",
    "רחוב דיזנגוף 5, תל אביב",
    "北京市海淀区中关村大街27号",
    "東京都千代田区丸の内1丁目",
    "서울특별시 강남구 테헤란로 123",
    "กรุงเทพมหานคร ๑๒๓",
    "नई दिल्ली",
    "মিরপুর ঢাকা",
    "சென்னை",
    "မန္တလေး",
    "ភ្នំពេញ",
    "ꦗꦮ",
    "Ελλάδα Москва Việt Nam",
    "👩‍👩‍👧‍👦 👍🏽 🇮🇩 ❤️ 🛵",
)


def changed(**fields: object) -> Shipment:
    return msgspec.structs.replace(SHIPMENT, **fields)


def going_to(*lines: str, name: str = "Budi") -> Shipment:
    return changed(recipient=Address(name=name, lines=lines))


def words(text: str) -> str:
    return " ".join(text.split())


# -- the same bytes


def test_the_same_shipment_gives_the_same_bytes_in_any_process() -> None:
    shipment = going_to(*EVERY_SCRIPT)
    here = hashlib.sha256(draw(shipment)).hexdigest()

    there = {
        subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-c", FOR_ANOTHER_PROCESS],
            input=msgspec.msgpack.encode(shipment),
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "Asia/Jakarta"), ("2", "America/Lima"))
    }

    assert there == {here.encode()}


def test_another_shipment_gives_other_bytes() -> None:
    assert draw(SHIPMENT) != draw(changed(order_number="POS-2026-000124"))


def test_the_file_names_no_time_and_no_number_of_its_own() -> None:
    read = PdfReader(io.BytesIO(draw(SHIPMENT)))

    assert read.metadata is not None
    assert "/ID" not in read.trailer
    assert read.metadata.creation_date == datetime(2000, 1, 1, tzinfo=UTC)


# -- what people read


def test_everything_stands_on_one_page_of_a6() -> None:
    pdf = draw(SHIPMENT)

    (page,) = PdfReader(io.BytesIO(pdf)).pages
    (text,) = texts(pdf)
    assert (round(page.mediabox.width * POINT), round(page.mediabox.height * POINT)) == (105, 148)
    for told in (
        *("No. pesanan / Order no.", "POS-2026-000123", "Kurir / Courier", "JNE REG"),
        *("Kepada / To", "Budi Santoso", "Telp / Phone: +62 812 3456 7890", "belakang Masjid Al-Ikhlas"),
        *("Cicendo, Bandung", "Jawa Barat 40172", "Dari / From", "Toko Larasati", "DKI Jakarta 10240"),
        *("Isi / Contents: 2 baris / lines, 3 units", "2 × TEE-M", "1 × MUG-01"),
    ):
        assert told in words(text)


@pytest.mark.parametrize("line", EVERY_SCRIPT)
def test_any_script_is_written_with_a_font_that_knows_it(line: str) -> None:
    pdf = draw(going_to(line))

    (text,) = texts(pdf)
    assert set(line) - set(text) <= set("\u200d\ufe0f"), "joiners and selectors may go into the sign they make"
    assert "[U+" not in text


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        pytest.param("abc שלום 12, אבג xyz", "abc גבא ,12 םולש xyz", id="within a line from left to right"),
        pytest.param("שלום 12, אבג xyz", "xyz גבא ,12 םולש", id="in a line from right to left"),
    ],
)
def test_scripts_from_right_to_left_stand_as_their_readers_expect(line: str, seen: str) -> None:
    (page,) = glyphs(draw(going_to(line, name="")))

    line_of_it = [glyph for glyph in page if glyph.char.strip() and 52 < glyph.top < glyph.bottom < 60]

    assert "".join(glyph.char for glyph in sorted(line_of_it, key=lambda glyph: glyph.left)) == seen.replace(" ", "")


def test_brackets_around_another_direction_stay_with_the_text_outside() -> None:
    (line,) = writing.lines(writing.paragraph("abc (שלום)"), room=100, width=lambda run: 1.0)

    assert [(run.text, run.level) for run in line.runs] == [("abc (", 0), ("שלום", 1), (")", 0)]


def test_a_mark_stands_with_its_letter() -> None:
    (page,) = glyphs(draw(going_to("بَيْتٌ", name="")))

    letter, mark = (next(glyph for glyph in page if glyph.char == char) for char in "بَ")
    assert letter.left - 1 < mark.left < mark.right < letter.right + 1
    assert mark.bottom < letter.top


def test_a_line_from_right_to_left_begins_at_the_right() -> None:
    (page,) = glyphs(draw(going_to("שלום", name="")))

    assert max(glyph.right for glyph in page if glyph.char == "ש") == pytest.approx(101, abs=0.7)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        pytest.param("Jl.\tMawar\r\n\x00 7\x1b[2J", "Jl. Mawar 7 [2J", id="control characters"),
        pytest.param("Blok {nb}", "Blok {nb}", id="what the library has a meaning for"),
        pytest.param("No. \u202e7\u2066", "No. 7", id="what turns the direction of text"),
        pytest.param("a \ue000 \U00020000 z", "a [U+E000] [U+20000] z", id="what no font knows"),
        pytest.param("a \ud800 z", "a \ufffd z", id="half a character"),
    ],
)
def test_what_cannot_be_printed_is_made_plain(typed: str, printed: str) -> None:
    (text,) = texts(draw(going_to(typed)))

    assert printed in words(text)


def test_a_label_of_nothing_says_so() -> None:
    empty = Shipment(key="", order_ref="", order_number="\n", sender=Address(), recipient=Address(), lines=())

    pdf = draw(empty)

    (text,) = texts(pdf)
    assert words(text).count("(tidak diisi / not given)") == 3
    assert "No code can be made of this number" in words(text)
    assert scanned(pdf) == {}


# -- what finds no room


def test_a_long_address_is_made_smaller_before_it_goes_on() -> None:
    short, long = (
        next(glyph for page in glyphs(draw(going_to(*["Kampung 7"] * count))) for glyph in page if glyph.char == "7")
        for count in (1, 14)
    )

    assert long.bottom - long.top < 0.9 * (short.bottom - short.top)


def test_an_address_without_end_stands_in_full_on_further_pages_and_the_first_says_so() -> None:
    street = " ".join(f"blok{number}" for number in range(900))

    first, *further = texts(draw(going_to(street)))

    assert "in full on the next page" in words(first)
    assert "blok0 " in words(first)
    assert street in words(" ".join(further))
    assert SHIPMENT.order_number in further[0]


def test_lines_that_find_no_room_are_counted() -> None:
    lines = tuple(ParcelLine(sku=f"SKU-{number}", quantity=number) for number in range(1, 41))

    (text,) = texts(draw(changed(lines=lines)))

    shown = text.count("× SKU-")
    left = 40 - shown
    assert 0 < shown < 40
    assert "Isi / Contents: 40 baris / lines, 820 units" in words(text)
    assert f"and more: {left} baris / lines, {sum(range(shown + 1, 41))} units" in words(text)


# -- what scanners read


@pytest.mark.parametrize(
    "number",
    ["POS-2026-000123", "1", "20261122000123456789", "a/b_c:d", "X" * 30, "20261122" * 6 + "000123", "No 7 (b)"],
)
def test_both_codes_give_the_number_at_the_resolution_of_a_label_printer(number: str) -> None:
    assert scanned(draw(changed(order_number=number))) == {"Code 128": number, "QR Code": number}


@pytest.mark.parametrize("number", ["X" * 60, "PESANAN-北京-7", "طلب-١٢", "ÄÖÜ-1"])
def test_a_number_that_bars_cannot_show_stands_in_the_qr_code(number: str) -> None:
    pdf = draw(changed(order_number=number))

    assert scanned(pdf) == {"QR Code": number}
    assert "use the QR code" in words(texts(pdf)[0])


def test_a_number_that_no_code_can_show_is_still_printed() -> None:
    number = "7" * 1000

    first, *further = texts(draw(changed(order_number=number)))

    assert "No code can be made of this number" in words(first)
    assert number in "".join(" ".join(further).split())


def test_an_order_without_a_number_is_known_by_what_else_names_it() -> None:
    assert scanned(draw(changed(order_number=" ")))["QR Code"] == SHIPMENT.order_ref
    assert scanned(draw(changed(order_number="", order_ref="")))["QR Code"] == SHIPMENT.key


def test_codes_keep_their_quiet_zones() -> None:
    (page,) = glyphs(draw(SHIPMENT))

    qr = (75.0, 20.0, 101.0, 48.0)
    assert not [glyph for glyph in page if glyph.right > qr[0] and qr[1] < glyph.top < qr[3]]
    assert RECIPIENT.name in texts(draw(SHIPMENT))[0]
