"""Parcels and labels as the API shows them, and what it is told of a parcel that left."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from hub.channels.schemas.warehouses import Line
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.store.labels import LabelRow
from hub.fulfilment.store.parcels import Parcel

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


class ParcelView(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel. `confirmation` says whether its channel knows that it left: "nobody" waits to hear it, it is "due",
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


class ParcelList(msgspec.Struct, frozen=True, kw_only=True):
    """All parcels of an order; `next` is always null."""

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


def shown_parcel(row: Parcel) -> ParcelView:
    return ParcelView(**{name: getattr(row, name) for name in ParcelView.__struct_fields__})


def shown_label(row: LabelRow, *, order_id: str, job_id: str | None) -> LabelView:
    return LabelView(
        id=row.id, parcel_id=row.parcel_id, job_id=job_id, digest=row.digest or None, asked_at=row.asked_at,
        made_at=row.made_at, url=f"/v1/merchants/{row.merchant_id}/orders/{order_id}/label",
    )  # fmt: skip
