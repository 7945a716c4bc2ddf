"""What Excel itself checks and says while a person fills in a column; whatever it lets through is checked again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hub.kernel.workbooks.forms import LONGEST, CellKind, Column

_TITLE, _MESSAGE = 32, 255  # characters, by Excel
_FURTHEST = 10**15 - 1  # Excel keeps 15 digits


def validation(column: Column, list_name: str) -> Mapping[str, object] | None:
    """Give a column's rule as xlsxwriter wants it; None where there is nothing to check or to say."""
    rule, title, message = _rule(column, list_name), _cut(column.title, _TITLE), _cut(column.hint, _MESSAGE)
    if rule["validate"] == "any" and not message:
        return None
    told = {"input_title": title, "input_message": message} if message else {}
    return {"error_title": title, **told, **rule}


def _rule(column: Column, list_name: str) -> Mapping[str, object]:
    if column.locked:
        return {"validate": "custom", "value": "=FALSE", "error_message": "This column is not to be changed."}
    least = -_FURTHEST if column.least is None else column.least
    most = _FURTHEST if column.most is None else column.most
    match column.kind:
        case CellKind.WHOLE:
            told = f"A whole number from {least} to {most}."
            return _between("integer", least, most) | {"error_message": told}
        case CellKind.DECIMAL:
            return _between("decimal", least, most) | {"error_message": f"A number from {least} to {most}."}
        case CellKind.CHOICE:
            return {"validate": "list", "source": f"={list_name}", "error_message": "Choose one from the list."}
        case CellKind.TEXT if column.longest < LONGEST:
            told = f"At most {column.longest} characters."
            return {"validate": "length", "criteria": "<=", "value": column.longest, "error_message": told}
        case _:
            return {"validate": "any"}


def _between(kind: str, least: Decimal | int, most: Decimal | int) -> dict[str, object]:
    return {"validate": kind, "criteria": "between", "minimum": least, "maximum": most}


def _cut(text: str, most: int) -> str:
    """Shorten to so many UTF-16 units, as Excel counts."""
    units = text.encode("utf-16-le", "replace")[: 2 * most]
    return units.decode("utf-16-le", "ignore")
