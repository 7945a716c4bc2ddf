"""Takes a document from text to answer: parse, validate, coerce, weigh, execute; each refuses in Shopify's words."""

import re
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLFormattedError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute_sync,
    get_variable_values,
    parse,
    type_from_ast,
    validate,
)
from graphql.execution.values import VariableValues
from graphql.utilities import validate_input_value

from hub_shopify.sandbox import cost, rules, schema
from hub_shopify.sandbox.answers import Json, Refused, Strict
from hub_shopify.sandbox.bucket import Bucket
from hub_shopify.sandbox.cost import Asked, Reader
from hub_shopify.sandbox.fields import Context, Info, resolve, type_of

# How Shopify's static checks call what graphql-core words so.
_CODES = (
    (r"Cannot query field '(?P<fieldName>\w+)' on type '(?P<typeName>\w+)'", "undefinedField"),
    (r"Unknown argument '(?P<argumentName>\w+)' on", "argumentNotAccepted"),
    (r"[Aa]rgument '.*' of type .* is required", "missingRequiredArguments"),
    (r"Unknown directive", "undefinedDirective"),
    (r"must have a selection of subfields|must not have a selection", "selectionMismatch"),
    (r"Unknown type", "undefinedType"),
    (r"Variable .* is not defined", "variableNotDefined"),
    (r"Variable .* is never used", "variableNotUsed"),
    (r"used in position expecting type", "variableMismatch"),
    (
        r"Expected value of type|cannot represent|is not defined by type|does not exist in",
        "argumentLiteralsIncompatible",
    ),
)


class Prepared(NamedTuple):
    """A document that may run: valid, its variables coerced, and within the rules."""

    document: DocumentNode
    operation: OperationDefinitionNode
    sent: Json
    asked: list[Asked]
    cost: int


