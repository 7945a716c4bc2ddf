"""Parcels and labels as the API shows them, and what it is told of a parcel that left."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from hub.channels.schemas.warehouses import Line
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service.parcels import Packed
from hub.fulfilment.store.labels import LabelRow

Awb = Annotated[
    str,
    msgspec.Meta(
        max_length=100, pattern=r"^[\x20-\x7e]*(?!\n)$",
        description="the courier's number of the parcel, in letters, digits and signs of ASCII; empty: none yet",
    ),
]  # fmt: skip


class Sending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who carries the parcel, and under which number; either may follow later."""

    courier: Line = ""
    awb: Awb = ""


class ParcelItem(msgspec.Struct, frozen=True, kw_only=True):
    """So many units of a line of the order, as its channel counts them."""

    line_id: str
    sku: str
    quantity: int


class ParcelView(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel and what is in it. `outbound_id`: by which a 3PL sends it, or did; null: it leaves the own shelf.

    `confirmation` says whether its channel knows that it left: "nobody" waits to hear it, it is "due",
    "confirmed" at `settled_at` as `receipt`, or "failed" then, for `reason`.
    """

    id: str
    order_id: str
    number: int
    courier: str
    awb: str
    left_at: datetime | None
    confirmation: Confirmation
    receipt: str
    reason: str
    settled_at: datetime | None
    created_at: datetime
    outbound_id: str | None
    lines: list[ParcelItem]


class ParcelList(msgspec.Struct, frozen=True, kw_only=True):
    """The parcels of an order that have left, or are to; `next` is always null."""

    items: list[ParcelView]
    next: str | None = None


class LabelView(msgspec.Struct, frozen=True, kw_only=True):
    """A label. Until it is made, `job_id` names the job that makes it; `digest` is the SHA-256 of its file, in hex."""

    id: str
    parcel_id: str
    job_id: str | None
    digest: str | None
    url: str
    asked_at: datetime
    made_at: datetime | None


def shown_parcel(one: Packed) -> ParcelView:
    items = [ParcelItem(line_id=line_id, sku=line.sku, quantity=line.units) for line_id, line in one.lines.items()]
    named = ParcelView.__struct_fields__
    kept: dict[str, Any] = {  # Any: columns of a parcel
        name: getattr(one.parcel, name) for name in named if hasattr(one.parcel, name)
    }
    return ParcelView(**kept, outbound_id=one.outbound_id, lines=items)


def shown_label(row: LabelRow, *, order_id: str, job_id: str | None) -> LabelView:
    return LabelView(
        id=row.id, parcel_id=row.parcel_id, job_id=job_id, digest=row.digest or None, asked_at=row.asked_at,
        made_at=row.made_at, url=f"/v1/merchants/{row.merchant_id}/orders/{order_id}/label",
    )  # fmt: skip
