"""The codes of `userErrors`: each mutation has a list of its own, so one mistake is called differently in each."""

from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

from hub_shopify.sandbox import schema
from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import RESOLVERS, Context, Resolver

# What a mutation says that does not have the word for it; guesses, as no recording has these.
_ELSE = {
    "GREATER_THAN_OR_EQUAL_TO": ("INVALID_VARIANT",),
    "NEED_TO_ADD_OPTION_VALUES": ("OPTION_VALUES_MISSING",),
    "OPTION_DOES_NOT_EXIST": ("OPTION_VALUES_FOR_NUMBER_OF_UNKNOWN_OPTIONS",),
    "NOT_FOUND": ("TRACKED_VARIANT_LOCATION_NOT_FOUND",),
    "INVALID_METAFIELD": ("INVALID_VALUE", "INVALID_INPUT"),
    "CAPABILITY_VIOLATION": ("INVALID_VALUE", "INVALID_INPUT"),
    "INVALID_INPUT": ("INVALID_INPUT", "INVALID"),
}


def _code(kind: str, words: frozenset[str]) -> Resolver:
    def code(error: Json, _: Context) -> str | None:
        wanted: str | None = error["code"]
        found = next((each for each in (wanted, *_ELSE.get(wanted or "", ())) if each in words), None)
        if wanted and found is None:
            raise Strict(f"{kind} has no code {wanted}")
        return found

    return code


for _kind in schema.load().type_map.values():
    if isinstance(_kind, GraphQLObjectType) and _kind.name.endswith("UserError") and "code" in _kind.fields:
        _words = get_named_type(_kind.fields["code"].type)
        if isinstance(_words, GraphQLEnumType):
            RESOLVERS[_kind.name, "code"] = _code(_kind.name, frozenset(_words.values))
