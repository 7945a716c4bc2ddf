"""Checks what a plugin hands out by encoding and decoding it against its type."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, reduce
from operator import or_
from typing import Any, Generic, TypeVar, overload

import msgspec
from hub_hookspecs import Order, Page
from msgspec.structs import replace

from hub.channels.host import figures

T = TypeVar("T")
S = TypeVar("S")
Check = Callable[[object], T]
LARGEST = 32_000_000  # bytes of one answer
_encode = msgspec.msgpack.Encoder().encode
_as_json = msgspec.json.Encoder().encode
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_BREAKING = (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError)
_LARGEST_INTEGER = 2**63 - 1


class Broken(ValueError):
    """An answer is not what the contract says; the message names the field."""


class Checker(Generic[T]):
    """Makes sure that an answer is one of `types`, exactly, and hands out a clean copy."""

    def __init__(self, answer: Any, types: tuple[type, ...], record: type | None) -> None:  # Any: a typing form
        self._decode = msgspec.msgpack.Decoder(answer).decode
        self._types = types
        self._record = record

    def __call__(self, answer: object) -> T:
        if type(answer) not in self._types:
            raise Broken(f"answered {_named(answer)}, not {' or '.join(kind.__name__ for kind in self._types)}")
        if self._record and isinstance(answer, Page):
            _check_records(answer.records, self._record)
        try:
            packed, checked = self._copied(answer)
        except _BREAKING as error:
            raise Broken(f"answered a {_named(answer)} that breaks its type: {error}") from error
        if len(packed) > LARGEST:
            raise Broken(f"answered {len(packed)} bytes at once; at most {LARGEST} are allowed")
        if b"\x00" in packed and has_nul(_as_json(checked)):
            checked = _readable(checked)
            if has_nul(_as_json(checked)):
                raise Broken(f"answered a {_named(answer)} with a NUL character in a text")
        if b"\xcf" in packed:
            _check_integers(msgspec.to_builtins(checked))
        return checked

    def _copied(self, answer: object) -> tuple[bytes, T]:
        """Pack it, and unpack it again; an order of wrong figures has them still, and keeps no other from coming in."""
        try:
            packed = _encode(answer)
            return packed, self._decode(packed)
        except _BREAKING:
            tame = figures.within(answer)
            if tame is answer:
                raise
        packed = _encode(tame)
        return packed, figures.as_told(self._decode(packed), answer)


@overload
def checker_of(only: type[T], /) -> Checker[T]: ...
@overload
def checker_of(first: type[T], second: type[S], /) -> Checker[T | S]: ...
def checker_of(*types: type) -> Checker[Any]:  # Any: the overloads say it
    """Check for exactly one of these types."""
    return _checker_of(types)


def page_checker_of(record: type[T]) -> Checker[Page[T]]:
    """Check for pages of `record`."""
    return _page_checker_of((record,))


@cache
def _checker_of(types: tuple[type, ...]) -> Checker[Any]:  # Any: see `checker_of`
    return Checker(reduce(or_, types), types, None)


@cache
def _page_checker_of(records: tuple[type]) -> Checker[Any]:  # Any: see `page_checker_of`
    (record,) = records
    return Checker(Page[record], (Page,), record)  # type: ignore[valid-type]  # a class known at run time only


def has_nul(encoded: bytes) -> bool:
    """Whether a text in this JSON holds a NUL, which PostgreSQL cannot keep."""
    return b"\\u0000" in encoded and _NUL.search(encoded) is not None  # the plain search is a hundred times faster


def _readable(answer: Any) -> Any:  # Any: whatever was answered, and the same again
    """The same, where each NUL in an order is a mark that is read as "cannot be shown".

    What buyers type, and what channels pass on, is no fault of the plugin; and no order may keep others from coming in.
    """
    match answer:
        case Page():
            return replace(answer, records=tuple(_readable(one) for one in answer.records))
        case Order():
            readable = msgspec.convert(_marked(msgspec.to_builtins(figures.within(answer))), Order)
            return figures.as_told(readable, answer)
    return answer


def _marked(value: Any) -> Any:  # Any: what JSON can hold
    match value:
        case str():
            return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        case dict():
            return {name: _marked(part) for name, part in value.items()}
        case list() | tuple():
            return [_marked(part) for part in value]
    return value


def _check_records(records: object, record: type) -> None:
    if not isinstance(records, tuple):
        raise Broken(f"answered a Page whose records are a {_named(records)}, not a tuple")
    for found in records:
        if type(found) is not record:
            raise Broken(f"answered a Page with a {_named(found)} among its {record.__name__}s")


def _check_integers(value: object) -> None:
    match value:
        case dict():
            for part in value.values():
                _check_integers(part)
        case list() | tuple():
            for part in value:
                _check_integers(part)
        case int() if value > _LARGEST_INTEGER:
            raise Broken("answered an integer beyond 64 bits")


def _named(value: object) -> str:
    return "None" if value is None else type(value).__name__
