"""Tells a PDF that can be printed from what only looks like one; `leafing` reads it in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

LARGEST: Final = 10 << 20  # bytes; a label has some ten thousand
SECONDS: Final = 15.0  # to read it; the process itself may use a third of that


def objection(content: bytes) -> str:
    """Why this cannot be printed as a PDF, in words; "" where it has pages that anybody may open.

    Takes about a fifth of a second. Whatever the parser makes of what it is given, it ends after 15 s and 512 MiB.
    """
    if len(content) > LARGEST:
        return f"it has {len(content):,} bytes; {LARGEST:,} are allowed"
    if not content.startswith(b"%PDF-"):
        return "it does not begin as a PDF does"
    try:
        reader = subprocess.run(
            [sys.executable, "-I", "-m", "hub.kernel.leafing"],
            input=content, capture_output=True, timeout=SECONDS, env={}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it could not be read within {SECONDS:.0f} s"
    return reader.stdout.decode() if reader.returncode == 0 else "it cannot be read: it is broken, or cut off"
