"""Figures that are behind, as the API shows them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.stock.rules.freshness import Why
from hub.stock.service.freshness import Stale
from hub.stock.store.pushes import PushStatus


class StaleFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that its channel may be showing otherwise than it is offered, `since` when, why, and what to do.

    `told` and `status` are of the last push, null where none is kept.
    """

    listing_id: str
    listing_ref: str
    sku: str
    product_id: str | None
    account_id: str
    account: str
    channel: str
    place_ref: str
    since: datetime
    why: Why
    text: str
    remedy: str
    told: int | None
    told_at: datetime | None
    status: PushStatus | None


def stale_view(one: Stale) -> StaleFigure:
    behind, told = one.behind, one.told
    return StaleFigure(
        listing_id=behind.listing_id, listing_ref=one.listing.ref, sku=one.listing.sku,
        product_id=one.listing.product_id, account_id=behind.account_id, account=one.teller.name,
        channel=one.teller.plugin, place_ref=behind.place_ref, since=behind.since, why=one.why.why, text=one.why.text,
        remedy=one.why.remedy, told=told.quantity if told else None, told_at=told.sent_at if told else None,
        status=told.status if told else None,
    )  # fmt: skip
