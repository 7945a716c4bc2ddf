"""What is said of a cell that does not hold what its column wants, and of a file that is none."""

from __future__ import annotations

SAVE_AGAIN = "open it in Excel, save it as Excel workbook (.xlsx) and upload that"
DAMAGED = f"the file is cut off or damaged: upload it again, or {SAVE_AGAIN}"
_LONGEST = 40  # characters of a wrong value that a message repeats


class Wrong(Exception):
    """A cell does not hold what its column wants; the text says what is wrong and what to do."""


def shown(text: str) -> str:
    """Repeat a value in a message: short, on one line, nothing that a terminal obeys."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text[: _LONGEST + 1])
    return f"“{plain}”" if len(plain) <= _LONGEST else f"“{plain[:_LONGEST]}…”"
