"""The catalogue on Shopify's wire: what an answer may lack has a default, and words stay words."""

from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from hub_shopify.envelope import Wire

T = TypeVar("T")


class PageInfo(Wire, frozen=True):
    has_next_page: bool = False
    end_cursor: str | None = None


class Nodes(Wire, Generic[T], frozen=True):
    nodes: tuple[T, ...] = ()
    page_info: PageInfo = PageInfo()


class Image(Wire, frozen=True):
    url: str = ""


class Preview(Wire, frozen=True):
    image: Image | None = None


class Media(Wire, frozen=True):
    preview: Preview | None = None


class SelectedOption(Wire, frozen=True):
    name: str = ""
    value: str = ""


class Weight(Wire, frozen=True):
    unit: str = ""
    value: Decimal = Decimal(0)


class Measurement(Wire, frozen=True):
    weight: Weight | None = None


class LocationOfLevel(Wire, frozen=True):
    id: str = ""
    is_active: bool = False


class Quantity(Wire, frozen=True):
    name: str = ""
    quantity: int = 0


class Level(Wire, frozen=True):
    is_active: bool = False
    location: LocationOfLevel = LocationOfLevel()
    quantities: tuple[Quantity, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether goods are sold from there: a level or its whole location may be switched off."""
        return self.is_active and self.location.is_active

    @property
    def available(self) -> int:
        """What may be sold; below zero where it is oversold."""
        return sum(found.quantity for found in self.quantities if found.name == "available")


class InventoryItem(Wire, frozen=True):
    id: str = ""
    tracked: bool = False
    duplicate_sku_count: int = 0
    measurement: Measurement | None = None
    inventory_levels: Nodes[Level] = Nodes()


class Product(Wire, frozen=True):
    id: str
    title: str = ""
    status: str = ""
    description: str = ""
    online_store_url: str | None = None
    has_only_default_variant: bool = False
    featured_media: Media | None = None


class Variant(Wire, frozen=True):
    id: str
    product: Product
    inventory_item: InventoryItem
    title: str = ""
    sku: str | None = None
    barcode: str | None = None
    price: Decimal | None = None
    updated_at: datetime | None = None
    selected_options: tuple[SelectedOption, ...] = ()
    media: Nodes[Media] = Nodes()


class Shop(Wire, frozen=True):
    currency_code: str


class VariantPage(Wire, frozen=True):
    shop: Shop
    product_variants: Nodes[Variant]


class LevelsOfItem(Wire, frozen=True):
    inventory_levels: Nodes[Level]


class MoreLevels(Wire, frozen=True):
    inventory_item: LevelsOfItem | None


class Count(Wire, frozen=True):
    count: int = 0


class VariantCount(Wire, frozen=True):
    product_variants_count: Count
