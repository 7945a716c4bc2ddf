"""Products to push, and what stands in a store before."""

from copy import deepcopy
from decimal import Decimal

import msgspec
from hub_hookspecs import (
    Account,
    Item,
    Money,
    Product,
)
from hub_shopify import plugin
from hub_shopify.sandbox import ShopifySandbox, records
from hub_shopify.settings import ShopifySettings

TEE = Product(
    key="0190f3c2-tee",
    sku="HUB-TEE-M",
    name="Hub tee",
    description="Soft cotton.",
    price=Money(amount=Decimal("149000"), currency="IDR"),
    barcode="8991234567890",
    weight_g=250,
    image_urls=("https://cdn.example/tee.jpg",),
)


def variant(sandbox: ShopifySandbox, ref: str) -> records.Variant:
    return next(one for one in sandbox.variants() if ref.endswith(f"/{one.id}"))


def wide(sandbox: ShopifySandbox) -> records.Product:
    """A product with several variants, as it stands now."""
    return deepcopy(next(one for one in sandbox.products() if len(one.variants) > 2))


def in_size(product: records.Product, size: str, sku: str) -> Product:
    """A variant of this product that is not there yet: like its first one, but for the last option."""
    *others, last = (option.name for option in product.options)
    chosen = dict(zip(others, product.variants[0].values, strict=False)) | {last: size}
    return Product(
        key=f"0190f3c2-{sku}",
        sku=sku,
        name=f"{product.title} ({size}, {', '.join(product.variants[0].values[:-1])})",
        price=Money(amount=Decimal(99_000), currency="IDR"),
        options=chosen,
        attributes={"parent_ref": f"gid://shopify/Product/{product.id}"},
    )


def imported(account: Account[ShopifySettings]) -> dict[str, Item]:
    return {item.ref: item for page in plugin.import_items(account, "") for item in page.records}


def filled_in(item: Item, *, price: int) -> Product:
    """What the hub pushes of an imported item where nothing but its price was changed."""
    return Product(
        key="0190f3c2-imported",
        sku=item.sku,
        name=item.name,
        listing_ref=item.ref,
        description=item.description,
        price=Money(amount=Decimal(price), currency="IDR"),
        barcode=item.barcode,
        weight_g=item.weight_g,
        image_urls=item.image_urls,
        options=item.options,
    )


def joined_by_a_sibling(sandbox: ShopifySandbox, account: Account[ShopifySettings]) -> tuple[Product, str, str]:
    """A product of the hub's in size M, and one of other origin in size L that joined it; with the refs of both."""
    product = msgspec.structs.replace(TEE, options={"Size": "M"})
    ours = plugin.push_product(account, product).ref
    parent = f"gid://shopify/Product/{variant(sandbox, ours).product.id}"
    joins = {"key": "other", "sku": "OTHER", "options": {"Size": "L"}, "attributes": {"parent_ref": parent}}
    return product, ours, plugin.push_product(account, msgspec.structs.replace(product, **joins)).ref
