"""From the hub's product to the rows that v3 create and edit take: pure, and only what was given or has changed."""

import html
from decimal import Decimal

import msgspec
from hub_hookspecs import Product

from hub_tokopedia import limits, payloads, translate

Row = dict[str, object]  # JSON


def new(product: Product) -> Row:
    """A product that is new to the shop. `limits.require` and `require_whole` have let it pass."""
    constant: Row = {"status": "LIMITED", "condition": "NEW", "min_order": 1}
    return {**constant, **_given(product), "stock": first_stock(product)}


def first_stock(product: Product) -> int:
    """What a new product shows until the hub tells it the stock."""
    return min(product.quantity, limits.FIRST_STOCK)


def changed(product: Product, current: payloads.Product) -> Row:
    """What the shop shows otherwise than the product says; empty where nothing has changed. Stock is never in it."""
    shown = _shown(current)
    given = _given(product)
    differing = {name for name, value in given.items() if name in shown and not _same(value, shown[name])}
    for together in (("price", "price_currency"), ("weight", "weight_unit")):
        differing |= {name for name in together if differing & set(together)}
    if product.image_urls and current.pictures == ():
        # An edit replaces all of them, and the shop's addresses are Tokopedia's own: whether those that are there were
        # ours, or added at the seller centre, cannot be told. So pictures go only where the shop says it has none.
        differing.add("pictures")
    return {name: value for name, value in given.items() if name in differing}


def edit(product: Product, current_id: int, changes: Row) -> Row:
    """What edit wants beside the changes, whatever they are."""
    return {**changes, "id": current_id, "sku": product.sku.strip(), "status": "LIMITED"}


def _given(product: Product) -> Row:
    row: Row = {"name": product.name.strip(), "sku": product.sku.strip()}
    if product.description:
        row["description"] = product.description
    if product.category_ref:
        row["category_id"] = int(product.category_ref)
    if product.price is not None:
        row |= {"price": int(product.price.amount), "price_currency": "IDR"}
    if product.weight_g is not None:
        row |= {"weight": product.weight_g, "weight_unit": "GR"}
    if product.size_mm is not None:
        row["dimension"] = dict(zip(("length", "width", "height"), map(_centimetres, product.size_mm), strict=True))
    if product.image_urls:
        row["pictures"] = [{"file_path": url} for url in product.image_urls]
    return row


def _shown(current: payloads.Product) -> Row:
    """What the shop shows of the fields that can be compared."""
    basic = current.basic or payloads.Basic()
    price = (current.price or payloads.Price()).idr or (current.price or payloads.Price()).value
    volume = current.volume or payloads.Volume()
    sides = {"length": volume.length, "width": volume.width, "height": volume.height}
    return {
        "name": translate.name(basic),
        "sku": (current.other or payloads.Other()).sku.strip(),
        "description": html.unescape(basic.description),
        "category_id": basic.category_id,
        "price": int(price or 0),
        "weight": translate.grams(current.weight) or 0,
        "dimension": {side: int(length or Decimal(0)) for side, length in sides.items()},
    }


def _same(given: object, shown: object) -> bool:
    """Blanks and line ends are Tokopedia's to change."""
    if isinstance(given, str) and isinstance(shown, str):
        return given.split() == shown.split()
    return given == shown


def _centimetres(millimetres: int) -> int:
    """Round up: what is charged by volume must not come out smaller than it is."""
    return -(-millimetres // 10)


def encoded(row: Row) -> bytes:
    return msgspec.json.encode({"products": [row]})
