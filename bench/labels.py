"""Labels of the point of sale per second of one core, against fpdf2 that writes the same page as plain text.

The floor has none of what makes a label: no codes, no shaping, no font that is embedded, no fitting of text to boxes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import msgspec
from fpdf import FPDF
from hub_hookspecs import Address, ParcelLine, Shipment
from hub_pos.label import draw

LABELS, TURNS = 50, 3
AIM = 20.0  # labels a second of one core
LATIN = Shipment(
    key="o-1/1",
    order_ref="o-1",
    order_number="POS-2026-000123",
    sender=Address(name="Toko Larasati", lines=("Jl. Kebon Kacang Raya No. 5",), city="Jakarta Pusat", country="ID"),
    recipient=Address(
        name="Budi Santoso",
        phone="+62 812 3456 7890",
        lines=("Perumahan Griya Asri Blok C-12 No. 7, RT 03 / RW 09", "belakang Masjid Al-Ikhlas"),
        city="Bandung",
        postcode="40172",
        country="ID",
    ),
    lines=(ParcelLine(sku="TEE-M", quantity=2), ParcelLine(sku="MUG-01", quantity=1)),
)
ABROAD = Address(
    name="محمد بن عبد الله", lines=("شارع الملك فهد 12، الرياض", "北京市海淀区中关村大街27号"), country="SA"
)


def run() -> Iterator[str]:
    ways = {
        "latin": lambda: draw(LATIN),
        "three scripts": lambda: draw(msgspec.structs.replace(LATIN, recipient=ABROAD)),
        "plain": _plain,
    }
    turns = [{name: _rate(way) for name, way in ways.items()} for _ in range(TURNS)]
    best = {name: max(turn[name] for turn in turns) for name in ways}
    for name in ("latin", "three scripts"):
        verdict = "meets" if best[name] >= AIM else "MISSES"
        yield (
            f"labels, {name}: {best[name]:.0f} a second of one core ({verdict} {AIM:.0f}); "
            f"plain text alone {best['plain']:.0f} = {best[name] / best['plain']:.2f}"
        )


def _rate(way: Callable[[], bytes]) -> float:
    """Per second of processor time, so that neighbours do not count."""
    way()
    began = time.process_time()
    for _ in range(LABELS):
        way()
    return LABELS / (time.process_time() - began)


def _plain() -> bytes:
    page = FPDF(unit="mm", format=(105, 148))
    page.add_page()
    page.set_font("Helvetica", size=9)
    to, sender = LATIN.recipient, LATIN.sender
    for text in (LATIN.order_number, to.name, to.phone, *to.lines, to.city, sender.name, *sender.lines, sender.city):
        page.cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
    for line in LATIN.lines:
        page.cell(0, 5, f"{line.quantity} x {line.sku}", new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())
