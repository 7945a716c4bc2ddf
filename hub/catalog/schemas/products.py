"""Products as the API shows them and takes them in."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Money
from msgspec import UNSET, UnsetType

from hub.catalog.rules import MOST_COMPONENTS, MOST_IN_PACK
from hub.catalog.schemas import Price
from hub.catalog.service.products import Whole
from hub.catalog.store import products
from hub.catalog.store.bundles import Component
from hub.catalog.store.products import ProductData
from hub.kernel.api.texts import VISIBLE, Name

_ONE_LINE = "one line with at least one sign that can be seen"
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=VISIBLE, description=_ONE_LINE)]
ProductName = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=VISIBLE, description=_ONE_LINE)]
Barcode = Annotated[
    str,
    msgspec.Meta(max_length=64, pattern=r"^[\x20-\x7e]*(?!\n)$", description="letters, digits and signs of ASCII"),
]
Weight = Annotated[int, msgspec.Meta(ge=0, le=10**9, description="whole grams")]
Length = Annotated[int, msgspec.Meta(ge=1, le=100_000, description="whole millimetres")]
ImageUrl = Annotated[
    str,
    msgspec.Meta(
        max_length=2_000,
        pattern=r"^https?://[^\s/?#@]+([/?#]\S*)?(?!\n)$",
        description="the address of an image, beginning with https://",
        examples=["https://cdn.toko.example/kaos.jpg"],
    ),
]
Images = Annotated[list[ImageUrl], msgspec.Meta(max_length=50)]
Description = Annotated[str, msgspec.Meta(max_length=50_000)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=VISIBLE, description=_ONE_LINE)]
Attributes = Annotated[dict[Label, Annotated[str, msgspec.Meta(max_length=2_000)]], msgspec.Meta(max_length=100)]
Options = Annotated[dict[Label, Label], msgspec.Meta(max_length=10)]
ParentId = Annotated[str, msgspec.Meta(max_length=36)]
Units = Annotated[int, msgspec.Meta(ge=1, le=MOST_IN_PACK)]


class NewPrice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price as text, so that nothing is rounded, and its ISO 4217 currency."""

    amount: Annotated[
        str,
        msgspec.Meta(
            max_length=20,
            pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?(?!\n)$",
            description="digits with a dot before the decimals, such as 129000 or 9.90",
            examples=["129000", "9.90"],
        ),
    ]
    currency: Annotated[
        str,
        msgspec.Meta(pattern=r"^[A-Z]{3}(?!\n)$", description="three capital letters, such as IDR", examples=["IDR"]),
    ]

    def money(self) -> Money:
        return Money(amount=Decimal(self.amount), currency=self.currency)


class Size(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All three, or no size at all."""

    length: Length
    width: Length
    height: Length


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of a product one bundle contains."""

    product_id: Annotated[str, msgspec.Meta(max_length=36)]
    quantity: Units = 1


Parts = Annotated[list[Part], msgspec.Meta(max_length=MOST_COMPONENTS)]


class NewProduct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product made by hand. With `components` it is a bundle; `options` tell a variant from its siblings."""

    sku: Sku
    name: ProductName
    price: NewPrice | None = None
    barcode: Barcode = ""
    weight_g: Weight | None = None
    size_mm: Size | None = None
    image_urls: Images = []
    description: Description = ""
    attributes: Attributes = {}
    options: Options = {}
    parent_id: ParentId | None = None
    components: Parts = []


class ProductChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays. A list or object is replaced as a whole."""

    sku: Sku | UnsetType = UNSET
    name: ProductName | UnsetType = UNSET
    price: NewPrice | UnsetType | None = UNSET
    barcode: Barcode | UnsetType = UNSET
    weight_g: Weight | UnsetType | None = UNSET
    size_mm: Size | UnsetType | None = UNSET
    image_urls: Images | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    attributes: Attributes | UnsetType = UNSET
    options: Options | UnsetType = UNSET
    parent_id: ParentId | UnsetType | None = UNSET
    components: Parts | UnsetType = UNSET


def data_of(given: NewProduct) -> ProductData:
    return ProductData(**_stored(given))


def changed(old: ProductData, given: ProductChange) -> ProductData:
    """The data as they will be."""
    kept = {name: getattr(old, name) for name in ProductData.__struct_fields__}
    return ProductData(**kept | _stored(given))


def components_of(given: NewProduct | ProductChange) -> list[Component] | None:
    """What the bundle is to contain; None where nothing was said of it."""
    if isinstance(given.components, UnsetType):
        return None
    return [Component(product_id=part.product_id, quantity=part.quantity) for part in given.components]


def _stored(given: NewProduct | ProductChange) -> dict[str, Any]:  # Any: the fields differ in type
    values = {name: getattr(given, name) for name in given.__struct_fields__ if name != "components"}
    values = {name: value for name, value in values.items() if value is not UNSET}
    if "image_urls" in values:
        values["image_urls"] = tuple(values["image_urls"])
    if isinstance(price := values.get("price"), NewPrice):
        values["price"] = price.money()
    if isinstance(size := values.get("size_mm"), Size):
        values["size_mm"] = (size.length, size.width, size.height)
    return values


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """What the merchant sells. Weight in grams, size in millimetres; a bundle consists of other products.

    `gone_by` names the event that took it out of the catalogue, such as a merge: then no list shows it any more.
    """

    id: str
    sku: str
    name: str
    price: Price | None
    barcode: str
    weight_g: int | None
    size_mm: Size | None
    image_urls: list[str]
    description: str
    attributes: dict[str, str]
    options: dict[str, str]
    parent_id: str | None
    bundle: bool
    source_listing_id: str | None
    gone_by: str | None
    merged_into: str | None
    created_at: datetime

    @classmethod
    def of(cls, found: products.Product, **more: Any) -> Self:  # Any: the fields of a subclass
        shown = {name: getattr(found, name) for name in Product.__struct_fields__}
        price, size = found.price, found.size_mm
        shown["image_urls"] = list(found.image_urls)
        shown["price"] = None if price is None else Price(amount=str(price.amount), currency=price.currency)
        shown["size_mm"] = None if size is None else Size(length=size[0], width=size[1], height=size[2])
        return cls(**shown, **more)


class ProductListing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a product is listed; one unit there is `pack` of it."""

    id: str
    account_id: str
    ref: str
    state: str
    pack: int
    current: bool


class ProductDetail(Product, frozen=True, kw_only=True):
    """A product with what it contains and where it is listed: the first 200; `…/listings?product_id=` has all."""

    components: list[Part]
    listings: list[ProductListing]


class NewParent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What variants have in common."""

    name: Name


class ListingChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person may change of a listing: how many units of its product one of its units is."""

    pack: Units


def product_view(row: sa.RowMapping) -> Product:
    return Product.of(products.read(row))


def detail_view(whole: Whole, listings: list[sa.RowMapping]) -> ProductDetail:
    return ProductDetail.of(
        whole.product,
        components=[Part(product_id=one.product_id, quantity=one.quantity) for one in whole.components],
        listings=[ProductListing(**{name: row[name] for name in ProductListing.__struct_fields__}) for row in listings],
    )
