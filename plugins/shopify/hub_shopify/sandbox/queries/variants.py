"""Fields of a variant that are not simply read by their name."""

from hub_shopify.sandbox.answers import Json
from hub_shopify.sandbox.fields import Context, resolves
from hub_shopify.sandbox.records import Variant


@resolves("ProductVariant", "displayName")
def display_name(variant: Variant, _: Context) -> str:
    return f"{variant.product.title} - {variant.title}"


@resolves("ProductVariant", "position")
def position(variant: Variant, _: Context) -> int:
    return next(at for at, each in enumerate(variant.product.variants, start=1) if each.id == variant.id)


@resolves("ProductVariant", "availableForSale")
def for_sale(variant: Variant, _: Context) -> bool:
    counted = variant.inventory_item.tracked and variant.inventory_policy == "DENY"
    return not counted or variant.inventory_quantity > 0


@resolves("ProductVariant", "selectedOptions")
def selected(variant: Variant, _: Context) -> list[Json]:
    return [
        {"name": option.name, "value": value}
        for option, value in zip(variant.product.options, variant.values, strict=True)
    ]
