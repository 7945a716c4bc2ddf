"""Creates, updates, deletes and publishes products, one at a time."""

from typing import Any

from hub_shopify.sandbox.answers import Json, Refused, Strict
from hub_shopify.sandbox.fields import Context, gid, id_of, resolves
from hub_shopify.sandbox.mutations import choices, fields_of, metafields, stocking
from hub_shopify.sandbox.mutations.product_set import keep, new_product
from hub_shopify.sandbox.mutations.wrongs import Unfit, Wrongs, refused
from hub_shopify.sandbox.queries.shop import shop
from hub_shopify.sandbox.records import Product

Given = Any  # Any: a coerced input


@resolves("Mutation", "productCreate")
def create(
    _: None,
    context: Context,
    product: Given = None,
    input: Given = None,  # noqa: A002 - the wire's name
    media: Given = None,
) -> Json:
    """Make a product with its first variant alone: the first value of each option."""
    given = _one_of("productCreate", product, input)
    try:
        draft = new_product(context)
        wrongs = Wrongs()
        fields_of.write_product(context, draft, given, wrongs, ())
        listed = given.get("productOptions") or []
        draft.options = choices.options_from(context, listed, ("productOptions",)) or [choices.default_option(context)]
        first = tuple(option.values[0] for option in draft.options)
        draft.variants = [stocking.new_variant(context, draft, first)]
        _finish(context, draft, given, media, wrongs)
    except Unfit as why:
        return _answer(context, None, why.errors)
    return _answer(context, draft, [])


@resolves("Mutation", "productUpdate")
def update(
    _: None,
    context: Context,
    product: Given = None,
    input: Given = None,  # noqa: A002 - the wire's name
    media: Given = None,
    identifier: Given = None,
) -> Json:
    """Write what is given and leave the rest; pictures are added."""
    given = _one_of("productUpdate", product, input)
    if identifier is not None:
        raise Strict("productUpdate by identifier is not built: give product.id")
    try:
        found = context.shop.product(id_of(given.get("id") or gid("Product", 0), "Product") or 0)
        if found is None:
            raise refused(("id",), "Product does not exist")
        draft, wrongs = context.shop.draft(found), Wrongs()
        fields_of.write_product(context, draft, given, wrongs, ())
        _finish(context, draft, given, media, wrongs)
    except Unfit as why:
        return _answer(context, None, why.errors)
    return _answer(context, draft, [])


@resolves("Mutation", "productDelete")
def delete(_: None, context: Context, input: Given, synchronous: bool | None = True) -> Json:  # noqa: A002 - the wire's name
    if not synchronous:
        raise Strict("productDelete that is not synchronous")
    found = context.shop.product(id_of(input["id"], "Product") or 0)
    if found is None:
        errors = refused(("id",), "Product does not exist").errors
        return {"deletedProductId": None, "shop": shop(None, context), "userErrors": errors}
    context.shop.remove(found)
    return {"deletedProductId": input["id"], "shop": shop(None, context), "userErrors": []}


@resolves("Mutation", "publishablePublish")
def publish(_: None, context: Context, id: str, input: list[Given]) -> Json:  # noqa: A002 - the wire's names
    return _published(context, id, input, on=True)


@resolves("Mutation", "publishableUnpublish")
def unpublish(_: None, context: Context, id: str, input: list[Given]) -> Json:  # noqa: A002 - the wire's names
    return _published(context, id, input, on=False)


def _published(context: Context, ref: str, given: list[Given], *, on: bool) -> Json:
    """Show a product in channels, or no longer; it must be active for people to see it."""
    found = context.shop.product(id_of(ref, "Product") or 0)
    wrongs = Wrongs()
    if found is None:
        wrongs.add(("id",), "Resource does not exist")
    named = [id_of(each["publicationId"], "Publication") if each.get("publicationId") else None for each in given]
    for number, publication in enumerate(named):
        if publication not in context.shop.publications:
            wrongs.add(("input", number, "publicationId"), "Publication does not exist or is not publishable")
    if found and not wrongs.found:
        draft = context.shop.draft(found)
        chosen = {publication for publication in named if publication}
        draft.published_on = draft.published_on | chosen if on else draft.published_on - chosen
        context.shop.put(draft)
        found = draft
    return {"publishable": found, "shop": shop(None, context), "userErrors": wrongs.found}


def _finish(context: Context, draft: Product, given: Given, media: Given, wrongs: Wrongs) -> None:
    metafields.write(context, draft, given.get("metafields") or [], wrongs, ())
    wrongs.end()
    draft.media += fields_of.media(context, media or [])
    keep(context, draft)


def _one_of(name: str, product: Given, old: Given) -> Json:
    if (product is None) == (old is None):
        message = f"{name} must include exactly one of the following arguments: input, product."
        raise Refused("INVALID_FIELD_ARGUMENTS", message)
    if product is None:
        raise Strict(f"{name}(input:) is deprecated: use `product`")
    given: Json = product
    return given


def _answer(context: Context, product: Product | None, errors: list[Json]) -> Json:
    return {"product": product, "shop": shop(None, context), "userErrors": errors}
