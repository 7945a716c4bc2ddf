"""Prints HTML from outside, and tells a PDF from what only looks like one."""

from __future__ import annotations

import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

LARGEST: Final = 4 << 20  # bytes of HTML; a label with its pictures is a twentieth of it
SECONDS: Final = 8.0  # to print a page, which takes a tenth of one; a worker may hold its job no longer


class Unprintable(Exception):
    """The page cannot be printed; its text says why, in words for whoever asked for it."""


def printed(html: bytes) -> bytes:
    """The page as a PDF in A6, without its scripts and without anything that lies elsewhere.

    Takes about a tenth of a second; the same page gives the same drawing, not the same bytes. Raises `Unprintable` for
    a page above 4 MiB, one that takes longer than 8 s or more memory than 1 GiB, or one with nothing on it.
    """
    if len(html) > LARGEST:
        raise Unprintable(f"the page has {len(html):,} bytes; {LARGEST:,} are allowed")
    if not html.strip():
        raise Unprintable("the page is empty")
    try:
        with TemporaryDirectory(prefix="hub-press-") as folder:
            press = subprocess.run(  # noqa: S603 - ourselves, with a folder that we made
                [sys.executable, "-I", "-m", "hub.kernel.press", folder],
                input=html, capture_output=True, timeout=SECONDS, env={}, check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise Unprintable(f"the page was not printed within {SECONDS:.0f} s") from late
    if press.returncode or not press.stdout.startswith(b"%PDF-"):
        raise Unprintable("the page could not be printed: it needs too much memory or time, or breaks the printer")
    return press.stdout
