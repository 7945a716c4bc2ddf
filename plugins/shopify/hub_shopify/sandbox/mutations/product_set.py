"""`productSet`: makes a product or makes it anew; whatever a given list leaves out is deleted."""

from dataclasses import dataclass
from typing import Any, ClassVar

from hub_shopify.sandbox.answers import Json, Refused
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.mutations import choices, fields_of, metafields, stocking
from hub_shopify.sandbox.mutations.wrongs import Path, Unfit, Wrongs, refused
from hub_shopify.sandbox.records import DEFAULT_OPTION, Product, Variant

_AT: Path = ("input",)


@dataclass
class Operation:
    """An asynchronous `productSet`: done in the shop at once, told when somebody asks."""

    TYPE: ClassVar = "ProductSetOperation"
    id: int
    made: Product | None
    user_errors: list[Json]
    status: str = "CREATED"

    @property
    def product(self) -> Product | None:
        return self.made if self.status == "COMPLETE" else None


@resolves("Mutation", "productSet")
def product_set(
    _: None,
    context: Context,
    input: Json,  # noqa: A002 - the wire's name
    identifier: Json | None = None,
    synchronous: bool | None = True,
) -> Json:
    made, errors = _attempt(context, input, identifier)
    if synchronous:
        return {"product": made, "productSetOperation": None, "userErrors": errors}
    operation = Operation(context.shop.new_id(), made, errors)
    context.operations[operation.id] = operation
    return {"product": None, "productSetOperation": operation, "userErrors": []}


@resolves("QueryRoot", "productOperation")
def product_operation(_: None, context: Context, id: str) -> Operation | None:  # noqa: A002 - the wire's name
    found: Operation | None = context.operations.get(id_of(id, "ProductSetOperation") or 0)
    if found:
        found.status = "COMPLETE"
    return found


def _attempt(context: Context, given: Json, identifier: Json | None) -> tuple[Product | None, list[Json]]:
    try:
        return _set(context, given, identifier), []
    except Unfit as why:
        return None, why.errors


def _set(context: Context, given: Json, identifier: Json | None) -> Product:
    target = _target(context, given, identifier)
    draft = context.shop.draft(target) if target else new_product(context)
    if identifier and identifier.get("handle") and not given.get("handle"):
        given = {**given, "handle": identifier["handle"]}
    wrongs = Wrongs()
    fields_of.write_product(context, draft, given, wrongs, _AT)
    _write_variants(context, draft, given, wrongs)
    if given.get("metafields") is not None:
        draft.metafields = {}
        metafields.write(context, draft, given["metafields"], wrongs, _AT)
    if given.get("files") is not None:
        draft.media = fields_of.media(context, given["files"])
    wrongs.end()
    keep(context, draft)
    return draft


def new_product(context: Context) -> Product:
    """A product without anything; Shopify makes it active unless told otherwise."""
    now = context.now()
    return Product(
        context.shop.later_product_id(), "", "", "ACTIVE", f"Larasati & Co {context.shop.seed}", "", now, now
    )


def keep(context: Context, draft: Product) -> None:
    if context.shop.product(draft.id):
        context.shop.put(draft)
    else:
        context.shop.add(draft)


def _target(context: Context, given: Json, identifier: Json | None) -> Product | None:
    """The product that is meant; None where a new one is to be made."""
    if identifier and given.get("id"):
        raise refused(_AT, "The id field is not allowed if identifier is provided.", "ID_NOT_ALLOWED")
    named = identifier or ({"id": given["id"]} if given.get("id") else {})
    if named.get("id"):
        found = context.shop.product(id_of(named["id"], "Product") or 0)
        if found is None:
            raise refused(_AT, "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return found
    if named.get("handle"):
        if given.get("handle") not in (None, named["handle"]):
            raise refused(("identifier", "handle"), "The identifier value does not match the input.", "INPUT_MISMATCH")
        return context.shop.by_handle(named["handle"])
    return _custom(context, given, named["customId"]) if named.get("customId") else None


def _custom(context: Context, given: Json, custom: Json) -> Product | None:
    """A new product must carry the value by which it is to be found."""
    found = metafields.product_named(context, custom)
    carried = [each for each in given.get("metafields") or [] if metafields.name_of(each) == metafields.name_of(custom)]
    if any(each.get("value") != custom["value"] for each in carried) or (found is None and not carried):
        message = "The metafield identifier value does not match the input's metafields."
        raise refused(("identifier", "customId"), message, "METAFIELD_MISMATCH")
    return found


def _write_variants(context: Context, draft: Product, given: Json, wrongs: Wrongs) -> None:
    listed, options = given.get("variants"), given.get("productOptions")
    if listed is None and options is None:
        if not draft.variants:
            draft.options = [choices.default_option(context)]
            draft.variants = [stocking.new_variant(context, draft, DEFAULT_OPTION[1:])]
        return
    if options is None:
        message = "Product options input is required when updating variants"
        raise refused((*_AT, "variants"), message, "PRODUCT_OPTIONS_INPUT_MISSING")
    if not listed:
        message = "Variants input is required when updating product options"
        raise refused((*_AT, "variants"), message, "VARIANTS_INPUT_MISSING")
    if len(listed) > choices.MOST_VARIANTS:
        message = f"Variants exceeds the maximum of {choices.MOST_VARIANTS}"
        raise refused((*_AT, "variants"), message, "VARIANTS_OVER_LIMIT")
    _check_quantities(listed)
    draft.options = choices.options_from(context, options, (*_AT, "productOptions"))
    before = {variant.id: variant for variant in draft.variants}
    draft.variants = [
        _variant(context, draft, before, each, wrongs, (*_AT, "variants", number)) for number, each in enumerate(listed)
    ]
    choices.check_combinations(draft, (*_AT, "variants"), wrongs, "INVALID_VARIANT")


def _variant(
    context: Context, draft: Product, before: dict[int, Variant], given: Json, wrongs: Wrongs, at: Path
) -> Variant:
    """The variant with the given id, or a new one, even where another one chose the same."""
    values = choices.chosen(draft, given["optionValues"], at, strict=True)
    ref = id_of(given["id"], "ProductVariant") if given.get("id") else None
    if given.get("id") and ref not in before:
        raise refused((*at, "id"), "Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST")
    variant = before[ref] if ref in before else stocking.new_variant(context, draft, values)
    variant.values = values
    fields_of.write_variant(context, variant, given, wrongs, at)
    metafields.write(context, variant, given.get("metafields") or [], wrongs, at)
    quantities = given.get("inventoryQuantities") or []
    stocking.stock(context, variant.inventory_item, quantities, (*at, "inventoryQuantities"), fresh=ref not in before)
    return variant


def _check_quantities(listed: list[Any]) -> None:  # Any: coerced inputs
    total = sum(len(each.get("inventoryQuantities") or []) for each in listed)
    if total > stocking.MOST_QUANTITIES:
        message = f"Inventory quantities exceed the limit of {stocking.MOST_QUANTITIES}"
        raise refused((*_AT, "variants"), message, "INVENTORY_QUANTITIES_LIMIT_EXCEEDED")


@resolves("QueryRoot", "productByIdentifier")
def by_identifier(_: None, context: Context, identifier: Json) -> Product | None:
    if identifier.get("handle"):
        return context.shop.by_handle(identifier["handle"])
    if identifier.get("customId"):
        return metafields.product_named(context, identifier["customId"])
    if identifier.get("id"):
        return context.shop.product(id_of(identifier["id"], "Product") or 0)
    raise Refused("BAD_REQUEST", "identifier needs a value")
