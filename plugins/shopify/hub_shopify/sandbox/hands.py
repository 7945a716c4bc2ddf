"""What a test or the demo does to the shop as its owner, its buyers or another app would, and what it knows of it."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from hub_shopify.sandbox.buyers import Buyers
from hub_shopify.sandbox.records import Item, Level, Location, Option, Product, Variant
from hub_shopify.sandbox.shop import Shop

_OF_PRODUCT = {"title", "status", "handle", "vendor", "tags", "description_html"}
_OF_VARIANT = {"sku", "barcode", "price", "compare_at_price"}
_OF_ITEM = {"tracked", "grams", "mutable"}
Ref = str | int  # a global id, or its number


class Unit(NamedTuple):
    """One variant as a seller sees it; `quantity` None: its stock is not tracked."""

    ref: str
    sku: str | None
    name: str
    status: str
    quantity: int | None

    @property
    def active(self) -> bool:
        """People can buy it: unlisted products are hidden from searches only."""
        return self.status in ("ACTIVE", "UNLISTED")


class Expected(NamedTuple):
    """What an undisturbed import must count."""

    seen: int
    admitted: int
    skipped: dict[str, int]


class Hands(Buyers):
    """The tools; a variant is named by its global id or by the number in it."""

    _shop: Shop

    def products(self) -> Iterator[Product]:
        """Every product as it is now, by id."""
        return self._shop.products()

    def variants(self) -> Iterator[Variant]:
        """Every variant as it is now, by id."""
        return self._shop.variants()

    def units(self) -> Iterator[Unit]:
        """Every variant as it is now, with what may be sold of it at open locations."""
        return map(_unit, self._shop.variants())

    def expected(self) -> Expected:
        skipped: Counter[str] = Counter()
        seen = 0
        for unit in self.units():
            seen += 1
            if not unit.active:
                skipped["inactive"] += 1
            elif unit.quantity == 0:
                skipped["sold_out"] += 1
        return Expected(seen, seen - skipped.total(), dict(skipped))

    def change(self, variant: Ref, **fields: Any) -> None:  # Any: values of the fields of the records
        """Change a variant (sku, barcode, price), its item (tracked, grams, mutable) or product (title, status, …)."""
        with self._shop.lock:
            draft = self._draft(variant)
            now = self._shop.clock()
            for name, value in fields.items():
                owner = _owner(draft, name)
                setattr(owner, name, value)
                owner.updated_at = now
            self._shop.put(draft.product)

    def sell(self, variant: Ref, units: int = 1, place: str = "") -> str:
        """Let a buyer order: available falls, committed rises, and the product's `updatedAt` stays; gives the order."""
        return self.order((variant, units), place=place)

    def stock(self, variant: Ref, available: int, place: str = "") -> None:
        """Count a variant at a location, by its name; unnamed: where it is stocked first."""
        with self._shop.lock:
            draft = self._draft(variant)
            item, now = draft.inventory_item, self._shop.clock()
            location = next((each for each in self._shop.locations.values() if place in (each.name, _ref(each))), None)
            level = item.levels.get(location.id) if location else _home(item)
            if level is None and location is not None:
                level = item.levels[location.id] = Level(item, location, 0, now)
            if level is None:
                raise KeyError(place)
            level.available, level.updated_at = available, now
            self._shop.put(draft.product)

    def unstock(self, variant: Ref, place: str = "", *, for_good: bool = False) -> None:
        """Stock a variant at a location no more; it keeps its figure for later, unless it is `for_good`."""
        with self._shop.lock:
            draft = self._draft(variant)
            level = _at(draft.inventory_item, place)
            level.is_active, level.updated_at = False, self._shop.clock()
            if for_good:
                del draft.inventory_item.levels[level.location.id]
            self._shop.put(draft.product)

    def available(self, variant: Ref, place: str = "") -> int:
        """What may be sold at a location, by its name or id; unnamed: where the variant is stocked first."""
        with self._shop.lock:
            return _at(self._draft(variant).inventory_item, place).available

    def remove(self, variant: Ref) -> None:
        """Delete a variant; with its last variant a product goes."""
        with self._shop.lock:
            draft = self._draft(variant)
            product = draft.product
            product.variants = [each for each in product.variants if each.id != draft.id]
            if product.variants:
                self._shop.put(product)
            else:
                self._shop.remove(product)

    def add(self, title: str, sku: str | None, *, price: str = "50000.00", available: int = 10) -> str:
        """List a new active product with one tracked variant at the first location; gives the variant's global id."""
        with self._shop.lock:
            shop, now = self._shop, self._shop.clock()
            product = Product(shop.later_product_id(), title, "", "ACTIVE", "Larasati & Co", "", now, now)
            product.handle = f"{re.sub(r'[^a-z0-9]+', '-', title.lower())}-{product.id}"
            product.options = [Option(shop.new_id(), "Title", ["Default Title"])]
            ref = shop.later_variant_id()
            variant = Variant(ref, product, sku, None, price, ("Default Title",), now, now)
            variant.inventory_item = _tracked(variant, shop.item_id(ref), now)
            home = next(iter(shop.locations.values()))
            variant.inventory_item.levels[home.id] = Level(variant.inventory_item, home, available, now)
            product.variants = [variant]
            shop.add(product)
            return f"gid://shopify/ProductVariant/{ref}"

    # In the words that all channels share

    def offer(self, name: str, sku: str, units: int) -> str:
        return self.add(name, sku, available=units)

    def buy(self, listing: str, units: int) -> str:
        return self.sell(listing, units)

    def shown(self, listing: str) -> int:
        return self.available(listing)

    # Places

    def close_location(self, name: str, *, closed: bool = True) -> None:
        for place in self._shop.locations.values():
            if place.name == name:
                place.is_active = not closed
                return
        raise KeyError(name)

    def _draft(self, ref: Ref) -> Variant:
        """A copy of the variant within a copy of its product."""
        number = int(str(ref).rpartition("/")[2])
        found = self._shop.variant(number)
        if found is None:
            raise KeyError(ref)
        return next(each for each in self._shop.draft(found.product).variants if each.id == number)


def _unit(variant: Variant) -> Unit:
    product, item = variant.product, variant.inventory_item
    open_levels = (level for level in item.levels.values() if level.is_active and level.location.is_active)
    name = product.title if variant.title == "Default Title" else f"{product.title} - {variant.title}"
    return Unit(
        ref=f"gid://shopify/ProductVariant/{variant.id}",
        sku=variant.sku,
        name=name,
        status=product.status,
        quantity=max(sum(level.available for level in open_levels), 0) if item.tracked else None,
    )


def _owner(variant: Variant, name: str) -> Variant | Item | Product:
    if name in _OF_VARIANT:
        return variant
    if name in _OF_ITEM:
        return variant.inventory_item
    if name in _OF_PRODUCT:
        return variant.product
    raise TypeError(f"a variant has no {name} to change")


def _home(item: Item) -> Level:
    return next(iter(item.levels.values()))


def _at(item: Item, place: str) -> Level:
    """What a location has, by its name or id; unnamed: where the item is stocked first."""
    if not place:
        return _home(item)
    return next(level for level in item.levels.values() if place in (level.location.name, _ref(level.location)))


def _ref(location: Location) -> str:
    return f"gid://shopify/Location/{location.id}"


def _tracked(variant: Variant, ref: int, now: datetime) -> Item:
    return Item(ref, variant, tracked=True, created_at=now, updated_at=now)
