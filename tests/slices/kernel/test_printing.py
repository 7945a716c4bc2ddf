"""HTML from outside becomes a PDF that people can read, and does nothing else."""

from __future__ import annotations

import base64
import io
import tempfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from hub.kernel import printing
from hub.kernel.printing import Unprintable, printed
from tests.slices.kernel.wire import answering, ok

PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # one point
)


def read(html: str) -> PdfReader:
    return PdfReader(io.BytesIO(printed(html.encode())))


def test_a_label_is_printed_in_a6_whatever_its_script() -> None:
    found = read("<h1>Resi JNE</h1><table><tr><td>Kepada: 陳大文, Jalan Ampang</td><td>Εὐρώπη Ж</td></tr></table>")

    text = found.pages[0].extract_text()
    width, height = (round(float(side) / 72 * 25.4) for side in found.pages[0].mediabox.upper_right)
    assert (len(found.pages), width, height) == (1, 105, 148)
    assert all(each in text for each in ("Resi JNE", "陳大文", "Jalan Ampang", "Ж"))


def test_its_pictures_are_printed_where_the_page_has_them_in_itself() -> None:
    found = read(f'<p>x</p><img width="40" height="40" src="data:image/png;base64,{PICTURE}">')

    assert len(found.pages[0].images) == 1


def test_nothing_is_fetched_from_anywhere_else_and_no_script_runs() -> None:
    with answering(ok(base64.b64decode(PICTURE), b"content-type: image/png")) as wire:
        found = read(
            f"<style>@import url({wire.url}/a.css); body {{ background: url({wire.url}/b.png) }}"
            f" @font-face {{ font-family: x; src: url({wire.url}/c.ttf) }} p {{ font-family: x }}</style>"
            f'<script>document.write("scripted")</script><p onclick="x()">AWB 1</p><img src="{wire.url}/d.png">'
            f'<iframe src="{wire.url}/e"></iframe><img src="file:///etc/passwd"><object data="{wire.url}/f"></object>'
            f'<link rel="stylesheet" href="{wire.url}/g.css"><svg><image href="{wire.url}/h.png"/></svg>'
        )

    assert wire.connections == 0
    assert found.pages[0].extract_text().strip() == "AWB 1"
    assert len(found.pages[0].images) == 0


def test_a_picture_would_have_been_fetched_by_one_who_may() -> None:
    """The control of the test above: without the hub's own rules the very same library asks for it."""
    import plutoprint  # noqa: PLC0415 - in this process only here

    with answering(ok(base64.b64decode(PICTURE), b"content-type: image/png")) as wire:
        book = plutoprint.Book(plutoprint.PAGE_SIZE_A5)
        book.load_html(f'<img src="{wire.url}/d.png">')
        book.write_to_pdf_stream(io.BytesIO())

    assert wire.connections == 1


@pytest.mark.parametrize(
    ("page", "why"),
    [(b"", "empty"), (b" \n", "empty"), (b"x" * (printing.LARGEST + 1), "bytes")],
)
def test_what_is_no_page_is_refused_in_words(page: bytes, why: str) -> None:
    with pytest.raises(Unprintable, match=why):
        printed(page)


@pytest.mark.parametrize(
    ("page", "why"),
    [("<table><tr><td>" * 200_000, "breaks the printer"), ("x\n" * 900_000, "not printed within")],
    ids=["too deep", "too long"],
)
def test_a_page_that_breaks_the_printer_breaks_nothing_else(
    page: str, why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(printing, "SECONDS", 1.0 if "within" in why else 30.0)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(Unprintable, match=why):
        printed(page.encode())
    assert list(tmp_path.iterdir()) == []