class Rejected(Exception):
    """Nothing ran: the answer has `errors` and no `data`."""

    def __init__(self, errors: list[Json]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = errors


def prepare(query: object, variables: object, operation_name: object = None) -> Prepared:
    """Read a request; `Rejected` names everything that is wrong with the document or its variables."""
    document, operation = _document(query, operation_name)
    sent = _variables(variables)
    values = _coerced(operation, sent)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    try:
        asked = Reader(schema.load(), fragments, values).read(operation)
        rules.check(asked)
        points = cost.requested(asked)
    except GraphQLError as error:
        raise Rejected([_formatted(error)]) from error
    if points > cost.HIGHEST:
        message = f"Query cost is {points}, which exceeds the single query max cost limit ({cost.HIGHEST})."
        extensions = {"code": "MAX_COST_EXCEEDED", "cost": points, "maxCost": cost.HIGHEST}
        raise Rejected([{"message": message, "extensions": extensions}])
    return Prepared(document, operation, sent, asked, points)


def run(prepared: Prepared, context: Context, bucket: Bucket) -> Json:
    """Execute a prepared document; every answer tells what it cost and what is left."""
    try:
        bucket.take(prepared.cost)
    except Refused as error:
        return {"errors": [_formatted(error)], "extensions": _told(prepared.cost, None, bucket)}
    result = execute_sync(
        schema.load(),
        prepared.document,
        context_value=context,
        variable_values=prepared.sent,
        operation_name=prepared.operation.name.value if prepared.operation.name else None,
        field_resolver=_resolve,
        type_resolver=type_of,
    )
    worth = min(cost.actual(prepared.asked, result.data), prepared.cost)
    bucket.give_back(prepared.cost - worth)
    answer: Json = {"data": result.data, "extensions": _told(prepared.cost, worth, bucket)}
    return {"errors": [_told_error(each) for each in result.errors], **answer} if result.errors else answer


def name_of(operation: OperationDefinitionNode) -> str:
    return operation.name.value if operation.name else ""


def _resolve(source: object, info: Info, **arguments: Any) -> object:  # Any: coerced arguments
    if info.parent_type.name == "Mutation":
        rules.check_mutation(info.field_name, info.field_nodes[0], arguments, info.variable_values)
    if info.parent_type.name == "Mutation" and info.field_name in rules.IDEMPOTENT:
        key, context = rules.key_of(info.field_nodes[0], info.variable_values), info.context
        return context.keys.once(key, arguments, context.now(), lambda: resolve(source, info, **arguments))
    return resolve(source, info, **arguments)


def _document(query: object, wanted: object) -> tuple[DocumentNode, OperationDefinitionNode]:
    if not isinstance(query, str):
        raise Rejected(
            [{"message": "Required parameter missing or invalid: query", "extensions": {"code": "BAD_REQUEST"}}]
        )
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        raise Rejected([{**_formatted(error), "extensions": {"code": "PARSE_ERROR"}}]) from error
    if errors := validate(schema.load(), document):
        raise Rejected([_static(error) for error in errors])
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    chosen = [each for each in operations if wanted in (None, name_of(each))]
    if len(chosen) != 1:
        raise Rejected([{"message": f"No operation named {wanted!r}, or several operations and no name"}])
    return document, chosen[0]


def _variables(variables: object) -> Json:
    if variables is None:
        return {}
    if not isinstance(variables, dict):
        raise Rejected([{"message": "Variables are invalid", "extensions": {"code": "BAD_REQUEST"}}])
    return variables


def _coerced(operation: OperationDefinitionNode, sent: Json) -> VariableValues:
    """Coerce the variables, which validation of the document never sees, and take no undeclared one."""
    declared = {each.variable.name.value: each for each in operation.variable_definitions or ()}
    if strangers := sent.keys() - declared.keys():
        raise Rejected([_formatted(Strict(f"variables that the document does not declare: {sorted(strangers)}"))])
    values = get_variable_values(schema.load(), operation.variable_definitions or (), sent)
    if isinstance(values, VariableValues):
        return values
    errors = []
    for name, definition in declared.items():
        kind = type_from_ast(schema.load(), definition.type)
        problems: list[Json] = []

        def note(error: GraphQLError, path: list[str | int], problems: list[Json] = problems) -> None:
            if unknown := re.search(r"type '(\w+)' not to include unknown field '(\w+)'", error.message):
                problems.append({"path": [*path, unknown[2]], "explanation": f"Field is not defined on {unknown[1]}"})
            else:
                problems.append({"path": path, "explanation": error.message})

        if kind is not None and (name in sent or definition.default_value is None):
            validate_input_value(sent.get(name), kind, note)  # type: ignore[arg-type] # a variable's type is an input's
        if problems:
            at = ".".join(map(str, problems[0]["path"]))
            suffix = f" for {at} ({problems[0]['explanation']})" if at else ""
            message = f"Variable ${name} of type {kind} was provided invalid value{suffix}"
            extensions = {"code": "INVALID_VARIABLE", "value": sent.get(name), "problems": problems}
            errors.append({"message": message, "locations": _where(definition), "extensions": extensions})
    raise Rejected(errors or [_formatted(each) for each in values])


def _where(node: Any) -> list[Json]:  # Any: an AST node
    token = node.loc.start_token if node.loc else None
    return [{"line": token.line, "column": token.column}] if token else []


def _static(error: GraphQLError) -> Json:
    """Give a static error its code; some of Shopify's have none either."""
    for pattern, code in _CODES:
        if found := re.search(pattern, error.message):
            return {**_formatted(error), "extensions": {"code": code, **found.groupdict()}}
    return _formatted(error)


def _told_error(error: GraphQLError) -> Json:
    """An error of the execution; what is no refusal is a mistake in the sandbox, and must be seen as one."""
    if error.original_error and not isinstance(error.original_error, GraphQLError):
        raise error.original_error
    return _formatted(error)


def _formatted(error: GraphQLError) -> Json:
    formatted: GraphQLFormattedError = error.formatted
    return dict(formatted)


def _told(requested: int, worth: int | None, bucket: Bucket) -> Json:
    return {"cost": {"requestedQueryCost": requested, "actualQueryCost": worth, "throttleStatus": bucket.status()}}
