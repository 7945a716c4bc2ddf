"""Shopify's published Admin schema, pruned (`NOTICE`), with scalars as strict as the wire demands."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, build_schema

VERSION = "2026-10"

_HERE = Path(__file__).parent
_ZONED = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


@cache
def load() -> GraphQLSchema:
    """Build the schema; the published one breaks two rules of the specification, so it is taken as valid."""
    schema = build_schema((_HERE / "admin.graphql").read_text(), assume_valid=True)
    for name, reads in _STRICT.items():
        scalar = schema.type_map[name]
        if not isinstance(scalar, GraphQLScalarType):
            raise TypeError(f"{name} is no scalar")
        scalar.parse_value = scalar.coerce_input_value = reads  # type: ignore[method-assign,assignment] # as documented
    return schema


@cache
def scopes() -> dict[str, frozenset[str]]:
    """The scopes of each type and `Type.field`; any one of a set opens it."""
    found: dict[str, list[str]] = json.loads((_HERE / "scopes.json").read_text())
    return {name: frozenset(any_of) for name, any_of in found.items()}


def _number(value: object) -> str:
    """Amounts come as strings; a number is let through, a float with more than a double can hold is not."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise GraphQLError("invalid decimal")
    text = str(value)
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise GraphQLError(f"invalid decimal '{text}'")
    return str(Decimal(text))


def _matching(pattern: str, what: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise GraphQLError(f"invalid {what} {value!r}")
        return value

    return read


_STRICT: dict[str, Callable[[object], str]] = {
    "Money": _number,
    "Decimal": _number,
    "DateTime": _matching(_ZONED, "DateTime"),
    "URL": _matching(r"https?://[^\s]+", "url"),
    "UnsignedInt64": _matching(r"\d+", "UnsignedInt64"),
}
