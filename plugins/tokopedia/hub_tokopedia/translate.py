"""From Tokopedia's products and shops to the hub's items and places: pure, no network, no clock."""

import html
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hub_hookspecs import AccountCheck, Item, Money, Place, StockReading, Token

from hub_tokopedia import payloads

_ACTIVE = 1
_PRIMARY_PICTURE = 2
_GRAMS = {1: 1, 2: 1000}
_LARGEST = 2**31 - 1
_STATUS = {-2: "banned", -1: "pending", 0: "deleted", 1: "active", 2: "featured", 3: "inactive"}
_OPEN, _CLOSED = 1, 2
_SHOP_STATUS = {3: "moderated", 4: "inactive", 5: "moderated for good", 6: "not opened yet", 7: "opening later"}
_SEVERAL_WAREHOUSES = "The shop has several warehouses; the imported stock is that of its default warehouse."
_LATEST = 4_102_444_800  # the year 2100, in seconds


def items(products: Iterable[payloads.Product]) -> tuple[Item, ...]:
    """Translate what can be sold: plain products and variants, but not the parents that only group them.

    What has no id cannot be named, so it cannot be told apart from anything else: it is left out.
    """
    named = ((product, product.basic) for product in products if product.basic and product.basic.product_id > 0)
    return tuple(_item(product, basic) for product, basic in named if not children(product))


def children(product: payloads.Product) -> tuple[int, ...]:
    """The variants below a parent; a parent that names none is sold as it stands."""
    variant = product.variant
    return variant.children or () if variant and variant.is_parent else ()


def _item(product: payloads.Product, basic: payloads.Basic) -> Item:
    other = product.other or payloads.Other()
    price = product.price or payloads.Price()
    parent = product.variant.parent_id if product.variant else 0
    return Item(
        ref=str(basic.product_id),
        sku=other.sku,
        name=name(basic),
        active=basic.status == _ACTIVE,
        quantity=quantity(product),
        parent_ref=str(parent) if parent else "",
        price=_money(price),
        image_urls=image_urls(product),
        weight_g=grams(product.weight),
        description=html.unescape(basic.description),
        category_ref=str(basic.category_id) if basic.category_id else "",
        url=other.url,
        raw_status=status(basic),
        updated_at=_instant(price.updated_unix),
    )


def name(basic: payloads.Basic) -> str:
    return html.unescape(basic.name or basic.name_capital).strip()


def status(basic: payloads.Basic) -> str:
    return _STATUS.get(basic.status, str(basic.status))


def quantity(product: payloads.Product) -> int | None:
    """What may be sold without touching what campaigns hold back; None where the shop does not count it."""
    stock = product.stock or payloads.Stock()
    if product.main_stock is not None:
        return _bounded(product.main_stock)
    if not stock.use_stock:
        return None
    # The missing figure was zero and left out, unless the answer is so old that it gives the total only.
    return _bounded(stock.value - (product.reserve_stock or 0))


def readings(products: Iterable[payloads.Product]) -> tuple[StockReading, ...]:
    """Translate what the shop shows of each sellable unit that it counts, warehouse by warehouse."""
    units = (product for product in products if product.basic and product.basic.product_id > 0)
    return tuple(reading for product in units if not children(product) for reading in _readings(product))


def _readings(product: payloads.Product) -> Iterator[StockReading]:
    good = quantity(product)
    if good is None:
        return
    ref = str(product.basic.product_id if product.basic else 0)
    sku = (product.other or payloads.Other()).sku
    first, *others = [held for held in product.warehouses or () if held.warehouse_id > 0] or [payloads.Held()]
    place = str(first.warehouse_id or "")
    frozen = _bounded(product.reserve_stock or 0)
    # The product's own figures are those of the first warehouse; only they tell what campaigns hold back.
    yield StockReading(place_ref=place, listing_ref=ref, sku=sku, good=good, frozen=frozen)
    for held in others:
        total = _bounded(held.stock.value if held.stock else 0)
        yield StockReading(place_ref=str(held.warehouse_id), listing_ref=ref, sku=sku, good=total)


def account_check(shop: payloads.Shop) -> AccountCheck:
    """Say whose shop this is, and which warehouses it has."""
    places = tuple(_place(warehouse) for warehouse in shop.warehouses or () if warehouse.warehouse_id)
    return AccountCheck(
        identity=str(shop.shop_id),
        name=html.unescape(shop.shop_name).strip(),
        shop_ref=str(shop.shop_id),
        country="ID",
        places=places,
        notes=(_SEVERAL_WAREHOUSES,) if len(places) > 1 else (),
    )


def closed_because(shop: payloads.Shop) -> str:
    """Say why nothing can be sold in this shop now; "" where it is open."""
    reason = f" (Tokopedia's reason: {shop.reason})" if shop.reason else ""
    if shop.status not in (0, _OPEN, _CLOSED):
        state = _SHOP_STATUS.get(shop.status, f"in state {shop.status}")
        return f"Tokopedia says that the shop is {state}{reason}: ask Tokopedia to activate it, then check again"
    if not shop.is_open or shop.status == _CLOSED:
        return f"the shop is closed or on holiday{reason}: open it in Tokopedia's seller centre, then check again"
    return ""


def token(answer: payloads.Token, now: datetime) -> Token:
    """Keep the token for as long as the answer says; without a sensible term a refusal will tell."""
    lasting = 0 < answer.expires_in < _LATEST
    return Token(
        value=answer.access_token,
        expires_at=now + timedelta(seconds=answer.expires_in) if lasting else None,
    )


def _place(warehouse: payloads.Warehouse) -> Place:
    # The wire names no time zone; Tokopedia's own times are those of Jakarta.
    name = html.unescape(warehouse.warehouse_name).strip() or f"Warehouse {warehouse.warehouse_id}"
    return Place(ref=str(warehouse.warehouse_id), name=name, country="ID", timezone="Asia/Jakarta")


def _money(price: payloads.Price) -> Money | None:
    amount = _sensible(price.idr or price.value)
    return Money(amount=amount, currency="IDR") if amount else None


def grams(weight: payloads.Weight | None) -> int | None:
    amount = _sensible(weight.value) if weight and weight.unit in _GRAMS else None
    return _bounded(int(amount * _GRAMS[weight.unit])) if weight and amount else None


def image_urls(product: payloads.Product) -> tuple[str, ...]:
    pictures = sorted(product.pictures or (), key=lambda picture: picture.status != _PRIMARY_PICTURE)
    urls = (picture.original_url or picture.medium_url or picture.thumbnail_url for picture in pictures)
    return tuple(url for url in urls if url)


def _instant(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None


def _sensible(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and amount.is_finite() and 0 < amount < _LARGEST * 1000 else None


def _bounded(number: int) -> int:
    return min(max(number, 0), _LARGEST)
