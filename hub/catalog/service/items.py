"""One item of a page beside what the hub has of it, and the row that it becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from hub_hookspecs import Channel, Item, Money

from hub.catalog import rules
from hub.catalog.rules import SkuClass
from hub.catalog.store.listings import Known
from hub.kernel.bulk import StorageRow
from hub.kernel.ids import new_id

_encoder = msgspec.msgpack.Encoder(decimal_format="string", order="deterministic")
_json = msgspec.json.Encoder()


class Seen(NamedTuple):
    """One item of a page beside what the hub had of it."""

    item: Item
    digest: int
    key: str
    known: Known | None
    admitted: bool

    @property
    def changed(self) -> bool:
        return self.known is None or self.known.digest != self.digest or self.known.current != self.admitted

    @property
    def pending(self) -> bool:
        return self.known is None or self.known.state == "pending"


def beside(channel: Channel, item: Item, known: Known | None) -> Seen:
    return seen(item, known, admitted=rules.skip_reason(channel, item) is None)


def seen(item: Item, known: Known | None, *, admitted: bool) -> Seen:
    digest = int.from_bytes(hashlib.blake2b(_encoder.encode(item), digest_size=8).digest(), signed=True)
    return Seen(item, digest, rules.sku_key(item.sku), known, admitted)


def row(merchant_id: str, account_id: str, one: Seen, cls: SkuClass | None, stamp: tuple[int, str]) -> StorageRow:
    item, (seen_at, run) = one.item, stamp
    return (
        one.known.id if one.known else new_id(), merchant_id, account_id, item.ref,
        rules.index_key(item.parent_ref),
        item.sku, one.key, item.name, rules.name_key(item.name),
        str(item.price.amount) if item.price else None, item.price.currency if item.price else None,
        item.active, item.quantity, _details(item), one.digest, "pending",
        cls, one.admitted, seen_at, run, seen_at,
        rules.sku_fold(item.sku), rules.barcode_key(item.barcode),
    )  # fmt: skip


def item_of(row: sa.RowMapping) -> Item:
    """A listing as its channel showed it last."""
    price = Money(amount=Decimal(row["price"]), currency=row["currency"]) if row["price"] is not None else None
    details = msgspec.structs.asdict(msgspec.convert(row["details"], Details))
    told = {name: row[name] for name in ("ref", "sku", "name", "active", "quantity", "parent_ref")}
    return Item(price=price, **told, **details)


class Details(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a channel says of a listing beyond what the hub sorts and searches by."""

    barcode: str = ""
    image_urls: tuple[str, ...] = ()
    options: Mapping[str, str] = {}
    weight_g: int | None = None
    description: str = ""
    category_ref: str = ""
    url: str = ""
    raw_status: str = ""
    updated_at: datetime | None = None


def _details(item: Item) -> str:
    return _json.encode(
        Details(
            barcode=item.barcode,
            image_urls=item.image_urls,
            options=item.options,
            weight_g=item.weight_g,
            description=item.description,
            category_ref=item.category_ref,
            url=item.url,
            raw_status=item.raw_status,
            updated_at=item.updated_at,
        )
    ).decode()
