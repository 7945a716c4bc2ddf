"""Cuts lists into pages whose cursors are those of the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from hub.cli.showing import Column, show_page

T = TypeVar("T")


def show_rows(
    rows: Sequence[T],
    columns: Sequence[Column],
    *,
    limit: int,
    as_json: bool,
    view: Callable[[T], object] = lambda row: row,
) -> None:
    """Print at most `limit` of `rows`, which has one more where there are more; each has its id under "id"."""
    from hub.kernel.paging import cursor_of

    shown = rows[:limit]
    following = cursor_of((_id(shown[-1]),)) if len(rows) > limit else None
    show_page([view(row) for row in shown], columns, following=following, as_json=as_json)


def after(cursor: str | None) -> str | None:
    """The id behind which a list goes on."""
    from hub.kernel.paging import after_id

    return after_id(cursor)


def _id(row: object) -> str:
    named = getattr(row, "id", None)
    return str(named if named is not None else row["id"])  # type: ignore[index]  # a row by name, where it is no struct
