"""What a label may be: a PDF with a page, that anybody may open, and that can be read in bounded time."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfWriter

from hub.kernel import pdfs


def drawn(pages: int = 1, *, password: str = "", side: float = 300) -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(side, side)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize("pages", [1, 3])
def test_a_pdf_with_pages_is_taken(pages: int) -> None:
    assert pdfs.objection(drawn(pages)) == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "does not begin", id="nothing"),
        pytest.param(b"<html>%PDF-1.7</html>", "does not begin", id="a page of HTML"),
        pytest.param(b"%PDF-1.7 a label", "cannot be read", id="a head alone"),
        pytest.param(drawn()[:300], "cannot be read", id="cut off"),
        pytest.param(drawn(0), "no page", id="no page"),
        pytest.param(drawn(side=0), "no size", id="a page without a size"),
        pytest.param(drawn(password="a-secret"), "encrypted", id="encrypted"),
        pytest.param(drawn() + bytes(pdfs.LARGEST), "are allowed", id="too large"),
    ],
)
def test_what_cannot_be_printed_says_why(content: bytes, says: str) -> None:
    assert says in pdfs.objection(content)


def test_pages_that_lead_in_a_circle_are_refused() -> None:
    content = drawn().replace(b"/Kids [ 4 0 R ]", b"/Kids [ 2 0 R ]")

    assert "cannot be read" in pdfs.objection(content)


def test_reading_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "SECONDS", 0.001)

    assert "within" in pdfs.objection(drawn())
