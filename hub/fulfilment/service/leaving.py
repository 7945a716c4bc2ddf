"""What a warehouse of others has sent has left: nothing more of it will, and its channel hears of it if it wants to."""

from __future__ import annotations

from datetime import datetime

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service import numbering
from hub.fulfilment.service.confirming import ask
from hub.fulfilment.service.shipping import wants_to_know
from hub.fulfilment.store import outbounds, parcels
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject
from hub.orders.service import away
from hub.orders.store.orders import Stored


def end(
    db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, *, at: datetime | None, courier: str = "",
    awb: str = "", actor: Actor,
) -> Stored:  # fmt: skip
    """Nothing more of an outbound will leave: its lines are done with, and its parcel has left where anything did.

    `at`: when it ended, where nothing has left; None: just now. What the warehouse says of the parcel comes first.
    """
    lines = {line.line_id for line in outbounds.lines(db, [one.id])[one.id]}
    now = away.finish(db, channels, stored, lines, left_at=one.left_at or at, actor=actor)
    _leave(db, channels, now, one, courier=courier, awb=awb, actor=actor)
    return now


def _leave(
    db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, *, courier: str, awb: str, actor: Actor
) -> None:  # fmt: skip
    """Note that the parcel of an outbound has left, once, and have its channel told."""
    parcel = parcels.expect(db, one.parcel_id)
    if parcel.left_at is not None or one.left_at is None:
        return
    wanted = wants_to_know(db, channels, stored)
    row = numbering.change(
        db, parcel, courier=courier or one.courier or parcel.courier,
        awb=awb or one.awb or parcel.awb, left_at=one.left_at,
        confirmation=(Confirmation.DUE if wanted else Confirmation.NOBODY).value,
    )  # fmt: skip
    if wanted:
        ask(db, row)
    events.record(
        db, "parcel.left", subject=Subject(kind="order", id=row.order_id), actor=actor, merchant_id=row.merchant_id,
        after={"parcel_id": row.id, "courier": row.courier, "awb": row.awb},
    )  # fmt: skip
