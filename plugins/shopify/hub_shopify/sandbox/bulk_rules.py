"""R5: which queries may run in bulk, with the words of recorded refusals."""

from collections.abc import Iterator

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_nullable_type,
    get_variable_values,
    is_list_type,
    parse,
    validate,
)
from graphql.execution.values import VariableValues

from hub_shopify.sandbox import schema
from hub_shopify.sandbox.cost import Asked, Reader

MOST, DEEPEST = 5, 2


class Unfit(Exception):
    """The query may not run in bulk, for these reasons."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def read(query: str) -> list[Asked]:
    """Read a bulk query, or say everything that keeps it from running."""
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        raise Unfit(f"Invalid bulk query: {error.message}") from error
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if any(each.operation is not OperationType.QUERY for each in operations):
        raise Unfit("Invalid operation type. Only `query` operations are supported.")
    errors = validate(schema.load(), document)
    if errors or len(operations) != 1 or operations[0].variable_definitions:
        raise Unfit(
            *[f"Invalid bulk query: {each.message}" for each in errors]
            or ["Invalid bulk query: one query, no variables"]
        )
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    values = get_variable_values(schema.load(), [], {})
    if not isinstance(values, VariableValues):
        raise TypeError("no variables, and yet errors in them")
    try:
        asked = Reader(schema.load(), fragments, values).read(operations[0])
    except GraphQLError as error:
        raise Unfit(f"Invalid bulk query: {error.message}") from error
    if reasons := list(_objections(asked)):
        raise Unfit(*reasons)
    return asked


def _objections(asked: list[Asked]) -> Iterator[str]:
    found = list(_connections(asked, None, 0, in_list=False))
    for name in ("node", "nodes"):
        if any(each.name == name for each in asked):
            yield f"Bulk queries cannot contain a top level `{name}` field."
    if not found:
        yield "Bulk queries must contain at least one connection."
    if len(found) > MOST:
        yield f"Bulk queries cannot contain more than {MOST} connections."
    if any(each.depth > DEEPEST for each in found):
        yield f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
    if flat := [each.name for each in found if _selects(each.asked, "nodes")]:
        example = f"{flat[0]} {{ edges {{ node {{"
        yield (
            "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: "
            f"'{example}'. Selecting via 'nodes' is not supported. Invalid connection fields: '{', '.join(flat)}'."
        )
    if any(each.in_list for each in found):
        yield "Queries that contain a connection field within a list field are not currently supported."
    if nameless := sorted({each.parent for each in found if each.parent and not each.parent_has_id}):
        yield (
            "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be "
            f"of 'ID' return type. Connection fields without 'id': {', '.join(nameless)}."
        )


class _Found:
    """A connection in a query: how deep it lies, in which other one, and whether a list lies between."""

    def __init__(self, asked: Asked, within: "_Found | None", depth: int, *, in_list: bool) -> None:
        self.asked = asked
        self.name = asked.name
        self.parent = within.name if within else ""
        self.parent_has_id = within is None or _has_id(within.asked)
        self.depth = depth
        self.in_list = in_list


def _connections(asked: list[Asked], within: _Found | None, depth: int, *, in_list: bool) -> Iterator[_Found]:
    for each in asked:
        if each.is_connection:
            found = _Found(each, within, depth, in_list=in_list)
            yield found
            yield from _connections(content(each), found, depth + 1, in_list=False)
        else:
            listed = is_list_type(get_nullable_type(each.definition.type))
            yield from _connections(each.below, within, depth, in_list=in_list or listed)


def content(connection: Asked) -> list[Asked]:
    """What is selected of a connection's nodes."""
    edges = [each for each in connection.below if each.name == "edges"]
    nodes = [each for edge in edges for each in edge.below if each.name == "node"]
    nodes += [each for each in connection.below if each.name == "nodes"]
    return [each for node in nodes for each in node.below]


def _has_id(connection: Asked) -> bool:
    return any(each.key == each.name == "id" for each in content(connection))


def _selects(connection: Asked, name: str) -> bool:
    return any(each.name == name for each in connection.below)
