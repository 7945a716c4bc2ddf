"""Whole units and exact amounts, as text or as numbers of a wire."""

from decimal import Decimal, InvalidOperation

_BEYOND = 2**31


def whole(given: str | int | Decimal) -> int:
    """Read a whole number of units, also where it is written 3.00; raises `ValueError`: half a unit does not exist."""
    try:
        number = Decimal(given)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    if not number.is_finite() or abs(number) >= _BEYOND or number != int(number):
        raise ValueError("not a whole number of units")
    return int(number)


def plain(number: Decimal) -> str:
    """Write an amount exactly, without an exponent."""
    return f"{number:f}"


def scaled(number: int, by: int) -> Decimal:
    """A whole number of small units in large ones, such as 180 g in kg (by 1000), exactly."""
    return (Decimal(number) / by).normalize()
