"""Text as runs and lines: where it may break, and how its parts stand where scripts of both directions meet."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from hub_pos.label.fonts import Letter, dressed


class Run(NamedTuple):
    """Text of one font and one direction, as it is read."""

    text: str
    font: str
    level: int  # of the bidirectional algorithm (UAX 9): odd is right to left


class Placed(NamedTuple):
    letter: Letter
    level: int


class Paragraph(NamedTuple):
    letters: tuple[Placed, ...]
    rtl: bool


Width = Callable[[Run], float]  # in em


class Line(NamedTuple):
    """Runs as they stand from left to right, and the width of them all in em."""

    runs: tuple[Run, ...]
    width: float
    rtl: bool


def paragraph(text: str) -> Paragraph:
    letters = tuple(dressed(text))
    levels, rtl = _levels("".join(letter.text for letter in letters))
    starts = _starts(letters)
    placed = (Placed(letter, levels[start]) for letter, start in zip(letters, starts, strict=True) if letter.text)
    return Paragraph(tuple(placed), rtl)


def lines(given: Paragraph, room: float, width: Width) -> Iterator[Line]:
    """Break a paragraph so that no line is wider than `room` em, at blanks if that can be, else between letters."""
    begun: list[Placed] = []
    for word in _words(given.letters):
        if _line([*begun, *word], width, given).width <= room:
            begun += word
            continue
        if begun and _line(word, width, given).width <= room:
            yield _line(begun, width, given)
            begun = list(word)
            continue
        *full, begun = _split([*begun, *word], room, width, given)
        yield from (_line(each, width, given) for each in full)
    yield _line(begun, width, given)


def _split(letters: list[Placed], room: float, width: Width, given: Paragraph) -> list[list[Placed]]:
    """Cut a word that no line has room for; a single letter stays whole however wide it is."""
    pieces: list[list[Placed]] = [[]]
    for letter in letters:
        if pieces[-1] and _line([*pieces[-1], letter], width, given).width > room:
            pieces.append([])
        pieces[-1].append(letter)
    return pieces


def _words(letters: Sequence[Placed]) -> Iterator[list[Placed]]:
    """A word ends after a blank, and around a letter of scripts that know no blanks."""
    word: list[Placed] = []
    for placed in letters:
        if word and (word[-1].letter.text.isspace() or _is_wide(placed)) and not placed.letter.text.isspace():
            yield word
            word = []
        word.append(placed)
    yield word


def _is_wide(placed: Placed) -> bool:
    first = placed.letter.text[0]
    return first.isalpha() and unicodedata.east_asian_width(first) in "WF"


def _line(letters: Sequence[Placed], width: Width, given: Paragraph) -> Line:
    kept = list(letters)
    while kept and kept[-1].letter.text.isspace():
        kept.pop()
    parts = groupby(kept, key=lambda each: (each.letter.font, each.level))
    runs = [Run("".join(each.letter.text for each in part), font, level) for (font, level), part in parts]
    return Line(tuple(_as_seen(runs)), sum(map(width, runs)), given.rtl)


def _as_seen(runs: list[Run]) -> list[Run]:
    """From the order of reading to that from left to right (UAX 9, rule L2)."""
    deepest = max((run.level for run in runs), default=0)
    for level in range(deepest, 0, -1):
        turned: list[Run] = []
        for deep, part in groupby(runs, key=lambda run: run.level >= level):
            read = list(part)
            turned += read[::-1] if deep else read
        runs = turned
    return runs


def _levels(text: str) -> tuple[list[int], bool]:
    if not any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text):
        return [0] * (len(text) + 1), False
    found = BidiParagraph(text, preserve_bn_chars=True)
    levels = [found.base_embedding_level] * (len(text) + 1)
    for each in found.get_characters():
        levels[each.character_index] = each.embedding_level
    return levels, found.base_direction == TextDirection.RTL


def _starts(letters: Sequence[Letter]) -> Iterator[int]:
    at = 0
    for letter in letters:
        yield at
        at += len(letter.text)
