"""What Shopify demands beyond GraphQL: R1 to R3 of mutations, and the size of arrays; R4 is paging's, R5 bulk's."""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import FieldNode, VariableNode

from hub_shopify.sandbox.answers import Refused, Strict
from hub_shopify.sandbox.cost import Asked

ARRAY = 250
VARIANTS = 2_048  # the list that `productSet` replaces cannot be sent in parts
IDEMPOTENT = ("inventorySetQuantities", "inventoryAdjustQuantities", "inventoryActivate")  # of 16, those in the schema
COMPARED = {"inventorySetQuantities": "quantities", "inventoryAdjustQuantities": "changes"}
_INPUTS = {"quantities": "InventoryQuantityInput", "changes": "InventoryChangeInput"}


def check(asked: Iterable[Asked], sent: dict[str, Any]) -> None:  # Any: JSON
    """Refuse what is wrong before anything runs: R3, which Shopify forgives and the hub must not, and long arrays."""
    for name, value in sent.items():
        for path, length, limit in _arrays(value, (name,)):
            if length > limit:
                message = f"The input array size of {length} is greater than the maximum allowed of {limit}."
                raise Refused("MAX_INPUT_SIZE_EXCEEDED", message, path=[str(each) for each in path])
    for field in asked:
        if field.parent.name == "Mutation" and not any(_is_error(each) for each in field.below):
            raise Strict(f"{field.name} without its userErrors (R3): a refusal would pass unseen")


def check_mutation(name: str, node: FieldNode, arguments: dict[str, Any]) -> None:  # Any: coerced arguments
    """R1 and R2: refuse one mutation, whose field is then null."""
    if name in IDEMPOTENT and not _has_key(node):
        raise Refused("BAD_REQUEST", "The @idempotent directive is required for this mutation but was not provided.")
    entries = COMPARED.get(name)
    if entries and any("changeFromQuantity" not in each for each in arguments["input"][entries]):
        message = f"{_INPUTS[entries]} must include the following argument: changeFromQuantity."
        raise Refused("INVALID_FIELD_ARGUMENTS", message)


def _is_error(asked: Asked) -> bool:
    return asked.kind.name.endswith("UserError")


def _has_key(node: FieldNode) -> bool:
    """A key that is blank is none; one in a variable was coerced to a string before."""
    for directive in node.directives or ():
        if directive.name.value == "idempotent":
            value = directive.arguments[0].value if directive.arguments else None
            return isinstance(value, VariableNode) or bool(getattr(value, "value", "").strip())
    return False


def _arrays(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int, int]]:  # Any: JSON
    """Every list within a variable, how long it is and how long it may be."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _arrays(each, (*path, name))
    elif isinstance(value, list):
        yield path, len(value), VARIANTS if path[-1] == "variants" and len(path) == 2 else ARRAY
        for at, each in enumerate(value):
            yield from _arrays(each, (*path, at))
