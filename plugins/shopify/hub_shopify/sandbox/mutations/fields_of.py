"""What an input says of a product, a variant or its item, written into a draft."""

import re
from decimal import Decimal
from typing import Any

from hub_shopify.sandbox.answers import Json
from hub_shopify.sandbox.fields import Context
from hub_shopify.sandbox.mutations.wrongs import Path, Wrongs, built
from hub_shopify.sandbox.records import Item, Media, Product, Variant

_BOTH = frozenset(("id", "metafields"))
PRODUCT = _BOTH | {"title", "descriptionHtml", "vendor", "productType", "tags", "status", "handle"}
PRODUCT |= {"productOptions", "variants", "files"}
VARIANT = _BOTH | {"price", "compareAtPrice", "barcode", "sku", "inventoryPolicy", "taxable", "inventoryItem"}
VARIANT |= {"optionValues", "inventoryQuantities"}
_ITEM = frozenset(
    ("sku", "tracked", "cost", "requiresShipping", "countryCodeOfOrigin", "harmonizedSystemCode", "measurement")
)
_LONGEST = 255
_NAMES = {
    "title": "title",
    "descriptionHtml": "description_html",
    "vendor": "vendor",
    "productType": "product_type",
    "status": "status",
}
_WORDED = {"vendor": "Vendor", "productType": "Product type", "handle": "Handle"}


def write_product(context: Context, draft: Product, given: Json, wrongs: Wrongs, at: Path) -> None:
    built(given, PRODUCT, "a product")
    for name, attribute in _NAMES.items():
        if given.get(name) is not None:
            setattr(draft, attribute, given[name])
    if given.get("tags") is not None:
        draft.tags = sorted({tag.strip() for tag in given["tags"]}, key=str.lower)
    if not draft.title.strip():
        wrongs.add((*at, "title"), "Title can't be blank", "INVALID_INPUT")
    if len(draft.title) > _LONGEST:
        wrongs.add((*at, "title"), f"is too long (maximum is {_LONGEST} characters)", "INVALID_INPUT")
    for name, worded in _WORDED.items():
        if len(given.get(name) or "") > _LONGEST:
            wrongs.add(at, f"{worded} is too long (maximum is {_LONGEST} characters)", "INVALID_INPUT")
    _write_handle(context, draft, given.get("handle"), wrongs, at)
    draft.updated_at = context.now()


def _write_handle(context: Context, draft: Product, wanted: str | None, wrongs: Wrongs, at: Path) -> None:
    """A wanted name must be free; one that is made from the title gets a number until it is."""
    if wanted:
        owner = context.shop.by_handle(wanted)
        if owner and owner.id != draft.id:
            message = f"Handle '{wanted}' already in use. Please provide a new handle."
            wrongs.add((*at, "handle"), message, "HANDLE_NOT_UNIQUE")
        draft.handle = wanted
    elif not draft.handle:
        stem = slug(draft.title)
        draft.handle, number = stem, 0
        while context.shop.by_handle(draft.handle):
            number += 1
            draft.handle = f"{stem}-{number}"


def write_variant(context: Context, draft: Variant, given: Json, wrongs: Wrongs, at: Path) -> None:
    built(given, VARIANT, "a variant")
    for name, attribute in (("price", "price"), ("compareAtPrice", "compare_at_price")):
        if given.get(name) is not None:
            setattr(draft, attribute, _money(given[name], name, wrongs, at))
    if "barcode" in given:
        draft.barcode = given["barcode"] or None
    if "sku" in given:
        draft.sku = given["sku"]
    if given.get("inventoryPolicy"):
        draft.inventory_policy = given["inventoryPolicy"]
    if given.get("taxable") is not None:
        draft.taxable = given["taxable"]
    _write_item(context, draft.inventory_item, given.get("inventoryItem") or {})
    draft.updated_at = context.now()


def _write_item(context: Context, draft: Item, given: Json) -> None:
    built(given, _ITEM, "an inventory item")
    if "sku" in given:
        draft.variant.sku = given["sku"]
    if given.get("tracked") is not None:
        draft.tracked = given["tracked"]
    if given.get("requiresShipping") is not None:
        draft.requires_shipping = given["requiresShipping"]
    if "cost" in given:
        draft.cost = given["cost"]
    if "countryCodeOfOrigin" in given:
        draft.country_code_of_origin = given["countryCodeOfOrigin"]
    if "harmonizedSystemCode" in given:
        draft.harmonized_system_code = given["harmonizedSystemCode"]
    weight = (given.get("measurement") or {}).get("weight")
    if weight:
        draft.grams, draft.weight_unit = weight["value"], weight["unit"]
    draft.updated_at = context.now()


def _money(value: str, name: str, wrongs: Wrongs, at: Path) -> str:
    amount = Decimal(value)
    if amount >= 10**18:
        wrongs.add((*at, name), f"must be less than {10**18}", "INVALID_INPUT")
    if amount < 0:
        worded = "Price" if name == "price" else "Compare at price"
        wrongs.add((*at, name), f"{worded} must be greater than or equal to 0", "GREATER_THAN_OR_EQUAL_TO")
    return f"{amount:.2f}"


def media(context: Context, files: list[Any]) -> list[Media]:  # Any: coerced inputs
    """Pictures from addresses, ready at once; Shopify would take a while to fetch them."""
    known = frozenset(
        ("originalSource", "contentType", "mediaContentType", "alt", "filename", "duplicateResolutionMode")
    )
    for file in files:
        built(file, known, "a file")
    return [Media(context.shop.new_id(), file["originalSource"], file.get("alt")) for file in files]


def slug(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-") or "product"
