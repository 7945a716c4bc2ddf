"""What a shop keeps: plain records that resolvers read by name and mutations change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

DEFAULT_OPTION: Final = ("Title", "Default Title")


@dataclass(slots=True)
class Location:
    """A place of the shop; `service` is the handle of the fulfilment service that runs it."""

    TYPE: ClassVar = "Location"
    id: int
    name: str
    is_active: bool = True
    fulfills_online_orders: bool = True
    service: str = ""
    city: str = ""
    country_code: str = "ID"

    def __deepcopy__(self, _: object) -> "Location":
        """A copy of a level is at the same place."""
        return self


@dataclass(slots=True)
class Level:
    """What one location has of one item; `available` may be negative, oversold."""

    TYPE: ClassVar = "InventoryLevel"
    item: "Item"
    location: Location
    available: int
    updated_at: datetime
    committed: int = 0
    incoming: int = 0
    is_active: bool = True

    @property
    def gid(self) -> str:
        return f"gid://shopify/InventoryLevel/{self.location.id}?inventory_item_id={self.item.id}"

    def quantity(self, name: str) -> int:
        """The count of one state; `on_hand` is what is there in any state but `incoming`."""
        if name == "on_hand":
            return self.available + self.committed
        return {"available": self.available, "committed": self.committed, "incoming": self.incoming}.get(name, 0)


@dataclass(slots=True)
class Item:
    """The stocked half of a variant."""

    TYPE: ClassVar = "InventoryItem"
    id: int
    variant: "Variant" = field(repr=False)
    tracked: bool
    created_at: datetime
    updated_at: datetime
    cost: str | None = None
    grams: float = 0.0
    weight_unit: str = "GRAMS"
    requires_shipping: bool = True
    mutable: bool = True  # False: of a bundle, whose components alone are counted
    country_code_of_origin: str | None = None
    harmonized_system_code: str | None = None
    stocked: Callable[["Item"], dict[int, Level]] | None = None
    _levels: dict[int, Level] | None = None

    @property
    def levels(self) -> dict[int, Level]:
        """Per location, made when first asked for: most readers of a catalogue never look."""
        if self._levels is None:
            self._levels = self.stocked(self) if self.stocked else {}
        return self._levels

    @property
    def sku(self) -> str | None:
        return self.variant.sku


@dataclass(slots=True)
class Variant:
    """A sellable unit; `values` are its choices, in the order of the product's options."""

    TYPE: ClassVar = "ProductVariant"
    id: int
    product: "Product" = field(repr=False)
    sku: str | None
    barcode: str | None
    price: str
    values: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    compare_at_price: str | None = None
    inventory_policy: str = "DENY"
    taxable: bool = True
    media: list["Media"] = field(default_factory=list)
    metafields: dict[tuple[str, str], "Metafield"] = field(default_factory=dict)
    inventory_item: Item = field(init=False, repr=False)

    @property
    def title(self) -> str:
        return " / ".join(self.values)

    @property
    def inventory_quantity(self) -> int:
        """What is available at all active locations together, tracked or not."""
        return sum(level.available for level in self.inventory_item.levels.values() if level.is_active)


@dataclass(slots=True)
class Option:
    TYPE: ClassVar = "ProductOption"
    id: int
    name: str
    values: list[str]  # every value that may be chosen, used or not


@dataclass(slots=True)
class Media:
    TYPE: ClassVar = "MediaImage"
    id: int
    url: str
    alt: str | None = None


@dataclass(slots=True)
class Metafield:
    TYPE: ClassVar = "Metafield"
    id: int
    namespace: str
    key: str
    type: str
    value: str
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Product:
    TYPE: ClassVar = "Product"
    id: int
    title: str
    handle: str
    status: str
    vendor: str
    product_type: str
    created_at: datetime
    updated_at: datetime
    description_html: str = ""
    tags: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)  # by position
    media: list[Media] = field(default_factory=list)
    metafields: dict[tuple[str, str], Metafield] = field(default_factory=dict)
    published_at: datetime | None = None
    published_on: set[int] = field(default_factory=set)  # ids of publications


@dataclass(slots=True)
class Definition:
    """What a metafield of one name is; of type `id` its values are unique, and name an object."""

    TYPE: ClassVar = "MetafieldDefinition"
    id: int
    name: str
    namespace: str
    key: str
    owner_type: str
    type: str
    unique: bool


@dataclass(slots=True)
class Publication:
    TYPE: ClassVar = "Publication"
    id: int
    name: str


@dataclass(slots=True)
class Change:
    TYPE: ClassVar = "InventoryChange"
    name: str
    delta: int
    item: Item
    location: Location
    quantity_after_change: int | None = None  # lags: it was null in every recorded answer


@dataclass(slots=True)
class Group:
    """What one call changed of the stock."""

    TYPE: ClassVar = "InventoryAdjustmentGroup"
    id: int
    reason: str
    reference_document_uri: str | None
    created_at: datetime
    changes: list[Change]
