"""What the tests of labels begin with, and eyes of their own: a renderer, a scanner and a reader of what was drawn."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations
import zxingcpp
from hub_hookspecs import Address, ParcelLine, Shipment
from pypdf import PdfReader

POINT = 25.4 / 72  # mm
SCANNER = 203 / 72  # what a label printer prints, in dots per point

SENDER = Address(
    name="Toko Larasati",
    phone="+62 21 555 0101",
    lines=("Jl. Kebon Kacang Raya No. 5",),
    district="Tanah Abang",
    city="Jakarta Pusat",
    state="DKI Jakarta",
    postcode="10240",
    country="ID",
)
RECIPIENT = Address(
    name="Budi Santoso",
    phone="+62 812 3456 7890",
    lines=("Perumahan Griya Asri Blok C-12 No. 7, RT 03 / RW 09", "belakang Masjid Al-Ikhlas"),
    district="Cicendo",
    city="Bandung",
    state="Jawa Barat",
    postcode="40172",
    country="ID",
)
SHIPMENT = Shipment(
    key="m-1/o-1/1",
    order_ref="o-1",
    order_number="POS-2026-000123",
    sender=SENDER,
    recipient=RECIPIENT,
    lines=(ParcelLine(sku="TEE-M", quantity=2), ParcelLine(sku="MUG-01", quantity=1)),
    courier="JNE REG",
)


class Glyph(NamedTuple):
    """A drawn character and its ink, in mm from the left upper corner of the page."""

    char: str
    left: float
    top: float
    right: float
    bottom: float


def texts(pdf: bytes) -> list[str]:
    """What can be copied out of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def scanned(pdf: bytes) -> dict[str, str]:
    """What a scanner reads off the first page as it is printed, by kind of code."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        picture = document[0].render(scale=SCANNER).to_pil()
    return {str(each.format): each.text for each in zxingcpp.read_barcodes(picture)}


def glyphs(pdf: bytes) -> Iterator[list[Glyph]]:
    """Where every character of each page stands, whether or not anything hides it."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            text, height = page.get_textpage(), page.get_height()
            yield [
                Glyph(text.get_text_range(at, 1), *_in_mm(text.get_charbox(at), height))
                for at in range(text.count_chars())
            ]


def _in_mm(box: tuple[float, float, float, float], height: float) -> tuple[float, float, float, float]:
    left, bottom, right, top = box
    return left * POINT, (height - top) * POINT, right * POINT, (height - bottom) * POINT
