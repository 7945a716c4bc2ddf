"""What a value is in a cell, and what a cell means as a value: exact, or an error that says how to mend it."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import assert_never

from hub.kernel.workbooks.choices import Choices
from hub.kernel.workbooks.forms import LONGEST, CellKind, Column, Value
from hub.kernel.workbooks.wrong import Wrong, shown

Found = str | int | float | date | time | timedelta
"""What python-calamine gives of a cell (a datetime is a date, a bool an int); "" where it is empty."""

DIGITS = 15  # that Excel keeps of a number
_TOO_LARGE = 10**DIGITS
_MOST_DIGITS = 100  # before the point or behind it
_PLAIN = re.compile(rf"[+-]?\d{{1,{_MOST_DIGITS}}}(?:\.\d{{1,{_MOST_DIGITS}}})?")
_SEPARATED = re.compile(r"[+-]?\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d+)?|[+-]?\d+,\d+")
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TYPE_TEXT = "format the cell as Text and type it again"
_TYPE_NUMBER = "type it as a plain number, such as 149000 or 19.99"


def as_number(value: Value) -> Decimal | None:
    """The number to write for a value, or None where it must be a text: Excel would not keep all of its digits."""
    if isinstance(value, str) or value is None:
        return None
    number = Decimal(value)
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or max(number.adjusted(), -exponent) >= _MOST_DIGITS:
        raise ValueError(f"is not a number of less than {_MOST_DIGITS} digits")
    significant = "".join(map(str, digits)).rstrip("0")  # `normalize` would round to the context's 28
    return number if len(significant) <= DIGITS and -DIGITS < number.adjusted() < DIGITS else None


def as_text(value: Value) -> str:
    """The text to write for a value; what no XML can say (half characters, U+FFFE, U+FFFF) becomes U+FFFD."""
    text = _NO_XML.sub("\ufffd", value) if isinstance(value, str) else _written_out(Decimal(value or 0))
    if _units(text) > LONGEST:
        raise ValueError(f"is longer than the {LONGEST:,} characters that a cell can hold")
    return text


def meaning(found: Found, column: Column, choices: Choices | None) -> Value:
    """Read a cell as its column wants it, or raise `Wrong`; None where it is empty and may be."""
    value = _value(found, column, choices)
    if value is None and column.required:
        raise Wrong(f"must not be empty. {column.hint}".rstrip())
    return value


def _value(found: Found, column: Column, choices: Choices | None) -> Value:
    match found:
        case bool():
            truth = "TRUE" if found else "FALSE"
            raise Wrong(f"holds {truth}, a truth value: {_cure(column)}")
        case int() | float():
            return _of_number(_exact(found, column), column, choices)
        case str():
            return _of_text(found, column, choices)
        case date() | time() | timedelta():
            raise Wrong(f"holds a date or a time, perhaps made by Excel of what was typed: {_cure(column)}")
        case never:
            assert_never(never)


def _exact(found: float, column: Column) -> Decimal:
    """The number as it was typed: Excel stores a binary fraction and shows the 15 digits that it keeps."""
    if not isfinite(found) or abs(found) >= _TOO_LARGE:
        raise Wrong(f"holds a number beyond the {DIGITS} digits that Excel keeps: {_cure(column)}")
    return Decimal(format(found, f".{DIGITS}g"))


def _of_number(number: Decimal, column: Column, choices: Choices | None) -> Value:
    match column.kind:
        case CellKind.TEXT | CellKind.CHOICE:
            return _of_text(_written_out(number), column, choices)  # Excel makes numbers of SKUs and barcodes
        case CellKind.WHOLE | CellKind.DECIMAL:
            return _bounded(number, column)
        case never:
            assert_never(never)


def _of_text(found: str, column: Column, choices: Choices | None) -> Value:
    text = found if column.exact and column.kind is CellKind.TEXT else found.strip()
    if bad := _CONTROL.search(text):
        raise Wrong(f"contains a character that cannot be seen (U+{ord(bad[0]):04X}): clear the cell and type it again")
    if not text:
        return None
    match column.kind:
        case CellKind.TEXT:
            return _fitting(text, column)
        case CellKind.CHOICE:
            return choices.the_one(text) if choices else text
        case CellKind.WHOLE | CellKind.DECIMAL:
            return _bounded(_read(text), column)
        case never:
            assert_never(never)


def _fitting(text: str, column: Column) -> str:
    if len(text) > column.longest or _units(text) > LONGEST:
        raise Wrong(f"has {len(text):,} characters, and at most {column.longest:,} are allowed: shorten it")
    return text


def _read(text: str) -> Decimal:
    """A number that stands as text; one that countries read differently (149.000, 1,5) is not guessed at."""
    if _SEPARATED.fullmatch(text):
        raise Wrong(f"holds {shown(text)}, which is read differently from country to country: {_TYPE_NUMBER}")
    if not _PLAIN.fullmatch(text):
        raise Wrong(f"must be a number, not {shown(text)}: {_TYPE_NUMBER}")
    return Decimal(text)


def _bounded(number: Decimal, column: Column) -> int | Decimal:
    if column.least is not None and number < column.least:
        raise Wrong(f"must be at least {column.least}, not {_written_out(number)}")
    if column.most is not None and number > column.most:
        raise Wrong(f"must be at most {column.most}, not {_written_out(number)}")
    places = 0 if column.kind is CellKind.WHOLE else column.places
    if places is not None and _decimals(number) > places:
        allowed = f"a number with at most {places} decimals" if places else "a whole number"
        raise Wrong(f"must be {allowed}, not {_written_out(number)}")
    return int(number) if column.kind is CellKind.WHOLE else number


def _cure(column: Column) -> str:
    if column.kind is CellKind.CHOICE:
        return "choose one from the list"
    if column.kind is CellKind.TEXT:
        return _TYPE_TEXT
    return f"format the cell as Number and {_TYPE_NUMBER}"


def _decimals(number: Decimal) -> int:
    return len(_written_out(number).partition(".")[2].rstrip("0"))


def _written_out(number: Decimal) -> str:
    """All of its digits, without an exponent."""
    return format(number, "f")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
