"""Orders leave the merchant's own shelf by a person's word: once, and the channels that want to know are told later."""

from __future__ import annotations

from hub_hookspecs import Capability, OrderState

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT
from hub.fulfilment.store import parcels
from hub.fulfilment.store.parcels import Parcel
from hub.kernel import events, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor, Subject
from hub.orders.service import leaving
from hub.orders.store.orders import Stored

_GONE = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED)


def ship(db: Transaction, channels: Channels, before: Stored, *, courier: str, awb: str, actor: Actor) -> Stored:
    """Let an order leave with what it reserved; `before` was read for change. Twice is once.

    Who carries it, and under which number, may follow later, as long as its channel has not been told. An order that
    its channel says has left stays as the channel tells it.
    """
    if before.order.left_at is not None:
        return _say_again(db, before, courier=courier, awb=awb, actor=actor)
    if before.order.state in _GONE:
        return before
    now = leaving.leave(db, channels, before, courier=courier, awb=awb, actor=actor)
    order = now.order
    first = next(iter(parcels.of_order(db, order.id)), None)
    one = first or parcels.add(db, order.merchant_id, order.account_id, order.id)
    wanted = _wants_to_know(db, channels, now)
    parcel = parcels.change(
        db, one.id, courier=order.courier, awb=order.awb, left_at=order.left_at,
        confirmation=Confirmation.DUE.value if wanted else Confirmation.NOBODY.value,
    )  # fmt: skip
    if wanted:
        _ask(db, parcel)
    _tell(db, "parcel.left", parcel, actor=actor)
    return now


def _wants_to_know(db: Transaction, channels: Channels, stored: Stored) -> bool:
    account = standing.account(db, stored.order.merchant_id, stored.order.account_id)
    return Capability.CONFIRM_SHIPMENT in channels.host(account.plugin).channel.offers


def _say_again(db: Transaction, before: Stored, *, courier: str, awb: str, actor: Actor) -> Stored:
    """The order left before: only who carries it can be new, and what its channel refused is told again with that."""
    (parcel,) = parcels.of_order(db, before.order.id)
    sent = (courier or parcel.courier, awb or parcel.awb)
    if sent == (parcel.courier, parcel.awb):
        return before
    if parcel.confirmation is Confirmation.CONFIRMED:
        raise Refused("its channel knows of the parcel already: correct it there", code="shipment_confirmed")
    if jobs.unfinished(db, CONFIRM_SHIPMENT, [parcel.id], account_id=parcel.account_id):
        message = "its channel is being told at this moment: look at the job, and say it again once that has ended"
        raise Refused(message, code="shipment_being_confirmed")
    new = parcels.change(db, parcel.id, courier=sent[0], awb=sent[1])
    if parcel.confirmation is not Confirmation.NOBODY:
        _ask(db, parcels.change(db, parcel.id, confirmation=Confirmation.DUE.value, reason="", settled_at=None))
    _tell(db, "parcel.changed", new, actor=actor, before=parcel)
    return leaving.send_by(db, before, courier=sent[0], awb=sent[1])


def _ask(db: Transaction, parcel: Parcel) -> None:
    jobs.enqueue(
        db, CONFIRM_SHIPMENT, key=parcel.id, merchant_id=parcel.merchant_id, account_id=parcel.account_id
    )  # fmt: skip


def _tell(db: Transaction, kind: str, parcel: Parcel, *, actor: Actor, before: Parcel | None = None) -> None:
    events.record(
        db, kind, subject=Subject(kind="order", id=parcel.order_id), actor=actor, merchant_id=parcel.merchant_id,
        before=_carried(before) if before else None, after=_carried(parcel),
    )  # fmt: skip


def _carried(parcel: Parcel) -> dict[str, object]:
    return {"parcel_id": parcel.id, "courier": parcel.courier, "awb": parcel.awb}
