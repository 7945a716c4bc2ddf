"""A parcel has left a warehouse of others: who carries it is known, and its channel hears of it where it wants to."""

from __future__ import annotations

from hub_hookspecs import TaskState

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service.confirming import ask
from hub.fulfilment.service.shipping import wants_to_know
from hub.fulfilment.store import parcels
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject
from hub.orders.store.orders import Stored


def leave(
    db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, told: TaskState, *, actor: Actor
) -> None:  # fmt: skip
    """Note that the parcel of an outbound has left, once, and have its channel told."""
    parcel = parcels.expect(db, one.parcel_id)
    if parcel.left_at is not None or one.left_at is None:
        return
    wanted = wants_to_know(db, channels, stored)
    row = parcels.change(
        db, parcel.id, courier=told.courier or one.courier or parcel.courier,
        awb=told.awb or one.awb or parcel.awb, left_at=one.left_at,
        confirmation=(Confirmation.DUE if wanted else Confirmation.NOBODY).value,
    )  # fmt: skip
    if wanted:
        ask(db, row)
    events.record(
        db, "parcel.left", subject=Subject(kind="order", id=row.order_id), actor=actor, merchant_id=row.merchant_id,
        after={"parcel_id": row.id, "courier": row.courier, "awb": row.awb},
    )  # fmt: skip
