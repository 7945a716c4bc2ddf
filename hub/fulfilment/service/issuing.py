"""Outbounds are made for what an order holds in warehouses of others, one for each parcel, and taken back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.fulfilment.rules.cancelling import Cancel
from hub.fulfilment.rules.documents import UNSENT, PushStatus
from hub.fulfilment.rules.outbounds import code_of
from hub.fulfilment.service import parcels as parts
from hub.fulfilment.service.held import Group, Holding, Share
from hub.fulfilment.store import outbounds, parcels
from hub.fulfilment.store.outbounds import New, OutboundLine, OutboundRow
from hub.fulfilment.store.parcels import Parcel
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id


def issue(
    db: Transaction, holding: Holding, group: Group, kept: Sequence[OutboundRow], *, actor: Actor
) -> OutboundRow:  # fmt: skip
    """Make an outbound of what the order holds of one parcel in one warehouse; `kept` are all that it has or had."""
    order, house, asked = holding.stored.order, holding.houses[group[0]], holding.groups[group]
    outbound_id, parcel = new_id(), _parcel(db, holding, group, kept)
    new = New(
        id=outbound_id, merchant_id=order.merchant_id, account_id=house.account_id, warehouse_id=house.id,
        order_id=order.id, parcel_id=parcel.id, code=code_of(outbound_id, holding.known.at), package_ref=group[1],
        ship_by=order.ship_by,
    )  # fmt: skip
    made = outbounds.add(db, new, number=max((one.number for one in kept), default=0) + 1)
    outbounds.set_lines(db, made.id, _lines(db, made, asked))
    tell(db, "outbound.created", made, actor=actor)
    return made


def take_back(db: Transaction, one: OutboundRow, *, actor: Actor, replaced: bool = True) -> OutboundRow | None:
    """Let a warehouse that has nothing of it never have it; None: somebody was quicker and pushes it.

    `replaced`: another one may be made for what its order holds. A wish to stop it is fulfilled by that.
    """
    values = {
        "push_status": PushStatus.VOID.value, "current": not replaced, "waits": "[]", "told": "",
        "cancel": Cancel.NONE.value,
    }  # fmt: skip
    now = outbounds.turn(db, one.id, UNSENT, next_look_at=None, **values)
    if now is not None:
        tell(db, "outbound.taken_back", now, actor=actor, before=one)
    return now


def _parcel(db: Transaction, holding: Holding, group: Group, kept: Sequence[OutboundRow]) -> Parcel:
    """The parcel that was to be sent and is not, with its papers, else a new one.

    One that no outbound was for is that of the own shelf, as long as something of the order lies there.
    """
    stored = holding.stored
    taken = {one.parcel_id for one in kept if one.current}
    last = {one.parcel_id: (one.warehouse_id, one.package_ref) for one in kept}
    sent = {line_id for shares in holding.groups.values() for line_id, _ in shares}
    nobodys = None if any(line.quantity for line in stored.lines if line.id not in sent) else group
    for each in parcels.of_order(db, stored.order.id):
        if each.left_at is None and each.id not in taken and last.get(each.id, nobodys) == group:
            return each
    return parts.add(db, stored)


def _lines(db: Transaction, made: OutboundRow, asked: Mapping[Share, int]) -> list[OutboundLine]:
    goods = outbounds.goods(db, made.warehouse_id, {product_id for _, product_id in asked})
    return [
        OutboundLine(
            outbound_id=made.id, line_id=line_id, product_id=product_id, sku=goods[product_id].sku, quantity=quantity,
            item_ref=goods[product_id].item_ref, shipped=0,
        )
        for (line_id, product_id), quantity in sorted(asked.items())
    ]  # fmt: skip


def tell(
    db: Transaction, kind: str, row: OutboundRow, *, actor: Actor, before: OutboundRow | None = None,
    announce: bool = False,
) -> None:  # fmt: skip
    """Note in the audit trail what became of an outbound."""
    events.record(
        db, kind, subject=Subject(kind="order", id=row.order_id), actor=actor, merchant_id=row.merchant_id,
        before=_told(before) if before else None, after=_told(row), announce=announce,
    )  # fmt: skip


def _told(row: OutboundRow) -> dict[str, object]:
    named = ("code", "warehouse_id", "word", "ref", "reason", "courier", "awb", "cancel_reason")
    words = {name: getattr(row, name).value for name in ("push_status", "state", "cancel", "cancel_cause")}
    return {"outbound_id": row.id} | {name: getattr(row, name) for name in named} | words
