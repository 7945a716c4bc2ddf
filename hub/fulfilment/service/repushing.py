"""Outbounds are pushed again, or looked at, by a person's word."""

from __future__ import annotations

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.documents import IN_DOUBT, PushStatus, State
from hub.fulfilment.service import arranging, issuing, labelling, stopping, troubles
from hub.fulfilment.service.pushing import locked
from hub.fulfilment.store import outbounds, parcels
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor
from hub.kernel.jobs import Ticket
from hub.orders.store.orders import Stored
from hub.stock.service.pushing import moment


def found(db: Transaction, merchant_id: str, outbound_id: str) -> OutboundRow:
    one = outbounds.find(db, outbound_id)
    if one is None or one.merchant_id != merchant_id:
        raise NotFound("outbound")
    return one


def push_again(db: Transaction, channels: Channels, one: OutboundRow, *, actor: Actor) -> OutboundRow:
    """Push an outbound that was not taken, or was stopped; gives the one that is pushed now.

    What the warehouse had, and has no more, is asked for by another code. What waits for something is held against it
    anew, and its label is asked for again where it could not be made.
    """
    stored, one = locked(db, one)
    if one.push_status in IN_DOUBT:
        raise Refused(f"whether the warehouse has {one.code} is being found out; wait for that", code="push_unknown")
    if not one.current:
        raise Refused(f"{one.code} is wanted no more; look at the order's other outbounds", code="outbound_replaced")
    if one.push_status is PushStatus.PUSHED and one.state is not State.INVALID:
        raise Refused(f"the warehouse has {one.code} already; refresh it to see how far it is", code="outbound_pushed")
    before = troubles.of(db, stored.order, moment(db))
    if one.push_status is PushStatus.VOID or one.state is State.INVALID:
        row = outbounds.change(db, one.id, current=False, next_look_at=None)
    else:
        row = outbounds.change(db, one.id, push_status=PushStatus.NOT_PUSHED.value, reason="")
        _ask_for_label(db, channels, stored, row, actor=actor)
    issuing.tell(db, "outbound.push_asked", row, actor=actor, before=one)
    arranging.arrange(db, channels, stored, actor=actor, before=before)
    same = (one.warehouse_id, one.package_ref)
    now = [each for each in outbounds.of_order(db, one.order_id) if each.current]
    return next((each for each in now if (each.warehouse_id, each.package_ref) == same), row)


def _ask_for_label(db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, *, actor: Actor) -> None:
    """Ask again for a label that was asked for and could not be made."""
    parcel = parcels.expect(db, one.parcel_id)
    label = labelling.current(db, channels.ring, stored, parcel)
    if label is not None and not label.made_at:
        labelling.ask(db, channels, stored, actor=actor, parcel=parcel)


def refresh(db: Transaction, one: OutboundRow) -> Ticket:
    """Have the warehouse asked now how far an outbound is."""
    if one.push_status not in (PushStatus.PUSHED, *IN_DOUBT):
        raise Refused(f"the warehouse has nothing of {one.code}: push it first", code="outbound_not_pushed")
    return stopping.look_now(db, one)
