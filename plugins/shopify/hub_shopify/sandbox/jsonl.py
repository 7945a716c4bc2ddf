"""Writes what a bulk query found as lines of JSON: one object a line, those of nested connections with `__parentId`."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from graphql import is_abstract_type

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.bulk_rules import content
from hub_shopify.sandbox.cost import Asked
from hub_shopify.sandbox.fields import Context, type_of, value_of
from hub_shopify.sandbox.paging import ALL

TOGETHER = 7  # parents that stand together before the children of any of them: nobody promised another order


class Line(NamedTuple):
    text: bytes
    root: bool


class _Nested(NamedTuple):
    """A connection met inside a record: whose it is, and the id of the node around it."""

    asked: Asked
    source: object
    parent: str


def lines(asked: list[Asked], context: Context, *, grouped: bool) -> Iterator[Line]:
    """Everything that a query asks for, read while it is written; `grouped`: children right after their parent."""
    for each in asked:
        if not each.is_connection:
            raise Strict(f"{each.name} at the top of a bulk query")
        yield from _connection(_Nested(each, None, ""), context, 1 if grouped else TOGETHER)


def _connection(nested: _Nested, context: Context, together: int) -> Iterator[Line]:
    asked = nested.asked
    arguments = {**asked.arguments, "first": ALL}
    found: Any = value_of(  # Any: a connection, as its type says
        nested.source, asked.parent.name, asked.name, context, arguments
    )
    wanted = content(asked)
    waiting: list[_Nested] = []
    for count, node in enumerate(found.nodes, start=1):
        inner: list[tuple[Asked, object]] = []
        record = _projected(wanted, node, type_of(node), context, inner)
        if nested.parent:
            record["__parentId"] = nested.parent
        yield Line(
            msgspec.json.encode(record).replace(b"/", rb"\/") + b"\n", not nested.parent
        )  # as Shopify escapes it
        waiting += [_Nested(each, source, record["id"]) for each, source in inner]
        if count % together == 0:
            yield from _flushed(waiting, context, together)
    yield from _flushed(waiting, context, together)


def _flushed(waiting: list[_Nested], context: Context, together: int) -> Iterator[Line]:
    for nested in waiting:
        yield from _connection(nested, context, together)
    waiting.clear()


def _projected(
    wanted: list[Asked], source: object, kind: str, context: Context, inner: list[tuple[Asked, object]]
) -> Json:
    """One object with what was selected of it; its connections are put aside."""
    record: Json = {}
    for each in wanted:
        if each.parent.name != kind and not is_abstract_type(each.parent):
            continue
        if each.is_connection:
            inner.append((each, source))
            continue
        found = value_of(source, kind, each.name, context, each.arguments)
        record[each.key] = _shaped(each, found, context, inner)
    return record


def _shaped(asked: Asked, found: Any, context: Context, inner: list[tuple[Asked, object]]) -> Any:  # Any: JSON
    if found is None or not asked.is_object:
        return found
    if isinstance(found, list):
        return [_shaped(asked, each, context, inner) for each in found]
    name = type_of(found) if is_abstract_type(asked.kind) else asked.kind.name
    return _projected(asked.below, found, name, context, inner)
