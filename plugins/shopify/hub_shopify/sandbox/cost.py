"""What a request costs before and after it ran, as recorded answers of a real shop suggest.

An object costs 1, a scalar nothing, a mutation 10, a connection 2 and its node times a factor that grows with the
logarithm of the page. The formula is an own fit to recordings, not Shopify's.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
)
from graphql.execution.values import VariableValues, get_argument_values

from hub_shopify.sandbox.answers import Strict
from hub_shopify.sandbox.paging import demanded

HIGHEST = 1_000
_MUTATION = 10
_FREE = ("PageInfo", "Edge", "UserError")  # ends of types that cost nothing


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a document: its type, its arguments and what is selected below."""

    node: FieldNode
    parent: GraphQLNamedType
    definition: GraphQLField
    kind: GraphQLNamedType  # behind all lists and non-nulls
    name: str
    key: str  # the name in the answer
    arguments: dict[str, Any]  # Any: coerced arguments
    below: "list[Asked]"
    is_connection: bool
    is_object: bool


class Reader:
    """Lays fragments flat and gives each field its definition and arguments; the document is valid by now."""

    def __init__(
        self, given: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], values: VariableValues
    ) -> None:
        self._schema = given
        self._fragments = fragments
        self._values = values

    def read(self, operation: OperationDefinitionNode) -> list[Asked]:
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            raise Strict(f"{operation.operation.value} is not built")
        return list(self._fields(root, operation.selection_set))

    def _fields(self, parent: GraphQLNamedType, selected: SelectionSetNode | None) -> Iterator[Asked]:
        for node in selected.selections if selected else ():
            match node:
                case FieldNode():
                    if node.name.value != "__typename":
                        yield self._field(parent, node)
                case FragmentSpreadNode():
                    fragment = self._fragments[node.name.value]
                    yield from self._fields(self._type(fragment.type_condition.name.value), fragment.selection_set)
                case InlineFragmentNode():
                    on = node.type_condition
                    yield from self._fields(self._type(on.name.value) if on else parent, node.selection_set)
                case _:
                    raise Strict(f"a selection of the sort {node.kind}")

    def _field(self, parent: GraphQLNamedType, node: FieldNode) -> Asked:
        definition = parent.fields.get(node.name.value)  # type: ignore[attr-defined] # fields are selected on objects
        if definition is None:
            raise Strict(f"introspection by {node.name.value}")
        arguments = get_argument_values(definition, node, self._values)
        below = list(self._fields(get_named_type(definition.type), node.selection_set))
        kind, name = get_named_type(definition.type), node.name.value
        return Asked(
            node,
            parent,
            definition,
            kind,
            name,
            node.alias.value if node.alias else name,
            arguments,
            below,
            is_connection=kind.name.endswith("Connection"),
            is_object=is_composite_type(kind),
        )

    def _type(self, name: str) -> GraphQLNamedType:
        return self._schema.type_map[name]


def requested(asked: list[Asked]) -> int:
    """The points that must be in the bucket before the request runs; R4: every connection says how many it wants."""
    return math.ceil(sum(_requested(each) for each in asked))


def actual(asked: list[Asked], data: dict[str, Any] | None) -> int:  # Any: JSON
    """The points that the answer was worth; the rest is given back."""
    return math.ceil(sum(_actual(each, (data or {}).get(each.key)) for each in asked))


def _requested(asked: Asked) -> float:
    inner = sum(_requested(each) for each in asked.below)
    if asked.parent.name == "Mutation":
        return _MUTATION + _extra(asked) + inner
    if asked.is_connection:
        return 2 + _factor(demanded(asked.arguments)) * inner
    return _own(asked) + inner


def _actual(asked: Asked, found: Any) -> float:  # Any: JSON
    if asked.parent.name == "Mutation":
        return _MUTATION + _extra(asked) + _inside(asked, found)
    if asked.is_connection and found:
        pages = ((each, found.get(each.key) or ()) for each in asked.below)
        listed = ((each, page) for each, page in pages if isinstance(page, list))
        return 2 + sum(_factor(len(page)) * _dearest(each, page) for each, page in listed)
    return (
        _dearest(asked, found) if isinstance(found, list) else _inside(asked, found) + (found is not None) * _own(asked)
    )


def _dearest(asked: Asked, found: list[Any]) -> float:  # Any: JSON
    """A list costs as much as its dearest element, however many there are."""
    return max((_own(asked) + _inside(asked, each) for each in found), default=0)


def _inside(asked: Asked, found: Any) -> float:  # Any: JSON
    if not isinstance(found, dict):
        return 0
    return sum(_actual(each, found.get(each.key)) for each in asked.below)


def _own(asked: Asked) -> int:
    """A payload's own object comes with its mutation."""
    free = not asked.is_object or asked.kind.name.endswith(_FREE) or asked.parent.name.endswith("Payload")
    return 0 if free else 1


def _factor(first: int) -> int:
    return max(1, math.floor(2 * math.log(first))) if first else 0


def _extra(asked: Asked) -> float:
    """`productSet` costs by what it carries."""
    if asked.name != "productSet":
        return 0
    given = asked.arguments["input"]
    variants = given.get("variants") or ()
    fields = [*(given.get("metafields") or ()), *(each for one in variants for each in one.get("metafields") or ())]
    files = given.get("files") or ()
    pictured = sum(1 for variant in variants if variant.get("file"))
    return 0.2 * len(variants) + 0.4 * len(fields) + 1.9 * len(files) + 0.6 * pictured
