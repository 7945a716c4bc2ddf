"""Products: made from the listing confirmed first or by hand, found by SKU or by id."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Money

from hub.catalog.rules import barcode_key, name_key, sku_fold, sku_key
from hub.catalog.store.filters import unseen_by_planners
from hub.catalog.tables import listing, product
from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now
from hub.kernel.types import Key


class Details(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the hub neither sorts nor searches by; `size_mm` is length, width, height."""

    barcode: str = ""
    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None
    image_urls: tuple[str, ...] = ()
    description: str = ""
    attributes: dict[str, str] = {}
    options: dict[str, str] = {}  # what tells a variant from its siblings


class _Kept(Details, frozen=True, kw_only=True, omit_defaults=True):
    """The same as it is stored, with when a person last changed each field of the product."""

    changed_at: dict[str, datetime] = {}


class ProductData(Details, frozen=True, kw_only=True):
    """What a person may change of a product. Weight in whole grams, size in whole millimetres."""

    sku: str
    name: str
    price: Money | None = None
    parent_id: str | None = None


class Product(ProductData, frozen=True, kw_only=True):
    """A product of a merchant; `source_listing_id` is the listing whose data it began with, if any."""

    id: str
    merchant_id: str
    created_at: datetime
    bundle: bool = False
    source_listing_id: str | None = None
    gone_by: str | None = None  # the event of the step that took it out of the catalogue
    merged_into: str | None = None
    changed_at: Mapping[str, datetime] = {}  # by field, when a person last changed it; none: as it was made


_TAKEN_OVER = (
    "merchant_id", "sku", "sku_key", "name", "name_key", "price", "currency", "details", "sku_fold", "barcode_key",
)  # fmt: skip
_source = sa.select(sa.bindparam("id"), listing.c.id, now(), *(listing.c[name] for name in _TAKEN_OVER)).where(
    listing.c.id == sa.bindparam("listing")
)
_make = sa.insert(product).from_select(["id", "source_listing_id", "created_at", *_TAKEN_OVER], _source)


def make_from(db: Transaction, product_of: Mapping[str, str]) -> None:
    """Make products with the data of listings: listing id to the new product's id."""
    if not product_of:
        return  # an empty list of parameters would mean none at all
    db.execute(_make, [{"listing": listing_id, "id": product_id} for listing_id, product_id in product_of.items()])


def insert(db: Transaction, merchant_id: str, product_id: str, data: ProductData) -> None:
    row = {"id": product_id, "merchant_id": merchant_id, "created_at": now(), **_columns(merchant_id, data)}
    db.execute(sa.insert(product).values(row))


def change(db: Transaction, old: Product, data: ProductData) -> None:
    """Let the product have these data, and remember of what is another now when that was."""
    at = db.execute(sa.select(now())).scalar_one()
    differing = {name: at for name in ProductData.__struct_fields__ if getattr(old, name) != getattr(data, name)}
    values = _columns(old.merchant_id, data, {**old.changed_at, **differing})
    db.execute(sa.update(product).where(product.c.id == old.id).values(values))


def _columns(
    merchant_id: str, data: ProductData, changed_at: Mapping[str, datetime] = MappingProxyType({})
) -> dict[str, Any]:  # Any: the columns differ in type
    details = {name: getattr(data, name) for name in Details.__struct_fields__}
    return {
        "sku": data.sku,
        "sku_key": sku_key(data.sku),
        "name": data.name,
        "name_key": name_key(data.name),
        "price": None if data.price is None else str(data.price.amount),
        "currency": None if data.price is None else data.price.currency,
        "details": _Kept(**details, changed_at=dict(changed_at)),
        "parent_id": data.parent_id,
        "sku_fold": sku_fold(data.sku),
        "barcode_key": barcode_key(data.barcode),
    }


_by_key = sa.select(product.c.sku_key, product.c.id).where(
    product.c.merchant_id == sa.bindparam("merchant"), among(product.c.sku_key, "keys")
)


def by_key(db: Transaction, merchant_id: str, keys: Collection[str]) -> dict[str, str]:
    return {row.sku_key: row.id for row in db.execute(_by_key, {"merchant": merchant_id, "keys": keys})}


_of_ids = sa.select(product).where(
    among(product.c.id, "ids"),
    unseen_by_planners([product.c.merchant_id == sa.bindparam("merchant", type_=Key)]),
    product.c.gone_by.is_(None),
)


def of_ids(db: Transaction, merchant_id: str, ids: Collection[str]) -> dict[str, Product]:
    """Those of these products that are the merchant's, by id."""
    rows = db.execute(_of_ids, {"merchant": merchant_id, "ids": ids}).mappings()
    return {row["id"]: read(row) for row in rows}


def find(db: Transaction, merchant_id: str, product_id: str) -> Product | None:
    """The product, also one that is gone from the catalogue."""
    query = sa.select(product).where(product.c.merchant_id == merchant_id, product.c.id == product_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else read(row)


_OWN = tuple({*Product.__struct_fields__} - {*ProductData.__struct_fields__, *_Kept.__struct_fields__})


def read(row: sa.RowMapping) -> Product:
    """A row of the table as the product that it is."""
    price = None if row["price"] is None else Money(amount=Decimal(row["price"]), currency=row["currency"])
    plain = (*_OWN, "sku", "name", "parent_id")
    details = msgspec.structs.asdict(msgspec.convert(row["details"], _Kept))
    return Product(**{name: row[name] for name in plain}, **details, price=price)


def set_parents(db: Transaction, parent_of: Mapping[str, str | None]) -> None:
    bulk.update(db, product, "id", ("parent_id",), sorted(parent_of.items()))
