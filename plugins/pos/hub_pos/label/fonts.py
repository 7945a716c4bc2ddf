"""The fonts that travel with the plugin: which of them shows a character, and a cut with just what one label needs.

A label that embedded or even parsed whole fonts would take seconds for Chinese; HarfBuzz cuts one in a millisecond.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import uharfbuzz as harfbuzz  # type: ignore[import-untyped]  # it ships no annotations
from fpdf.fonts import HarfBuzzFont, TTFFont

if TYPE_CHECKING:
    from fpdf import FPDF

FOLDER = Path(__file__).parents[1] / "fonts"
FIRST = "NotoSans"
# In this order: a character that several fonts know is shown by the first.
LAST = ("DroidSansFallback", "NotoSansKR", "NotoEmoji", "NotoSansMath", "NotoSansSymbols", "NotoSansSymbols2")
NAMES = (FIRST, *sorted({path.stem for path in FOLDER.glob("*.ttf")} - {FIRST, *LAST}), *LAST)
_NOTHING = "\u25cc"  # the dotted circle that carries a mark without a letter
_HALF_MARKS = "\u0e33\u0eb3"  # the letters AM of Thai and Lao: half of each stands above the letter before
_INVISIBLE = frozenset({0x200C, 0x200D, *range(0xFE00, 0xFE10)})  # joiners and variation selectors
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


class Letter(NamedTuple):
    """What a reader takes for one character, and the font that shows it."""

    text: str
    font: str


class Cut(TTFFont):
    """A font of one document that holds the given characters only.

    The tables by which HarfBuzz shapes are kept from fontTools, which would read them at length and embed none of them.
    """

    def __init__(self, fpdf: FPDF, name: str, characters: Iterable[str]) -> None:
        self._shaping = _cut(_face(name), map(ord, characters))
        opened = io.BytesIO(_bare(self._shaping).blob.data)
        super().__init__(fpdf, opened, name.lower(), "")  # type: ignore[arg-type]  # fontTools takes an open file too
        self.ttfont.recalcBBoxes = False  # the outlines stay as they are, and need not be read to be embedded

    @property
    def hbfont(self) -> HarfBuzzFont:
        if self._hbfont is None:
            self._hbfont = HarfBuzzFont(self._shaping)
        return self._hbfont


def dressed(text: str) -> Iterator[Letter]:
    """Give every character a font; one that no font knows is spelled out, so that nothing vanishes."""
    font = FIRST
    for found in _clusters(text):
        cluster = _NOTHING + found if _is_mark(found[0]) else found
        font = _font_of(cluster, font)
        if font:
            yield Letter("".join(char for char in cluster if ord(char) in _covered(font)), font)
            continue
        font = FIRST
        for char in found:
            alone = "" if _is_mark(char) else _font_of(char, FIRST)  # alone it would reach over what stands before it
            shown = char if alone else f"[U+{ord(char):04X}]"
            yield from (Letter(each, alone or FIRST) for each in shown)


@lru_cache(maxsize=8192)
def _font_of(cluster: str, before: str) -> str:
    """Blanks and punctuation stay with the font before them, so that its script is shaped as one piece."""
    needed = {ord(char) for char in cluster} - _INVISIBLE
    if not cluster[0].isalnum() and needed <= _covered(before):
        return before
    return next((name for name in NAMES if needed <= _covered(name)), "")


def _clusters(text: str) -> Iterator[str]:
    """Keep marks, joiners, selectors and skin tones with what they belong to, and both letters of a flag together."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _belongs(text[start:at], text[at]):
            yield text[start:at]
            start = at


def _belongs(begun: str, char: str) -> bool:
    code = ord(char)
    if _is_mark(char) or code in _INVISIBLE or code in _SKIN_TONES:
        return True
    if code in _FLAG_LETTERS:
        return len(begun) == 1 and ord(begun) in _FLAG_LETTERS
    return begun[-1] == "\u200d" and unicodedata.category(char) == "So"


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or char in _HALF_MARKS


@cache
def _face(name: str) -> harfbuzz.Face:
    return harfbuzz.Face(harfbuzz.Blob.from_file_path(str(FOLDER / f"{name}.ttf")))


@cache
def _covered(name: str) -> frozenset[int]:
    return frozenset(_face(name).unicodes)


def _cut(face: harfbuzz.Face, characters: Iterable[int]) -> harfbuzz.Face:
    wanted = harfbuzz.SubsetInput()
    wanted.unicode_set.update(characters)
    return harfbuzz.subset(face, wanted)


def _bare(face: harfbuzz.Face) -> harfbuzz.Face:
    """Leave only outlines and widths, each glyph under its number."""
    wanted = harfbuzz.SubsetInput()
    wanted.flags |= harfbuzz.SubsetFlags.RETAIN_GIDS
    wanted.unicode_set.update(face.unicodes)
    wanted.glyph_set.add_range(0, face.glyph_count - 1)
    wanted.drop_table_tag_set.update(int.from_bytes(tag) for tag in (b"GSUB", b"GPOS", b"GDEF"))
    return harfbuzz.subset(face, wanted)
