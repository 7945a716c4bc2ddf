"""How a product stood at an instant, as the API shows it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.stock.schemas.timeline import CauseView, cause_view, where
from hub.stock.service.looking_back import Past, Stood
from hub.stock.service.timeline import Names


class ShelfThen(msgspec.Struct, frozen=True, kw_only=True):
    """What lay in a warehouse then, and how much of it was promised to orders; base units."""

    warehouse_id: str
    warehouse: str
    product_id: str
    sku: str
    on_hand: int
    reserved: int


class ListingThen(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel had been told of a listing at a place by then, and what it was believed to show.

    `told` and `status` are of the last figure that was sent by then; `answered_at` null: not by then. `believed` null:
    nobody knew. `cause` is why the figure was looked at last. `text` says all of it.
    """

    listing_id: str
    account_id: str
    account: str
    channel: str
    place_ref: str
    told: int | None
    told_at: datetime | None
    status: str | None
    answered_at: datetime | None
    believed: int | None
    cause: CauseView | None
    text: str


class ProductThen(msgspec.Struct, frozen=True, kw_only=True):
    """How a product stood; `notes` say what cannot be told of that instant."""

    product_id: str
    sku: str
    at: datetime
    stock: list[ShelfThen]
    listings: list[ListingThen]
    notes: list[str]


def past_view(past: Past) -> ProductThen:
    stock = [
        ShelfThen(
            warehouse_id=place[0], warehouse=past.names.warehouses.get(place[0], place[0]), product_id=place[1],
            sku=past.skus.get(place[1], ""), on_hand=count, reserved=past.promised.get(place, 0),
        )
        for place, count in sorted(past.lay.items())
    ]  # fmt: skip
    return ProductThen(
        product_id=past.product.id, sku=past.product.sku, at=past.at, stock=stock,
        listings=[_listing(one, past.names) for one in past.stood], notes=past.notes,
    )  # fmt: skip


def _listing(one: Stood, names: Names) -> ListingThen:
    cause = cause_view(one.cause, names) if one.cause else None
    then = one.then
    why = f"; it was looked at last since {cause.text}" if cause else ""
    return ListingThen(
        listing_id=one.outpost.listing_id, account_id=one.outpost.account_id, account=one.outpost.account,
        channel=one.outpost.plugin, place_ref=one.place_ref, told=then.figure if then else None,
        told_at=then.at if then else None, status=then.status if then else None,
        answered_at=then.answered_at if then else None, believed=one.belief.figure, cause=cause,
        text=f"{where(one.outpost.listing_id, one.place_ref, names)}: {one.belief.text}{why}",
    )  # fmt: skip
