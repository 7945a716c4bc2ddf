"""Pure rules of cross-listing: its states, paths and labels of categories, and which mapping holds."""

from __future__ import annotations

import enum
import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from hub_hookspecs import Category

SEPARATOR = " › "
OWN_CATEGORY = "category"  # the field by which a mapping names the category of the listing a product began as
MAY_BE_THERE = "; it may be listed all the same: import the account's listings before you list it again"
LONGEST_PATH = 1_000
_LONGEST_WORDS, _DIGEST = 250, 64  # characters: an index entry of PostgreSQL bears two such words beside an id


class State(enum.StrEnum):
    """Where a cross-listing stands; a workbook may be uploaded while it is ready or done."""

    DRAFTING = "drafting"
    READY = "ready"
    CHECKING = "checking"
    PUSHING = "pushing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RowState(enum.StrEnum):
    """What became of a row: refused by its cells, or sent, or on its way."""

    CHECKED = "checked"
    REFUSED = "refused"
    QUEUED = "queued"
    PUSHING = "pushing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


TAKES_WORKBOOK = (State.READY, State.DONE, State.CANCELLED)


class Placed(NamedTuple):
    """A category with its place in the tree."""

    position: int
    category: Category
    path: str


def folded(text: str) -> str:
    """Compare and search by this: case, composition and blanks around do not count."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def placed(categories: Iterable[Category]) -> Iterator[Placed]:
    """Give each category the names above it; parents come first, and one that did not is taken for a root."""
    paths: dict[str, str] = {}
    for position, one in enumerate(categories):
        above = paths.get(one.parent_ref, "")
        path = f"{above}{SEPARATOR}{one.name}" if above else one.name
        paths[one.ref] = path[:LONGEST_PATH]
        yield Placed(position, one, paths[one.ref])


def label(path: str, ref: str) -> str:
    """A category as a drop-down shows it; two of one name stay apart."""
    return f"{path} [{ref}]"


def words_key(words: str) -> str:
    """A merchant's words as they are compared: of very long ones the beginning and a digest, which no others have."""
    key = folded(words)
    if len(key) <= _LONGEST_WORDS:
        return key
    return key[: _LONGEST_WORDS + 1 - _DIGEST] + hashlib.sha256(key.encode()).hexdigest()


def mapped(traits: Mapping[str, str], mappings: Mapping[tuple[str, str], str]) -> str:
    """The category that a product's traits are mapped to: its own category first, then its other traits by name."""
    for field in sorted(traits, key=lambda name: (name != OWN_CATEGORY, name)):
        found = mappings.get((words_key(field), words_key(traits[field])))
        if found:
            return found
    return ""
