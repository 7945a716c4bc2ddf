"""What Tokopedia takes of a product, said before anything is sent: which field is wrong, and what mends it."""

import re
from collections.abc import Iterator
from decimal import Decimal

from hub_hookspecs import Product, Rejected

NAME, DESCRIPTION, SKU, PICTURES = 70, 2000, 50, 5  # characters, and how many
CHEAPEST, DEAREST = Decimal(100), Decimal(100_000_000)  # rupiah
HEAVIEST = 500_000  # grams
FIRST_STOCK = 1000  # the most that a new product may be told
_URL = re.compile(r"https?://[^\s/]+/\S+")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def require(product: Product) -> None:
    """Raise what is wrong with the fields that a product gives, all of it at once."""
    _raise([*_of_the_name(product), *_of_the_price(product), *_of_the_parcel(product), *_of_the_rest(product)])


def require_whole(product: Product) -> None:
    """Raise what a new product lacks; a changed one need not say everything."""
    missing = {
        "category": "choose a category of the deepest level" if not product.category_ref else "",
        "price": "give it a price in rupiah" if product.price is None else "",
        "weight": "give its weight in grams" if not product.weight_g else "",
        "stock": "a new product needs at least 1 in stock; list it once there is some" if not product.quantity else "",
    }
    _raise([f"{field}: {cure}" for field, cure in missing.items() if cure])


def _raise(complaints: list[str]) -> None:
    if complaints:
        raise Rejected("Tokopedia does not take this product: " + "; ".join(complaints), code=_field(complaints[0]))


def _field(complaint: str) -> str:
    return complaint.partition(":")[0]


def _of_the_name(product: Product) -> Iterator[str]:
    name, sku = product.name.strip(), product.sku.strip()
    if not name:
        yield "name: it is empty; give the product a name"
    if len(name) > NAME:
        yield f"name: {len(name)} characters are {len(name) - NAME} too many; shorten it to {NAME}"
    if not sku:
        yield "SKU: it is empty; without a code the product cannot be found again, so give it one"
    if len(sku) > SKU:
        yield f"SKU: {len(sku)} characters are too many; shorten it to {SKU}"


def _of_the_price(product: Product) -> Iterator[str]:
    price = product.price
    if price is None:
        return
    if price.currency != "IDR":
        yield f"price: it is in {price.currency}; give it in IDR"
    elif price.amount != price.amount.to_integral_value():
        yield f"price: {price.amount:f} is no whole rupiah; round it"
    elif not CHEAPEST <= price.amount <= DEAREST:
        yield f"price: {price.amount:f} is not allowed; choose one between {CHEAPEST} and {DEAREST:,} rupiah"


def _of_the_parcel(product: Product) -> Iterator[str]:
    if product.weight_g is not None and not 1 <= product.weight_g <= HEAVIEST:
        yield f"weight: {product.weight_g} g is not allowed; give between 1 and {HEAVIEST:,} g"
    if product.size_mm is not None and min(product.size_mm) < 1:
        yield "dimensions: one of them is missing; give length, width and height, or none of them"


def _of_the_rest(product: Product) -> Iterator[str]:
    if len(product.description) > DESCRIPTION:
        yield f"description: {len(product.description)} characters are too many; shorten it to {DESCRIPTION:,}"
    if product.category_ref and not _NUMBER.fullmatch(product.category_ref):
        yield f"category: {product.category_ref[:50]!r} is none of Tokopedia's; choose one of the list"
    if len(product.image_urls) > PICTURES:
        yield f"pictures: {len(product.image_urls)} are too many; choose at most {PICTURES}"
    for url in product.image_urls:
        if not _URL.fullmatch(url):
            yield f"pictures: {url[:100]!r} is no address that Tokopedia could fetch; give http:// or https://"
