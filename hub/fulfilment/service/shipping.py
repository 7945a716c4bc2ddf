"""Orders leave the merchant's own shelf by a person's word: once, and the channels that want to know are told later."""

from __future__ import annotations

from datetime import datetime

from hub_hookspecs import Capability, OrderState

from hub.channels.rules import State
from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service import numbering
from hub.fulfilment.service import parcels as parts
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT, ask
from hub.fulfilment.store import parcels
from hub.fulfilment.store.parcels import Parcel
from hub.kernel import events, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor, Subject
from hub.orders.service import leaving
from hub.orders.store.orders import Stored
from hub.stock.service.pushing import moment

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
    if parts.is_split(db, before):
        return _ship_part(db, channels, before, courier=courier, awb=awb, actor=actor)
    now = leaving.leave(db, channels, before, courier=courier, awb=awb, actor=actor)
    order = now.order
    one = parts.own_parcel(db, now) or parts.add(db, now)
    numbering.require_free(db, one, awb)
    _left(db, channels, now, one, courier=order.courier, awb=order.awb, at=order.left_at, actor=actor)
    return now


def _ship_part(
    db: Transaction, channels: Channels, before: Stored, *, courier: str, awb: str, actor: Actor
) -> Stored:  # fmt: skip
    """Let what lies on the own shelf leave as a parcel of its own, once; a 3PL says itself when the rest has left."""
    own = parts.own_parcel(db, before)
    if own is not None and own.left_at is not None:
        return before
    now = leaving.leave_in_part(db, channels, before, actor=actor)
    one = own or parts.add(db, now)
    numbering.require_free(db, one, awb)
    courier, awb = courier or one.courier, awb or one.awb
    _left(db, channels, now, one, courier=courier, awb=awb, at=moment(db), actor=actor)
    return now


def _left(
    db: Transaction, channels: Channels, now: Stored, one: Parcel, *, courier: str, awb: str, at: datetime | None,
    actor: Actor,
) -> None:  # fmt: skip
    wanted = wants_to_know(db, channels, now)
    parcel = numbering.change(
        db, one, courier=courier, awb=awb, left_at=at,
        confirmation=Confirmation.DUE.value if wanted else Confirmation.NOBODY.value,
    )  # fmt: skip
    if wanted:
        ask(db, parcel)
    _tell(db, "parcel.left", parcel, actor=actor)


def wants_to_know(db: Transaction, channels: Channels, stored: Stored) -> bool:
    """Whether the channel of an order is to be told that its parcels left."""
    account = standing.account(db, stored.order.merchant_id, stored.order.account_id)
    if account.state is State.CLOSED:
        return False
    return Capability.CONFIRM_SHIPMENT in channels.host(account.plugin).channel.offers


def _say_again(db: Transaction, before: Stored, *, courier: str, awb: str, actor: Actor) -> Stored:
    """The order left before: only who carries it can be new, and what its channel refused is told again with that."""
    left = [each for each in parcels.of_order(db, before.order.id) if each.left_at is not None]
    if all((courier or each.courier, awb or each.awb) == (each.courier, each.awb) for each in left):
        for each in left:
            if each.confirmation is Confirmation.DUE and not _is_being_told(db, each):
                ask(db, each)
        return before
    if len(left) > 1:
        message = f"the order left in {len(left)} parcels, each by a number of its own: correct them at its channel"
        raise Refused(message, code="several_parcels")
    (parcel,) = left
    sent = (courier or parcel.courier, awb or parcel.awb)
    if parcel.confirmation is Confirmation.CONFIRMED:
        raise Refused("its channel knows of the parcel already: correct it there", code="shipment_confirmed")
    if _is_being_told(db, parcel):
        message = "its channel is being told at this moment: look at the job, and say it again once that has ended"
        raise Refused(message, code="shipment_being_confirmed")
    numbering.require_free(db, parcel, awb)
    new = numbering.change(db, parcel, courier=sent[0], awb=sent[1])
    if parcel.confirmation is not Confirmation.NOBODY:
        ask(db, parcels.change(db, parcel.id, confirmation=Confirmation.DUE.value, reason="", settled_at=None))
    _tell(db, "parcel.changed", new, actor=actor, before=parcel)
    return leaving.send_by(db, before, courier=sent[0], awb=sent[1])


def _is_being_told(db: Transaction, parcel: Parcel) -> bool:
    return bool(jobs.unfinished(db, CONFIRM_SHIPMENT, [parcel.id], account_id=parcel.account_id))


def _tell(db: Transaction, kind: str, parcel: Parcel, *, actor: Actor, before: Parcel | None = None) -> None:
    events.record(
        db, kind, subject=Subject(kind="order", id=parcel.order_id), actor=actor, merchant_id=parcel.merchant_id,
        before=_carried(before) if before else None, after=_carried(parcel),
    )  # fmt: skip


def _carried(parcel: Parcel) -> dict[str, object]:
    return {"parcel_id": parcel.id, "courier": parcel.courier, "awb": parcel.awb}
