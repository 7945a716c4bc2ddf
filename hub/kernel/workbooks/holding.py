"""Asks before a value is written whether its cell would give it back."""

from __future__ import annotations

from hub.kernel.workbooks.cells import as_number, as_text, meaning
from hub.kernel.workbooks.forms import Column, Value
from hub.kernel.workbooks.wrong import Wrong


def flaw(value: Value, column: Column) -> str:
    """Say why a cell of this column cannot hold the value, or would be refused for it; "" where nothing is wrong."""
    if value is None or value == "":
        return ""
    try:
        number = as_number(value)
        meaning(as_text(value) if number is None else float(number), column, None)
    except (Wrong, ValueError) as error:
        return str(error)
    return ""
