"""Connections: a page of a walk in the order of the ids, and the cursor that goes on after it."""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from hub_shopify.sandbox.answers import Refused, Strict

LIMIT = 250
ALL: Final = object()  # in place of `first`: everything, as a bulk operation reads it
DEEPEST = 25_000  # a walk by cursors ends here; larger catalogues need windows or a bulk operation


Node = TypeVar("Node")
Arguments = dict[str, Any]  # Any: coerced arguments of a field
_id: Callable[[Any], int] = attrgetter("id")  # Any: a record


class PageInfo(NamedTuple):
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Edge(NamedTuple):
    node: object
    cursor: str


class Connection(NamedTuple):
    nodes: Iterable[Any]  # Any: records of the one type that the connection is of
    edges: list[Edge]
    page_info: PageInfo


class _Cursor(msgspec.Struct, frozen=True):
    last_id: int
    depth: int  # how many objects lie before; ours alone, so that the limit of deep paging costs no counting


def page(walk: Callable[[int], Iterable[Node]], arguments: Arguments, key: Callable[[Node], int] = _id) -> Connection:
    """Give the first so many after a cursor; `walk` yields what follows a key, in the order of the keys."""
    if arguments.get("first") is ALL:
        return Connection(walk(0), [], PageInfo(False, False, None, None))
    first = demanded(arguments)
    cursor = _read(arguments.get("after"))
    nodes = list(islice(walk(cursor.last_id), first + 1))
    if cursor.depth + min(len(nodes), first) > DEEPEST:
        raise Refused("BAD_REQUEST", f"Cannot paginate beyond {DEEPEST} objects; narrow the query or run it in bulk")
    more, nodes = len(nodes) > first, nodes[:first]
    edges = [Edge(node, _written(key(node), cursor.depth + at)) for at, node in enumerate(nodes, start=1)]
    ends = (edges[0].cursor, edges[-1].cursor) if edges else (None, None)
    return Connection(nodes, edges, PageInfo(more, bool(arguments.get("after")), *ends))


def short(nodes: Iterable[Node], arguments: Arguments) -> Connection:
    """A page of a list that has its own order, such as variants by position."""
    listed = list(nodes)

    def after(last: int) -> Iterator[Node]:
        start = next((at for at, node in enumerate(listed, start=1) if _id(node) == last), 0)
        yield from listed[start:]

    return page(after, arguments)


def demanded(arguments: Arguments) -> int:
    """R4: a page names its size, at most 250; backwards is not built."""
    if arguments.get("last") is not None or arguments.get("before") is not None:
        raise Strict("paging backwards by `last` or `before` is not built")
    if arguments.get("reverse"):
        raise Strict("`reverse` is not built")
    first = arguments.get("first")
    if first is None:
        raise Refused("BAD_REQUEST", "you must provide one of first or last")
    if not 0 < first <= LIMIT:
        raise Refused("BAD_REQUEST", f"first must be between 1 and {LIMIT}, not {first}")
    return int(first)


def _written(last_id: int, depth: int) -> str:
    return base64.b64encode(msgspec.json.encode(_Cursor(last_id, depth))).decode()


def _read(cursor: str | None) -> _Cursor:
    if cursor is None:
        return _Cursor(0, 0)
    try:
        return msgspec.json.decode(base64.b64decode(cursor, validate=True), type=_Cursor)
    except (binascii.Error, msgspec.DecodeError) as error:
        raise Refused("BAD_REQUEST", f"Invalid cursor for current pagination sort: {cursor}") from error
