"""Metafields, and the definitions that make one unique, so that it can name a product."""

from typing import Any

from hub_shopify.sandbox.answers import Json, Refused, Strict
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.mutations.metafield_types import objection
from hub_shopify.sandbox.mutations.wrongs import Path, Unfit, Wrongs, built, refused
from hub_shopify.sandbox.queries.metafields import APP_NAMESPACE
from hub_shopify.sandbox.records import Definition, Metafield, Product, Variant

Name = tuple[str, str]
_DEFINITION = frozenset(("name", "namespace", "key", "ownerType", "type", "description", "capabilities", "pin"))


@resolves("Mutation", "metafieldDefinitionCreate")
def define(_: None, context: Context, definition: Json) -> Json:
    """Define a metafield; one of type `id` is unique by itself."""
    built(definition, _DEFINITION | {"useAsCollectionCondition"}, "a metafield definition")
    namespace, key = definition.get("namespace") or APP_NAMESPACE, definition["key"]
    owner = definition["ownerType"]
    try:
        _check_name(namespace, key)
        if (owner, namespace, key) in context.shop.definitions:
            message = f"Key is in use for {owner.title()} metafields on the '{namespace}' namespace."
            raise refused(("definition", "key"), message, "TAKEN")
        if wrong := objection(definition["type"]):
            raise refused(("definition", "type"), wrong, "INCLUSION")
    except Unfit as why:
        return {"createdDefinition": None, "userErrors": why.errors}
    capability = ((definition.get("capabilities") or {}).get("uniqueValues") or {}).get("enabled")
    made = Definition(
        id=context.shop.new_id(),
        name=definition["name"],
        namespace=namespace,
        key=key,
        owner_type=owner,
        type=definition["type"],
        unique=bool(capability) or definition["type"] == "id",
    )
    context.shop.define(made)
    return {"createdDefinition": made, "userErrors": []}


@resolves("Mutation", "metafieldsSet")
def set_metafields(_: None, context: Context, metafields: list[Json]) -> Json:
    """Write metafields of products, all or none."""
    drafts: dict[int, Product] = {}
    wrongs = Wrongs()
    for number, given in enumerate(metafields):
        ref = id_of(given["ownerId"], "Product")
        owner = drafts.get(ref or 0) or context.shop.product(ref or 0)
        if owner is None:
            wrongs.add(("metafields", number, "ownerId"), "Owner does not exist.", "INVALID")
            continue
        drafts[owner.id] = draft = drafts.get(owner.id) or context.shop.draft(owner)
        write(
            context,
            draft,
            [{name: given.get(name) for name in ("namespace", "key", "type", "value")}],
            wrongs,
            ("metafields", number),
        )
    if wrongs.found:
        return {"metafields": None, "userErrors": wrongs.found}
    for draft in drafts.values():
        context.shop.put(draft)
    written = [field for draft in drafts.values() for field in draft.metafields.values()]
    return {"metafields": written, "userErrors": []}


def write(
    context: Context, draft: Product | Variant, given: list[Any], wrongs: Wrongs, at: Path
) -> None:  # Any: inputs
    """Write metafields into a draft, each as its definition says."""
    for number, each in enumerate(given):
        name = name_of(each)
        definition = context.shop.definitions.get((draft.TYPE.upper(), *name))
        kind = each.get("type") or (definition.type if definition else None)
        if not kind or each.get("value") in (None, ""):
            wrongs.add((*at, "metafields", number), "Type and value can't be blank", "INVALID_METAFIELD")
            continue
        if wrong := objection(kind):
            wrongs.add((*at, "metafields", number, "type"), wrong, "INVALID_METAFIELD")
        if definition and definition.type != kind:
            message = f"Type must be consistent with the definition's type: {definition.type}."
            wrongs.add((*at, "metafields", number, "type"), message, "INVALID_METAFIELD")
        owner = context.shop.metafields.get((*name, each["value"])) if definition and definition.unique else None
        if owner is not None and owner != draft.id:
            message = "Value is already assigned to another metafield. Choose a unique value."
            wrongs.add((*at, "metafields", number, "value"), message, "CAPABILITY_VIOLATION")
        now = context.now()
        draft.metafields[name] = Metafield(context.shop.new_id(), *name, kind, each["value"], now, now)


def product_named(context: Context, custom: Json) -> Product | None:
    """The product with this value of a unique metafield; without a definition there is no such name."""
    name = name_of(custom)
    definition = context.shop.definitions.get(("PRODUCT", *name))
    if definition is None or definition.type != "id":
        raise Refused("NOT_FOUND", "Metafield definition of type 'id' is required when using custom ids.")
    ref = context.shop.metafields.get((*name, custom["value"]))
    return context.shop.product(ref) if ref else None


def name_of(given: Json) -> Name:
    if not given.get("key"):
        raise Strict("metafields by id are not built: give namespace and key")
    return given.get("namespace") or APP_NAMESPACE, given["key"]


def _check_name(namespace: str, key: str) -> None:
    for name, value, least in (("namespace", namespace, 3), ("key", key, 2)):
        if len(value) < least:
            raise refused(
                ("definition", name), f"{name.title()} is too short (minimum is {least} characters)", "TOO_SHORT"
            )
