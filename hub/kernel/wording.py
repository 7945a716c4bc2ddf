"""Says in words what a value does wrong, where the decoder speaks of types and patterns."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import msgspec

_KINDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "object": "an object",
    "array": "a list", "null": "null", "datetime": "an instant with its zone, such as 2026-11-22T09:00:00Z",
}  # fmt: skip
_PATTERN = re.compile(r"^Expected `str` matching regex .*$", re.S)
_RULES = (
    (_PATTERN, r"is not written as it must be"),
    (re.compile(r"^Expected `(?:str|array)` of length >= 1$"), r"must not be empty"),
    (re.compile(r"^Expected `str` of length >= (\d+)$"), r"must have at least \1 characters"),
    (re.compile(r"^Expected `str` of length <= (\d+)$"), r"must have at most \1 characters"),
    (re.compile(r"^Expected `(?:array|object)` of length >= (\d+)$"), r"must have at least \1 entries"),
    (re.compile(r"^Expected `(?:array|object)` of length <= (\d+)$"), r"must have at most \1 entries"),
    (re.compile(r"^Expected `(?:int|float)` >= (\S+)$"), r"must be at least \1"),
    (re.compile(r"^Expected `(?:int|float)` <= (\S+)$"), r"must be at most \1"),
    (re.compile(r"^Object missing required field .*$"), r"is required"),
)
_CHOICE = re.compile(r"^Invalid enum value (.*)$", re.S)
_TYPE = re.compile(r"^Expected `([^`]+)`, got `([^`]+)`$")


def in_words(reason: str, kind: Any = None) -> str:  # Any: a typing form
    """Put a decoder's reason, without its path, into words; one that is not known stays as it is.

    What a pattern wants is told by the description of `kind`, the type whose pattern it is; so are the words that a
    name may be one of.
    """
    if (found := _CHOICE.match(reason)) and (choices := _choices(kind)):
        return f"must be {choices}, not {found[1]}"
    for rule, words in _RULES:
        if rule.match(reason):
            told = rule.sub(words, reason)
            return f"{told}: {_described(kind)}" if rule is _PATTERN and _described(kind) else told
    if found := _TYPE.match(reason):
        wanted = " or ".join(_KINDS.get(kind.strip(), kind.strip()) for kind in found[1].split("|"))
        return f"must be {wanted}, not {_KINDS.get(found[2], found[2])}"
    return f"{reason[:1].lower()}{reason[1:]}"


def _described(kind: Any) -> str:  # Any: see in_words
    """What the innermost type says that is described at all: that of an entry, where its list is described too."""
    parts = get_args(kind)
    own = [part.description for part in parts if isinstance(part, msgspec.Meta) and part.description]
    inner = parts[:1] if get_origin(kind) is Annotated else parts
    return next((found for part in inner if (found := _described(part))), "") or next(iter(own), "")


def _choices(kind: Any) -> str:  # Any: see in_words
    """The words of the only enumeration in a type; "" where there is none, or several."""
    found = list(_enums(kind))
    if len(found) != 1:
        return ""
    *first, last = [str(each.value) for each in found[0]]
    return f"{', '.join(first)} or {last}" if first else last


def _enums(kind: Any) -> Iterator[type[enum.Enum]]:  # Any: see in_words
    if isinstance(kind, type) and issubclass(kind, enum.Enum) and kind is not msgspec.UnsetType:
        yield kind
    for part in get_args(kind):
        yield from _enums(part)
