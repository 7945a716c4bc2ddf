"""What Shopify demands beyond GraphQL: R1 to R3 of mutations, and the size of arrays; R4 is paging's, R5 bulk's."""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import FieldNode
from graphql.execution.values import VariableValues, get_directive_values

from hub_shopify.sandbox import schema
from hub_shopify.sandbox.answers import Refused, Strict
from hub_shopify.sandbox.cost import Asked

ARRAY = 250
VARIANTS = 2_048  # the list that `productSet` replaces cannot be sent in parts
IDEMPOTENT = ("inventorySetQuantities", "inventoryAdjustQuantities", "inventoryActivate")  # of 16, those in the schema
COMPARED = {"inventorySetQuantities": "quantities", "inventoryAdjustQuantities": "changes"}
_INPUTS = {"quantities": "InventoryQuantityInput", "changes": "InventoryChangeInput"}


def check(asked: Iterable[Asked]) -> None:
    """Refuse what is wrong before anything runs: R3, which Shopify forgives and the hub must not, and long arrays."""
    for field in asked:
        _check_arrays(field)
        if field.parent.name == "Mutation" and not any(_is_error(each) for each in field.below):
            raise Strict(f"{field.name} without its userErrors (R3): a refusal would pass unseen")


def check_mutation(
    name: str, node: FieldNode, arguments: dict[str, Any], values: VariableValues
) -> None:  # Any: coerced arguments
    """R1 and R2: refuse one mutation, whose field is then null."""
    if name in IDEMPOTENT and not key_of(node, values):
        raise Refused("BAD_REQUEST", "The @idempotent directive is required for this mutation but was not provided.")
    entries = COMPARED.get(name)
    if entries and any("changeFromQuantity" not in each for each in arguments["input"][entries]):
        message = f"{_INPUTS[entries]} must include the following argument: changeFromQuantity."
        raise Refused("INVALID_FIELD_ARGUMENTS", message)


def _is_error(asked: Asked) -> bool:
    return asked.kind.name.endswith("UserError")


def key_of(node: FieldNode, values: VariableValues) -> str:
    """The key of one mutation; a key that is blank is none, be it written out or in a variable."""
    directive = schema.load().get_directive("idempotent")
    found = get_directive_values(directive, node, values) if directive else None
    return str((found or {}).get("key") or "").strip()


def _check_arrays(field: Asked) -> None:
    """Hold every list in a field's arguments, written out or in variables, to its length."""
    for path, length in _arrays(field.arguments, ()):
        limit = VARIANTS if (field.name, path) == ("productSet", ("input", "variants")) else ARRAY
        if length > limit:
            message = f"The input array size of {length} is greater than the maximum allowed of {limit}."
            raise Refused("MAX_INPUT_SIZE_EXCEEDED", message, path=[field.key, *map(str, path)])
    for below in field.below:
        _check_arrays(below)


def _arrays(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:  # Any: JSON
    """Every list within an argument, and how long it is."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _arrays(each, (*path, name))
    elif isinstance(value, list):
        yield path, len(value)
        for at, each in enumerate(value):
            yield from _arrays(each, (*path, at))
