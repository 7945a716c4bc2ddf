"""Metafields and what is defined about them."""

from typing import Any

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, resolves
from hub_shopify.sandbox.paging import Connection, short
from hub_shopify.sandbox.records import Definition, Metafield, Product, Variant

APP_NAMESPACE = "app--900000000000"  # what a field without a namespace belongs to
Arguments = Any  # Any: coerced arguments of a field


@resolves("Product", "metafield")
@resolves("ProductVariant", "metafield")
def metafield(owner: Product | Variant, _: Context, key: str, namespace: str | None = None) -> Metafield | None:
    return owner.metafields.get((namespace or APP_NAMESPACE, key))


@resolves("Product", "metafields")
@resolves("ProductVariant", "metafields")
def metafields(owner: Product | Variant, _: Context, **arguments: Arguments) -> Connection:
    if arguments.get("keys") or arguments.get("namespace"):
        raise Strict("metafields by `keys` or `namespace`")
    return short(owner.metafields.values(), arguments)


@resolves("QueryRoot", "metafieldDefinitions")
def definitions(_: None, context: Context, ownerType: str, **arguments: Arguments) -> Connection:  # noqa: N803 - the wire's
    if arguments.get("query"):
        raise Strict("metafield definitions by `query`")
    wanted = {"namespace": arguments.get("namespace"), "key": arguments.get("key"), "owner_type": ownerType}
    found = [
        each
        for each in context.shop.definitions.values()
        if all(value in (None, getattr(each, name)) for name, value in wanted.items())
    ]
    return short(found, arguments)


@resolves("MetafieldDefinition", "type")
def definition_type(definition: Definition, _: Context) -> Json:
    return {"name": definition.type, "category": "ID", "supportsDefinitionMigrations": False}
