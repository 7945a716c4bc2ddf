"""Finds the choice that a cell means, and the nearest ones where it means none."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from hub.kernel.workbooks.wrong import Wrong, shown

_COMPARED = 100  # characters; what is compared with thousands of choices must be short
_SUGGESTED = 3
_SEARCHES = 20  # texts of one file that are compared: each costs as much as thousands of cells


class Choices:
    """The choices of one column. Case and blanks do not matter where only one choice reads so."""

    def __init__(self, choices: Sequence[str]) -> None:
        self._exact = frozenset(choices)
        self._loose: dict[str, str | None] = {}
        for choice in dict.fromkeys(choices):
            self._loose[_loosely(choice)] = None if _loosely(choice) in self._loose else choice
        self._nearest: dict[str, list[str]] = {}

    def the_one(self, text: str) -> str:
        """The choice that is meant, as the form spells it."""
        if text in self._exact:
            return text
        if meant := self._loose.get(_loosely(text)):
            return meant
        near = self._near(_loosely(text)[:_COMPARED])
        cure = f"did you mean {' or '.join(shown(each) for each in near)}?" if near else "choose one from the list"
        raise Wrong(f"{shown(text)} is not in the list: {cure}")

    def _near(self, text: str) -> list[str]:
        if text not in self._nearest:
            if len(self._nearest) == _SEARCHES:
                return []
            found = get_close_matches(text, [loose[:_COMPARED] for loose in self._loose], n=_SUGGESTED, cutoff=0.5)
            named = {loose[:_COMPARED]: choice for loose, choice in self._loose.items() if choice}
            self._nearest[text] = [named[each] for each in dict.fromkeys(found) if each in named]
        return self._nearest[text]


def _loosely(text: str) -> str:
    return " ".join(text.casefold().split())
