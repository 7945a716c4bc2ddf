"""Whole units and exact amounts, as text or as numbers of a wire."""

import re
from decimal import Decimal

_BEYOND = 2**31
# With neither exponent nor end: what a wire may say is not what a computer should work out.
_WHOLE = re.compile(r"\s*([+-]?[0-9]{1,20})(\.0{0,20})?\s*")


def whole(given: str | int) -> int:
    """Read a whole number of units, also where it is written 3.00; raises `ValueError`: half a unit does not exist."""
    found = _WHOLE.fullmatch(str(given))
    number = int(found.group(1)) if found else _BEYOND
    if abs(number) >= _BEYOND:
        raise ValueError("not a whole number of units")
    return number


def plain(number: Decimal) -> str:
    """Write an amount exactly, without an exponent."""
    return f"{number:f}"


def scaled(number: int, by: int) -> Decimal:
    """A whole number of small units in large ones, such as 180 g in kg (by 1000), exactly."""
    return (Decimal(number) / by).normalize()
