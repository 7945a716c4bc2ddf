"""The two codes as rectangles: bars and squares are drawn, so that they stay sharp at any resolution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import segno
from barcode import Code128  # type: ignore[import-untyped]  # it ships no annotations

DOT = 25.4 / 203  # mm: what a label printer can do; bars are whole dots wide
QUIET_BARS, QUIET_SQUARES = 10, 4  # modules that must stay white around a code (ISO/IEC 15417 and 18004)
_BAR_DOTS = (4, 3, 2)
_SQUARE_DOTS = (8, 7, 6, 5, 4, 3)


class Rectangle(NamedTuple):
    """Black, in mm from the left upper corner of its code."""

    x: float
    y: float
    width: float
    height: float


def bars(text: str, width: float, height: float) -> list[Rectangle]:
    """Draw `text` as Code 128 in the middle of `width` mm; nothing where it has other letters than ASCII has, or so
    many that the bars would be too thin to be scanned."""
    if not (text and text.isascii()):
        return []
    modules: str = Code128(text).build()[0]
    for dots in _BAR_DOTS:
        module = dots * DOT
        left = _in_dots((width - len(modules) * module) / 2)
        if left >= QUIET_BARS * module:
            return [
                Rectangle(left + at * module, 0, length * module, height) for at, length in _black(map(int, modules))
            ]
    return []


def squares(text: str, side: float) -> list[Rectangle]:
    """Draw `text` as a QR code in the middle of `side` mm; nothing where its squares would be too small."""
    if not text:
        return []
    try:
        code = segno.make_qr(text, error="m", boost_error=False, encoding=None if text.isascii() else "utf-8")
    except segno.DataOverflowError:
        return []
    matrix: Sequence[bytearray] = code.matrix
    for dots in _SQUARE_DOTS:
        module = dots * DOT
        edge = _in_dots((side - len(matrix) * module) / 2)
        if edge >= QUIET_SQUARES * module:
            return [
                Rectangle(edge + at * module, edge + row * module, length * module, module)
                for row, line in enumerate(matrix)
                for at, length in _black(iter(line))
            ]
    return []


def _in_dots(length: float) -> float:
    return length // DOT * DOT


def _black(modules: Iterator[int]) -> Iterator[tuple[int, int]]:
    """Where black begins, and how many modules it goes on."""
    at = 0
    for black, part in groupby(modules):
        length = len(list(part))
        if black:
            yield at, length
        at += length
