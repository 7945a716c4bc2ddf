"""What an account lists of products already: to be updated, never listed again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Money

from hub.catalog.tables import listing, product
from hub.kernel.bulk import among
from hub.kernel.db import Transaction


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A listing of a product as its channel shows it; `pack`: how many of the product it sells as one."""

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

    @property
    def objection(self) -> str:
        """Why a product that the account does not list must not be sent there under this SKU, and the cure."""
        if self.product_id is None and self.current:
            return f"the account lists this SKU as {self.ref}: confirm that listing first"
        if self.product_id is None:
            return (
                f"the account had this SKU as {self.ref}, which is sold out or gone: restock it and import again, or "
                "where it is gone, ignore that listing"
            )
        return (
            f"the account lists this SKU as {self.ref}, which stands for another of your products ({self.product_id}): "
            "move that listing to this product first, or give one of the two another SKU"
        )


_DETAILS = ("barcode", "weight_g", "description", "options", "category_ref")
_shown = [listing.c[name] for name in ("ref", "sku", "name", "price", "currency", "pack", "quantity", "details")]
_linked = (
    sa.select(listing.c.product_id, *_shown)
    .where(listing.c.account_id == sa.bindparam("account"), among(listing.c.product_id, "products"))
    # The last one wins: a single one before packs, current before retired, the oldest of them.
    .order_by(listing.c.pack == 1, listing.c.current, listing.c.id.desc())
)
_holders = (
    sa.select(listing.c.sku_key, listing.c.ref, listing.c.product_id, listing.c.current)
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
_source = (
    sa.select(product.c.id, *_shown)
    .join(listing, listing.c.id == product.c.source_listing_id)
    .where(among(product.c.id, "products"))
)


def linked(db: Transaction, account_id: str, products: Collection[str]) -> dict[str, Target]:
    """The listing of each product on the account, by product."""
    rows = db.execute(_linked, {"account": account_id, "products": products})
    return {row.product_id: _target(row) for row in rows}


def own_sku(db: Transaction, account_id: str, ref: str, product_id: str) -> str:
    """The code that the seller gave a listing of this product; "" where that is the hub's to say.

    One that the hub made for another product, and a person moved, still has the code of that one, which needs it.
    """
    wanted = sa.select(listing.c.sku, listing.c.pushed_key)
    row = db.execute(wanted.where(listing.c.account_id == account_id, listing.c.ref == ref)).one_or_none()
    if row is None or (row.pushed_key and not _is_of(row.pushed_key, product_id)):
        return ""
    return str(row.sku)


def _is_of(key: str, product_id: str) -> bool:
    """Whether `keys` gives this key to the product."""
    return key == product_id or key.startswith(f"{product_id}-")


def holders(db: Transaction, merchant_id: str, account_id: str, keys: Collection[str]) -> dict[str, Holder]:
    """Listings of the account by SKU key, whichever product they stand for."""
    rows = db.execute(_holders, {"merchant": merchant_id, "account": account_id, "keys": [key for key in keys if key]})
    return {row.sku_key: Holder(ref=row.ref, product_id=row.product_id, current=row.current) for row in rows}


def keys(db: Transaction, account_id: str, products: Collection[str]) -> dict[str, str]:
    """The key under which each product is pushed there: its id, unless a listing made under that is its own no more.

    A channel knows a listing by the key that made it, whatever a person makes it stand for afterwards: under the same
    key the product would come back as that listing, and overwrite it.
    """
    keys, number = {product: product for product in products}, 1
    spent = list(keys)
    while spent:
        owners = {keys[product]: product for product in spent}
        made = db.execute(_made, {"account": account_id, "keys": list(owners)})
        spent = list({owners[row.pushed_key] for row in made if row.product_id != owners[row.pushed_key]})
        number += 1
        keys |= {product: f"{product}-{number}" for product in spent}
    return keys


def sources(db: Transaction, products: Collection[str]) -> dict[str, Target]:
    """The listing that each product began as, on whichever account; by product."""
    return {row.id: _target(row) for row in db.execute(_source, {"products": products})}


def _target(row: sa.Row[Any]) -> Target:  # Any: a listing beside its product
    price = None if row.price is None else Money(amount=Decimal(row.price), currency=row.currency)
    details = {name: row.details[name] for name in _DETAILS if name in row.details}
    told = {name: getattr(row, name) for name in ("ref", "sku", "name", "pack", "quantity")}
    return Target(**told, price=price, **details)
