"""Puts into words what is wrong with cells, as far as there is room."""

from __future__ import annotations

from collections.abc import Sequence

from hub.kernel.workbooks.forms import CellError


def of_cells(errors: Sequence[CellError], longest: int) -> str:
    """What is wrong with the first cells, as far as `longest` bytes reach, and with how many more something is."""
    told = [f"{each.cell} ({each.column}): {each.message}" for each in errors]
    for number in range(len(told), 0, -1):
        more = f"; and {len(told) - number} more" if number < len(told) else ""
        text = "; ".join(told[:number]) + more
        if len(text.encode()) <= longest:
            return text
    return cut("".join(told[:1]), longest)


def cut(text: str, longest: int) -> str:
    """At most so many bytes of a text, and no half a sign."""
    return text.encode()[: max(longest, 0)].decode(errors="ignore")
