"""Lists in pages: an opaque cursor names the last row seen, so rows that come or go never shift a page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar.datastructures import URL

from hub.kernel.errors import FieldError, Invalid

INT64 = 2**63
T = TypeVar("T")
V = TypeVar("V")
Position = tuple[str | int, ...]


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some rows, and the address of the rest."""

    items: list[T]
    next: str | None


def position(cursor: str | None, *kinds: type[str] | type[int]) -> Position | None:
    """Read a cursor back into the keys of the last row seen; `kinds` are their types."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found: Position = msgspec.json.decode(raw, type=tuple[kinds])  # type: ignore[valid-type]  # built at run time
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        found = ()
    if len(found) != len(kinds) or not all(_storable(part) for part in found):
        raise Invalid(
            "this cursor is not one of ours; start again without it",
            errors=(FieldError(field="cursor", message="copy it unchanged from `next`"),),
        )
    return found


def after_id(cursor: str | None) -> str | None:
    """The id in a cursor of a list that is ordered by id alone."""
    found = position(cursor, str)
    return None if found is None else str(found[0])


def page(
    url: URL,
    rows: Sequence[T],
    *,
    limit: int,
    key: Callable[[T], Position],
    view: Callable[[T], V],
) -> Page[V]:
    """Cut `rows` (one more than `limit` where there are more) and link to what follows the last one."""
    shown = rows[:limit]
    following = _link(url, key(shown[-1])) if len(rows) > limit else None
    return Page(items=[view(row) for row in shown], next=following)


def page_of(url: URL, rows: Sequence[T], *, following: Position | None, view: Callable[[T], V]) -> Page[V]:
    """A page that knows by itself behind which row the next one begins, if there is one."""
    return Page(items=[view(row) for row in rows], next=None if following is None else _link(url, following))


def cursor_of(last: Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(last)).rstrip(b"=").decode()


def _storable(part: str | int) -> bool:
    return "\0" not in part if isinstance(part, str) else -INT64 <= part < INT64


def _link(url: URL, last: Position) -> str:
    kept = [(name, value) for name, value in parse_qsl(url.query, keep_blank_values=True) if name != "cursor"]
    return f"{url.path}?{urlencode([*kept, ('cursor', cursor_of(last))])}"
