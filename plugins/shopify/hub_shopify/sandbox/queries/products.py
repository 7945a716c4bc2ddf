"""Fields of a product that are not simply read by their name."""

import html
import re
from typing import Any

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, gid, id_of, resolves
from hub_shopify.sandbox.paging import Connection, short
from hub_shopify.sandbox.records import DEFAULT_OPTION, Option, Product

Arguments = Any  # Any: coerced arguments of a field


@resolves("Product", "variants")
def variants_of(owner: Product, _: Context, **arguments: Arguments) -> Connection:
    if arguments["sortKey"] not in ("POSITION", "ID"):
        raise Strict(f"variants of a product sorted by {arguments['sortKey']}")
    by_position = arguments["sortKey"] == "POSITION"
    return short(owner.variants if by_position else sorted(owner.variants, key=lambda each: each.id), arguments)


@resolves("Product", "description")
def description(owner: Product, _: Context, truncateAt: int | None = None) -> str:  # noqa: N803 - the wire's name
    """The text without its tags."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", owner.description_html))
    return " ".join(text.split())[:truncateAt]


@resolves("Product", "mediaCount")
def media_count(owner: Product, _: Context) -> Json:
    return {"count": len(owner.media), "precision": "EXACT"}


@resolves("Product", "variantsCount")
def variants_of_count(owner: Product, _: Context) -> Json:
    return {"count": len(owner.variants), "precision": "EXACT"}


@resolves("Product", "hasOnlyDefaultVariant")
def only_default(owner: Product, _: Context) -> bool:
    return [variant.values for variant in owner.variants] == [DEFAULT_OPTION[1:]]


@resolves("Product", "totalInventory")
def total_inventory(owner: Product, _: Context) -> int:
    return sum(variant.inventory_quantity for variant in owner.variants)


@resolves("Product", "tracksInventory")
def tracks_inventory(owner: Product, _: Context) -> bool:
    return any(variant.inventory_item.tracked for variant in owner.variants)


@resolves("Product", "options")
def options(owner: Product, _: Context, first: int | None = None) -> list[Json]:
    """Each with the values that variants use; `optionValues` has those that none uses as well."""
    return [_option(owner, at, option) for at, option in enumerate(owner.options)][:first]


def _option(owner: Product, at: int, option: Option) -> Json:
    used = {variant.values[at] for variant in owner.variants}
    values = [
        {"id": gid("ProductOptionValue", option.id * 100 + number), "name": value, "hasVariants": value in used}
        for number, value in enumerate(option.values)
    ]
    return {
        "id": gid("ProductOption", option.id),
        "name": option.name,
        "position": at + 1,
        "values": [value for value in option.values if value in used],
        "optionValues": values,
    }


@resolves("Product", "seo")
def seo(owner: Product, _: Context) -> Json:
    return {"title": None, "description": None}


@resolves("Product", "onlineStoreUrl", "onlineStorePreviewUrl")
def online_url(owner: Product, context: Context) -> str | None:
    """Only what is published to the online store, and not a draft, has an address."""
    shown = owner.published_on and owner.status in ("ACTIVE", "UNLISTED")
    return f"https://{context.domain}/products/{owner.handle}" if shown else None


@resolves("Product", "publishedOnPublication")
def published_on(owner: Product, _: Context, publicationId: str) -> bool:  # noqa: N803 - the wire's name
    return id_of(publicationId, "Publication") in owner.published_on
