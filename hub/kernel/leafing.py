"""The process that reads a PDF from standard input and prints why it is of no use; `hub.kernel.pdfs` starts it.

It is a process of its own since what comes from outside meets a parser here: one that never ends is ended, and what it
does not understand ends it with its own error.
"""

from __future__ import annotations

import io
import resource
import sys

from pypdf import PdfReader

MEMORY, SECONDS = 1 << 29, 5  # bytes, of CPU


def main() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    sys.stdout.write(_objection(sys.stdin.buffer.read()))


def _objection(content: bytes) -> str:
    found = PdfReader(io.BytesIO(content))
    if found.is_encrypted:
        return "it is encrypted"
    if not found.pages:
        return "it has no page"
    size = found.pages[0].mediabox
    return "" if size.width > 0 and size.height > 0 else "its first page has no size"


if __name__ == "__main__":
    main()
