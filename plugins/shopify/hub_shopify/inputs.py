"""From the hub's products to what Shopify's mutations take: pure; what was not given is not written."""

import html
import re
from collections.abc import Mapping
from typing import Any

from hub_hookspecs import Product

from hub_shopify.translate import NO_OPTION, NO_VALUE

Json = dict[str, Any]  # Any: variables of a document
KEY_NAMESPACE, KEY = "integration_hub", "product_key"
PARENT = "parent_ref"  # attributes that mean something here
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_PLAIN_ATTRIBUTES = {"vendor": "vendor", "product_type": "productType"}

KEY_DEFINITION: Mapping[str, object] = {
    "name": "Key at the integration hub",
    "namespace": KEY_NAMESPACE,
    "key": KEY,
    "ownerType": "PRODUCT",
    "type": "id",  # unique in the store, by Shopify's own rule
    "description": "Tells the hub which of its products this is. Do not change it.",
}


def identifier(product: Product) -> Json:
    """Name a product by the hub's own key: no rename, no new SKU and no new handle changes it."""
    return {"customId": {"namespace": KEY_NAMESPACE, "key": KEY, "value": product.key}}


def having_sku(sku: str) -> str:
    """The search for variants with a SKU, which may hold what the search syntax means something by."""
    return 'sku:"' + re.sub(r'(["\\])', r"\\\1", sku) + '"'


def created(product: Product, *, status: str) -> Json:
    """A new product with its one variant; even one without options needs an option at Shopify."""
    options = dict(product.options) or {NO_OPTION: NO_VALUE}
    variant = _new(product, options)
    sku = variant["inventoryItem"].pop("sku", "")  # here it stands at the variant itself
    images = [{"originalSource": url, "contentType": "IMAGE"} for url in product.image_urls]
    return {
        **product_fields(product),
        "status": status.upper(),
        "metafields": [{"namespace": KEY_NAMESPACE, "key": KEY, "type": "id", "value": product.key}],
        "productOptions": [{"name": name, "values": [{"name": value}]} for name, value in options.items()],
        "variants": [variant | ({"sku": sku} if sku else {})],
        **({"files": images} if images else {}),
    }


def added(product: Product) -> Json:
    """A further variant of a product that exists."""
    return _new(product, product.options)


def _new(product: Product, options: Mapping[str, str]) -> Json:
    """A variant that Shopify counts from the start: untracked, as by default, it would sell without end."""
    fields = variant_fields(product)
    return {
        **fields,
        "inventoryItem": {**fields.get("inventoryItem", {}), "tracked": True},
        "optionValues": [{"optionName": name, "name": value} for name, value in options.items()],
    }


def product_fields(product: Product) -> Json:
    """What belongs to the product as a whole."""
    given = {name: product.attributes[ours] for ours, name in _PLAIN_ATTRIBUTES.items() if product.attributes.get(ours)}
    if product.name:
        given["title"] = product.name
    if product.description:
        given["descriptionHtml"] = as_html(product.description)
    return given


def variant_fields(product: Product) -> Json:
    """What belongs to the variant; its SKU stands at its inventory item."""
    kept: Json = {}
    if product.sku:
        kept["sku"] = product.sku
    if product.weight_g is not None:
        kept["measurement"] = {"weight": {"unit": "GRAMS", "value": float(product.weight_g)}}
    fields: Json = {"inventoryItem": kept} if kept else {}
    if product.price is not None:
        fields["price"] = str(product.price.amount)
    if product.barcode:
        fields["barcode"] = product.barcode
    return fields


def media(product: Product) -> list[Json]:
    return [{"originalSource": url, "mediaContentType": "IMAGE"} for url in product.image_urls]


def as_html(text: str) -> str:
    """Keep the lines of a plain text, which HTML would run together."""
    return text if TAG.search(text) else "<br>".join(html.escape(text).splitlines())
