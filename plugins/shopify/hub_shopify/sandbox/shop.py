"""The state of one shop: the seeded goods, and whatever mutations, tests or the demo changed, added or removed."""

import threading
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta

from hub_shopify.sandbox.answers import Json
from hub_shopify.sandbox.goods import Goods
from hub_shopify.sandbox.orders import Order
from hub_shopify.sandbox.records import Definition, Item, Level, Location, Product, Publication, Variant
from hub_shopify.sandbox.search import folded


def locations_of(seed: int) -> list[Location]:
    """Two shops, a fulfilment service, and a closed one that still exists."""
    first = 60_000_000_000 + seed % 9973 * 1_000
    return [
        Location(first + 1, "Gudang Tanah Abang", city="Jakarta"),
        Location(
            first + 2, "Kedai Bukit Bintang", city="Kuala Lumpur", country_code="MY", fulfills_online_orders=False
        ),
        Location(first + 3, "Fastock Fulfilment MY", service="fastock-fulfilment-my", country_code="MY"),
        Location(first + 4, "Toko Lama Bandung (tutup)", is_active=False, city="Bandung"),
    ]


class Shop:
    """Every record by its id; a seeded product is made anew for each reader until somebody edits it."""

    def __init__(self, seed: int, size: int, clock: Callable[[], datetime], currency: str = "IDR") -> None:
        self.seed = seed
        self.currency = currency
        self.clock = clock
        self.lock = threading.RLock()  # requests are answered one at a time, as far as the shop is concerned
        self.locations = {each.id: each for each in locations_of(seed)}
        self.publications = {
            each.id: each for each in (Publication(101, "Online Store"), Publication(102, "Point of Sale"))
        }
        self.definitions: dict[tuple[str, str, str], Definition] = {}  # by owner type, namespace, key
        self.metafields: dict[tuple[str, str, str], int] = {}  # unique values of products: namespace, key, value
        self.orders: dict[int, Order] = {}
        self.order_lag = timedelta(0)  # how much later than the stock the search learns of an order
        self.tell: Callable[[str, Json], None] = lambda topic, body: None  # whoever wants to know, by webhook
        self._goods = Goods(seed, size, list(self.locations.values()))
        self._edited: dict[int, Product] = {}
        self._added: dict[int, Product] = {}
        self._removed: set[int] = set()
        self._later: dict[int, int] = {}  # variant → product, of variants that are not seeded, by id
        self._handles: dict[str, int] = {}  # of edited and added products
        self._skus: dict[str, tuple[int, ...]] | None = None  # folded sku → variants, made when first asked for
        self._given = 0

    # -- reading

    def products(self, after: int = 0) -> Iterator[Product]:
        """All products in the order of their ids, those after one id."""
        for number in range(self._first(after, self._goods.product_id(0)), self._goods.products):
            product = self._seeded(number)
            if product and product.id > after:
                yield product
        yield from (product for ref, product in self._added.items() if ref > after)

    def variants(self, after: int = 0) -> Iterator[Variant]:
        """All variants in the order of their ids, those after one id."""
        place = self._goods.place_of_variant(after)
        end = self._goods.later_variant(0)
        start = place.product if place else (self._goods.products if after >= end else 0)
        for number in range(start, self._goods.products):
            product = self._seeded(number)
            kept = (variant for variant in product.variants if after < variant.id < end) if product else ()
            yield from sorted(kept, key=lambda variant: variant.id)
        for ref in sorted(ref for ref in self._later if ref > after):
            if variant := self.variant(ref):
                yield variant

    def product(self, ref: int) -> Product | None:
        if ref in self._added:
            return self._added[ref]
        number = self._goods.product_of(ref)
        return None if number is None else self._seeded(number)

    def variant(self, ref: int) -> Variant | None:
        place = self._goods.place_of_variant(ref)
        owner = self._goods.product_id(place.product) if place else self._later.get(ref)
        product = self.product(owner) if owner else None
        return next((each for each in product.variants if each.id == ref), None) if product else None

    def item(self, ref: int) -> Item | None:
        found = self.variant(ref - self._goods.item_id(0))
        return found.inventory_item if found else None

    def by_handle(self, handle: str) -> Product | None:
        if handle in self._handles:
            return self.product(self._handles[handle])
        number = handle.rpartition("-")[2]
        seeded = self._seeded(int(number)) if number.isdecimal() and int(number) < self._goods.products else None
        return seeded if seeded and seeded.handle == handle else None

    def by_sku(self, sku: str) -> list[Variant]:
        """Variants with this code, in whatever case, by id."""
        refs = sorted(self._index().get(folded(sku), ()))
        return [variant for ref in refs if (variant := self.variant(ref))]

    def others_with(self, variant: Variant) -> int:
        """How many other variants have exactly this code; a blank one is not counted."""
        return sum(each.sku == variant.sku for each in self.by_sku(variant.sku)) - 1 if variant.sku else 0

    def levels_at(self, location: int, after: int = 0) -> Iterator[Level]:
        """What one location has, in the order of the items' ids, after one of them."""
        for variant in self.variants(max(after - self._goods.item_id(0), 0)):
            level = variant.inventory_item.levels.get(location)
            if level:
                yield level

    # -- changing

    def new_id(self) -> int:
        """A number that no record of any type was given before."""
        self._given += 1
        return self._given

    def later_product_id(self) -> int:
        return self._goods.later_product(self.new_id())

    def later_variant_id(self) -> int:
        return self._goods.later_variant(self.new_id())

    def item_id(self, variant: int) -> int:
        return self._goods.item_id(variant)

    def add(self, product: Product) -> None:
        self._added[product.id] = product
        self._learn(product)

    def remove(self, product: Product) -> None:
        self._forget(product)
        self._edited.pop(product.id, None)
        if self._added.pop(product.id, None) is None:
            self._removed.add(product.id)

    def define(self, definition: Definition) -> None:
        """Define a metafield; what has one already is found by it from now on."""
        self.definitions[definition.owner_type, definition.namespace, definition.key] = definition
        for product in (*self._edited.values(), *self._added.values()):
            self._learn(product)

    def draft(self, product: Product) -> Product:
        """A copy to change: what is refused half-way has then changed nothing."""
        return deepcopy(product)

    def put(self, draft: Product) -> None:
        """Keep a changed copy, and find it by its new names from now on."""
        current = self.product(draft.id)
        if current:
            self._forget(current)
        kept = self._added if draft.id in self._added else self._edited
        kept[draft.id] = draft
        self._learn(draft)

    # -- inside

    def _first(self, after: int, first: int) -> int:
        number = self._goods.product_of(after)
        if number is not None:
            return number + 1
        return self._goods.products if after > first else 0

    def _seeded(self, number: int) -> Product | None:
        ref = self._goods.product_id(number)
        if ref in self._removed:
            return None
        return self._edited.get(ref) or self._goods.product(number)

    def _index(self) -> dict[str, tuple[int, ...]]:
        if self._skus is None:
            self._skus = {}
            known = self._removed | self._edited.keys()
            for owner, ref, sku in self._goods.codes():
                if owner not in known:
                    self._enter(ref, sku)
            for product in (*self._edited.values(), *self._added.values()):
                for variant in product.variants:
                    self._enter(variant.id, variant.sku)
        return self._skus

    def _enter(self, variant: int, sku: str | None) -> None:
        if self._skus is not None and sku:
            self._skus[folded(sku)] = (*self._skus.get(folded(sku), ()), variant)

    def _strike(self, variant: int, sku: str | None) -> None:
        if self._skus is not None and sku:
            self._skus[folded(sku)] = tuple(ref for ref in self._skus.get(folded(sku), ()) if ref != variant)

    def _learn(self, product: Product) -> None:
        self._handles[product.handle] = product.id
        for name in self._unique(product):
            self.metafields[name] = product.id
        for variant in product.variants:
            if self._goods.place_of_variant(variant.id) is None:
                self._later[variant.id] = product.id
            self._strike(variant.id, variant.sku)
            self._enter(variant.id, variant.sku)

    def _forget(self, product: Product) -> None:
        self._handles.pop(product.handle, None)
        for name in self._unique(product):
            self.metafields.pop(name, None)
        for variant in product.variants:
            self._later.pop(variant.id, None)
            self._strike(variant.id, variant.sku)

    def _unique(self, product: Product) -> list[tuple[str, str, str]]:
        known = (self.definitions.get(("PRODUCT", *name)) for name in product.metafields)
        return [
            (field.namespace, field.key, field.value)
            for field, definition in zip(product.metafields.values(), known, strict=True)
            if definition and definition.unique
        ]
