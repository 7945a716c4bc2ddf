"""Draws what is stuck on a parcel: one page of A6 with the AWB as Code 39."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fpdf import FPDF


def draw(awb: str, courier: str, order: str, recipient: Iterable[str], contents: Iterable[str], at: datetime) -> bytes:
    """The same bytes for the same parcel. Letters that the built-in font has not are shown as question marks."""
    page = FPDF(unit="mm", format=(105, 148))
    page.set_creation_date(at)
    page.set_auto_page_break(auto=False)
    page.add_page()
    page.set_margin(8)
    page.code39(f"*{awb}*", x=10, y=10, w=0.5, h=18)
    page.set_y(30)
    for size, lines in ((14, (courier, awb)), (11, recipient), (9, (f"Order {order}", *contents))):
        page.set_font("helvetica", size=size)
        for line in lines:
            page.multi_cell(
                0, size / 2, line.encode("latin-1", "replace").decode("latin-1"), new_x="LMARGIN", new_y="NEXT"
            )
        page.ln(3)
    return bytes(page.output())
