"""Finds the choice that a cell means, and the nearest ones where it means none."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from heapq import nlargest

from hub.kernel.workbooks.wrong import Wrong, shown

_COMPARED = 100  # characters; what is compared must be short
_SUGGESTED = 3
_SEARCHES = 20  # texts of one file that are compared: each costs as much as thousands of cells
_CANDIDATES = 100  # choices that a text is compared with, those of the rarest words that it shares first
_LOOKED_AT = 20_000  # entries of the index for one text: some words lead to nearly every choice
_ENTRIES = 1_000_000  # of the index, a second and some megabytes: what lies behind is taken, but not suggested
_BEGINNING = 2  # characters of a mistyped word that are most likely right


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
            named = {self._spelt[at][0][:_COMPARED]: self._spelt[at][1] for at in self._candidates(text)}
            found = get_close_matches(text, list(named), n=_SUGGESTED, cutoff=0.5)
            self._nearest[text] = [named[each] for each in found]
        return self._nearest[text]

    def _candidates(self, text: str) -> list[int]:
        """The choices that share the rarest words with the text: to compare it with all of a large tree takes long."""
        shared: defaultdict[int, float] = defaultdict(float)
        left = _LOOKED_AT
        for entries in sorted((self._index[key] for key in _keys(text) if key in self._index), key=len):
            for at in entries[:left]:
                shared[at] += 1 / len(entries)
            left = max(0, left - len(entries))
        return nlargest(_CANDIDATES, shared, key=lambda at: shared[at])

    @cached_property
    def _spelt(self) -> list[tuple[str, str]]:
        """What can be suggested: each as it is compared, and as the form spells it."""
        return [(loose, choice) for loose, choice in self._loose.items() if choice]

    @cached_property
    def _index(self) -> Mapping[str, array[int]]:
        """Where among `_spelt` the words stand, and their beginnings."""
        index: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        left = _ENTRIES
        for at, (loose, _) in enumerate(self._spelt):
            keys = _keys(loose[:_COMPARED])
            left -= len(keys)
            if left < 0:
                break
            for key in keys:
                index[key].append(at)
        return dict(index)


def _loosely(text: str) -> str:
    return " ".join(text.casefold().split())


def _keys(text: str) -> set[str]:
    words = text.split()
    return {*words, *(word[:_BEGINNING] for word in words)}
