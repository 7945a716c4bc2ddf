"""Adds variants to a product, changes and deletes them."""

from typing import Any

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.mutations import choices, fields_of, metafields, stocking
from hub_shopify.sandbox.mutations.wrongs import Path, Unfit, Wrongs, refused
from hub_shopify.sandbox.records import DEFAULT_OPTION, Product, Variant

Given = Any  # Any: a coerced input


@resolves("Mutation", "productVariantsBulkUpdate")
def update(
    _: None,
    context: Context,
    productId: str,  # noqa: N803 - the wire's name
    variants: list[Given],
    allowPartialUpdates: bool | None = False,  # noqa: N803 - the wire's
    media: Given = None,
) -> Json:
    """Change variants: all or none, or those that can be where partial updates are allowed."""
    _no_media(media)
    try:
        draft = _draft(context, productId)
        wrongs = Wrongs()
        for number, given in enumerate(variants):
            before, own = context.shop.draft(draft) if allowPartialUpdates else draft, Wrongs()
            _change(context, draft, given, own, ("variants", number))
            if own.found:
                draft = before
            wrongs.found += sorted(own.found, key=lambda error: str(error["field"]))
        if not allowPartialUpdates:
            wrongs.end()
        context.shop.put(draft)
    except Unfit as why:
        return {"product": None, "productVariants": None, "userErrors": why.errors}
    asked = [id_of(given["id"], "ProductVariant") for given in variants if given.get("id")]
    told = [variant for ref in asked for variant in draft.variants if variant.id == ref]
    return {"product": draft, "productVariants": told, "userErrors": wrongs.found}


@resolves("Mutation", "productVariantsBulkCreate")
def create(
    _: None,
    context: Context,
    productId: str,  # noqa: N803 - the wire's name
    variants: list[Given],
    strategy: str | None = "DEFAULT",
    media: Given = None,
) -> Json:
    """Add variants; by default a lone "Default Title" makes room for them."""
    _no_media(media)
    try:
        draft = _draft(context, productId)
        alone = len(draft.variants) == 1
        lone = alone and draft.variants[0].values == DEFAULT_OPTION[1:]
        wrongs = Wrongs()
        made = [_added(context, draft, given, wrongs, ("variants", number)) for number, given in enumerate(variants)]
        if (strategy == "REMOVE_STANDALONE_VARIANT" and alone) or (strategy == "DEFAULT" and lone):
            draft.variants = []
        _check_new(draft, made, wrongs)
        wrongs.end()
        draft.variants += made
        draft.updated_at = context.now()
        context.shop.put(draft)
    except Unfit as why:
        return {"product": None, "productVariants": None, "userErrors": why.errors}
    return {"product": draft, "productVariants": made, "userErrors": []}


@resolves("Mutation", "productVariantsBulkDelete")
def delete(_: None, context: Context, productId: str, variantsIds: list[str]) -> Json:  # noqa: N803 - the wire's names
    try:
        draft = _draft(context, productId)
        refs = {id_of(each, "ProductVariant") for each in variantsIds}
        if not refs <= {variant.id for variant in draft.variants}:
            message = "At least one variant does not belong to the product"
            raise refused(("variantsIds",), message, "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT")
        draft.variants = [variant for variant in draft.variants if variant.id not in refs]
        if not draft.variants:
            raise refused(("variantsIds",), "Cannot delete the last variant", "CANNOT_DELETE_LAST_VARIANT")
        context.shop.put(draft)
    except Unfit as why:
        return {"product": None, "userErrors": why.errors}
    return {"product": draft, "userErrors": []}


def _draft(context: Context, ref: str) -> Product:
    found = context.shop.product(id_of(ref, "Product") or 0)
    if found is None:
        raise refused(("productId",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
    return context.shop.draft(found)


def _change(context: Context, draft: Product, given: Json, wrongs: Wrongs, at: Path) -> None:
    if not given.get("id"):
        wrongs.add((*at, "id"), "Product variant is missing ID attribute", "PRODUCT_VARIANT_ID_MISSING")
        return
    ref = id_of(given["id"], "ProductVariant")
    variant = next((each for each in draft.variants if each.id == ref), None)
    if variant is None:
        wrongs.add((*at, "id"), "Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST")
        return
    if given.get("inventoryQuantities"):
        message = "Inventory quantities can only be provided during create."
        wrongs.add((*at, "inventoryQuantities"), message, "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE")
        return
    if given.get("optionValues"):
        variant.values = choices.chosen(draft, given["optionValues"], at, strict=False)
        if sum(each.values == variant.values for each in draft.variants) > 1:
            message = f"The variant '{variant.title}' already exists. Please change at least one option value."
            wrongs.add(at, message, "VARIANT_ALREADY_EXISTS")
    fields_of.write_variant(context, variant, given, wrongs, at)
    metafields.write(context, variant, given.get("metafields") or [], wrongs, at)
    draft.updated_at = context.now()


def _added(context: Context, draft: Product, given: Json, wrongs: Wrongs, at: Path) -> Variant:
    if given.get("id"):
        raise refused((*at, "id"), "ID can't be given when creating a variant", "NO_KEY_ON_CREATE")
    values = choices.chosen(draft, given.get("optionValues") or [], at, strict=False)
    variant = stocking.new_variant(context, draft, values)
    fields_of.write_variant(context, variant, given, wrongs, at)
    metafields.write(context, variant, given.get("metafields") or [], wrongs, at)
    quantities = given.get("inventoryQuantities") or []
    stocking.stock(context, variant.inventory_item, quantities, (*at, "inventoryQuantities"), fresh=True)
    return variant


def _check_new(draft: Product, made: list[Variant], wrongs: Wrongs) -> None:
    seen = {variant.values for variant in draft.variants}
    for number, variant in enumerate(made):
        if variant.values in seen:
            message = f"The variant '{variant.title}' already exists."
            wrongs.add(("variants", number), message, "VARIANT_ALREADY_EXISTS")
        seen.add(variant.values)
    if len(draft.variants) + len(made) > choices.MOST_VARIANTS:
        message = f"A product has at most {choices.MOST_VARIANTS} variants"
        wrongs.add(("variants",), message, "INVALID_INPUT")


def _no_media(media: Given) -> None:
    if media:
        raise Strict("media of variants is not built")
