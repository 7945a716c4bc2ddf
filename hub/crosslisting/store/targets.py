"""What an account lists of products already: to be updated, never listed again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Money

from hub.catalog.tables import listing, product, product_link
from hub.kernel.bulk import among, given
from hub.kernel.db import Transaction
from hub.kernel.events import event


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A listing of a product as its channel shows it; `pack`: how many of the product it sells as one.

    `pushed_key` is what a push of the hub made it under; None: it is of the seller's own making.
    """

    id: str
    decision: str | None
    pushed_key: str | None
    ref: str
    sku: str
    name: str
    price: Money | None
    pack: int
    quantity: int | None
    barcode: str = ""
    weight_g: int | None = None
    description: str = ""
    options: Mapping[str, str] = {}
    category_ref: str = ""

    @property
    def objection(self) -> str:
        """Why the product must not be sent to this listing, and the cure; "" where it may."""
        if self.pack == 1:
            return ""
        return (
            f"the account sells this product only in packs of {self.pack}, as {self.ref}: list a single one there and "
            "import it, or say of that listing that its pack is 1"
        )


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A listing that has a SKU on an account already; no product: nobody has confirmed it.

    Not current: the last import met it sold out or not at all, and the channel may have it all the same.
    """

    ref: str
    product_id: str | None
    current: bool
    state: str
    pushed_key: str | None

    @property
    def objection(self) -> str:
        """Why a product that the account does not list must not be sent there under this SKU, and the cure."""
        if self.state == "ignored":
            return f"the account lists this SKU as {self.ref}, which you ignore: restore and confirm that listing first"
        if self.product_id is None and self.current:
            return f"the account lists this SKU as {self.ref}: confirm that listing first"
        if self.product_id is None:
            return (
                f"the account had this SKU as {self.ref}, which is sold out or gone: restock it and import again, or "
                "where it is gone, ignore that listing"
            )
        return (
            f"the account lists this SKU as {self.ref}, which stands for another of your products ({self.product_id}): "
            f"move that listing to this product first, or give one of the two another SKU{self._afterwards}"
        )

    @property
    def _afterwards(self) -> str:
        """What makes the listing follow, where it is the other product that gets another code."""
        if self.product_id and self.pushed_key and is_of(self.pushed_key, self.product_id):
            return "; where that is the other one, cross-list it then, so that its listing has the new SKU too"
        return ""


_DETAILS = ("barcode", "weight_g", "description", "options", "category_ref")
_PLAIN = ("id", "decision", "pushed_key", "ref", "sku", "name", "pack", "quantity")
_shown = [listing.c[name] for name in (*_PLAIN, "price", "currency", "details")]
_linked = (
    sa.select(listing.c.product_id, *_shown)
    .where(listing.c.account_id == sa.bindparam("account"), among(listing.c.product_id, "products"))
    # The last one wins: a single one before packs, current before retired, the oldest of them.
    .order_by(listing.c.pack == 1, listing.c.current, listing.c.id.desc())
)
_holders = (
    sa.select(listing.c.sku_key, *(listing.c[name] for name in Holder.__struct_fields__))
    .where(
        listing.c.merchant_id == sa.bindparam("merchant"),
        among(listing.c.sku_key, "keys"),
        listing.c.account_id == sa.bindparam("account"),
        # A channel keeps what is sold out, and finds it by its code; what is gone for good, people ignore.
        listing.c.current | (listing.c.state != "ignored"),
    )
    .order_by(listing.c.current, listing.c.id.desc())
)
_made = sa.select(listing.c.pushed_key, listing.c.product_id).where(
    listing.c.account_id == sa.bindparam("account"),
    among(listing.c.pushed_key, "keys"),
    listing.c.pushed_key.is_not(None),  # as the index says it
)
_named = sa.select(*_shown).where(listing.c.account_id == sa.bindparam("account"), listing.c.ref == sa.bindparam("ref"))
# Said as look-ups: PostgreSQL would rather read all events once than a few by id.
_subject = sa.select(event.c.subject_id).where(event.c.id == product_link.c.step, event.c.subject_kind == "listing")
_strayed = sa.select(listing.c.id).where(
    listing.c.id == _subject.correlate(product_link).scalar_subquery(),
    listing.c.account_id == sa.bindparam("account"),
    listing.c.product_id.is_distinct_from(product_link.c.product_id),
)
_products = given("products")
_left = sa.select(
    _products.c.value.label("product_id"),
    sa.select(sa.func.count(_strayed.correlate(product_link).scalar_subquery().distinct()))
    .where(product_link.c.product_id == _products.c.value)
    .correlate(_products)
    .scalar_subquery()
    .label("strayed"),
)
_source = (
    sa.select(product.c.id.label("product_id"), *_shown)
    .join(listing, listing.c.id == product.c.source_listing_id)
    .where(among(product.c.id, "products"))
)


def linked(db: Transaction, account_id: str, products: Collection[str]) -> dict[str, Target]:
    """The listing of each product on the account, by product."""
    rows = db.execute(_linked, {"account": account_id, "products": products})
    return {row.product_id: _target(row) for row in rows}


def named(db: Transaction, account_id: str, ref: str) -> Target | None:
    """The listing that the account calls so, whatever it stands for."""
    row = db.execute(_named, {"account": account_id, "ref": ref}).one_or_none()
    return None if row is None else _target(row)


def is_of(key: str, product_id: str) -> bool:
    """Whether `keys` gives this key to the product."""
    return key == product_id or key.startswith(f"{product_id}-")


def holders(db: Transaction, merchant_id: str, account_id: str, keys: Collection[str]) -> dict[str, Holder]:
    """Listings of the account by SKU key, whichever product they stand for."""
    rows = db.execute(_holders, {"merchant": merchant_id, "account": account_id, "keys": [key for key in keys if key]})
    return {row.sku_key: Holder(**{name: getattr(row, name) for name in Holder.__struct_fields__}) for row in rows}


def keys(db: Transaction, account_id: str, products: Collection[str]) -> dict[str, str]:
    """The key under which each product is pushed there: its id, unless a listing made under that is its own no more.

    A channel knows a listing by the key that made it, whatever a person makes it stand for afterwards: under the same
    key the product would come back as that listing, and overwrite it. What made a listing is not always known: where no
    answer came, an import found it and a person linked it. So each listing that has left the product counts as a key.
    """
    left = db.execute(_left, {"account": account_id, "products": products})
    number = {row.product_id: 1 + row.strayed for row in left}
    keys = {product: _key(product, number[product]) for product in products}
    spent = list(keys)
    while spent:
        owners = {keys[product]: product for product in spent}
        made = db.execute(_made, {"account": account_id, "keys": list(owners)})
        spent = list({owners[row.pushed_key] for row in made if row.product_id != owners[row.pushed_key]})
        number |= {product: number[product] + 1 for product in spent}
        keys |= {product: _key(product, number[product]) for product in spent}
    return keys


def _key(product: str, number: int) -> str:
    return product if number == 1 else f"{product}-{number}"


def sources(db: Transaction, products: Collection[str]) -> dict[str, Target]:
    """The listing that each product began as, on whichever account; by product."""
    return {row.product_id: _target(row) for row in db.execute(_source, {"products": products})}


def _target(row: sa.Row[Any]) -> Target:  # Any: a listing beside its product
    price = None if row.price is None else Money(amount=Decimal(row.price), currency=row.currency)
    details = {name: row.details[name] for name in _DETAILS if name in row.details}
    told = {name: getattr(row, name) for name in _PLAIN}
    return Target(**told, price=price, **details)
