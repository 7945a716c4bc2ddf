"""Pictures of products and variants."""

from typing import Any

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, gid, resolves
from hub_shopify.sandbox.paging import Connection, short
from hub_shopify.sandbox.records import Media, Product, Variant

Arguments = Any  # Any: coerced arguments of a field


@resolves("Product", "featuredMedia")
def featured(owner: Product, _: Context) -> Media | None:
    return owner.media[0] if owner.media else None


@resolves("Product", "media")
@resolves("ProductVariant", "media")
def media(owner: Product | Variant, _: Context, **arguments: Arguments) -> Connection:
    return short(owner.media, arguments)


@resolves("MediaImage", "preview")
def preview(picture: Media, context: Context) -> Json:
    return {"status": "READY", "image": image(picture, context)}


@resolves("MediaImage", "image")
def image(picture: Media, _: Context) -> Json:
    return {
        "id": gid("ImageSource", picture.id),
        "url": picture.url,
        "altText": picture.alt,
        "width": 800,
        "height": 800,
    }


@resolves("Image", "url")
def image_url(picture: Json, _: Context, transform: object = None) -> str:
    if transform is not None:
        raise Strict("transformed images")
    return str(picture["url"])


@resolves("MediaImage", "mediaContentType")
def media_kind(_: Media, __: Context) -> str:
    return "IMAGE"


@resolves("MediaImage", "status")
def media_status(_: Media, __: Context) -> str:
    return "READY"
