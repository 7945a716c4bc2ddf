"""Lets a person choose the warehouse that lines of an order are sent from, over whatever the rules say.

What lies in the merchant's own warehouse moves at once, or the choice is refused. What lies in a warehouse of others
stays there until fulfilment has had it stopped: it lets go of it, and it lies where it was chosen to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from hub.channels import store as channels_store
from hub.channels.service.warehouses import fault_of
from hub.channels.service.wiring import Channels
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, Refused
from hub.kernel.events import Actor
from hub.orders.rules.lines import Standing
from hub.orders.rules.routing import held_back
from hub.orders.service import manual, viewing
from hub.orders.service.drafts import Draft, Settled
from hub.orders.service.routing import Routes
from hub.orders.service.settling import settle
from hub.orders.store.orders import LineRow, Stored

_MAY_WAIT = (Standing.RESERVED, Standing.SHORT, Standing.UNLINKED, Standing.NONE, Standing.RELEASED)


def choose(
    db: Transaction, channels: Channels, before: Stored, warehouse_id: str, line_ids: Collection[str], *, actor: Actor
) -> Settled:  # fmt: skip
    """Have these lines sent from there, all of the order's where none is named; `before` was read for change.

    Refused where the warehouse cannot send them, or has not enough of them.
    """
    order = before.order
    found = channels_store.warehouses.named(db, order.merchant_id, [warehouse_id]).get(warehouse_id)
    if fault := fault_of(warehouse_id, found):
        shown = "is no warehouse of this merchant; list the warehouses to find it" if found is None else fault
        raise Invalid(f"the warehouse {shown}", errors=(FieldError(field="warehouse_id", message=shown),))
    lines = list(_chosen(before, line_ids))
    seller = manual.seller_of(db, channels, order, actor=actor)
    ids = {line.id for line in lines}
    now = Stored(
        order=order,
        lines=tuple(replace(line, chosen=warehouse_id) if line.id in ids else line for line in before.lines),
    )
    routes = viewing.routes_of(db, seller, viewing.known_of(db, seller, now), [now])
    _require_able(routes, now, warehouse_id, ids)
    _require_free(db, routes, now, warehouse_id, ids)
    draft = Draft(now=now, before=before, kind="order.warehouse_chosen", by_hand=True)
    (settled,) = settle(db, seller, [draft])
    _require_stock(settled, ids)
    return settled


def _chosen(before: Stored, line_ids: Collection[str]) -> Iterator[LineRow]:
    """The lines that are meant, as far as anything of them is still to be sent."""
    there = {line.id for line in before.lines}
    if errors := tuple(
        FieldError(field=f"line_ids[{n}]", message="is no line of this order")
        for n, each in enumerate(line_ids)
        if each not in there
    ):
        raise Invalid(f"{len(errors)} line(s) are not of this order", errors=errors)
    meant = [line for line in before.lines if line.id in line_ids or not line_ids]
    lines = [line for line in meant if line.quantity and line.standing in _MAY_WAIT]
    order = before.order
    reason = held_back(order.state, sent_by_channel=order.fulfilled_by_channel) if _is_over(before) else ""
    if reason or not lines:
        raise Refused(f"nothing of it is to be sent: {reason or 'it has left, or is wanted no more'}",
                      code="nothing_to_send")  # fmt: skip
    yield from lines


def _is_over(before: Stored) -> bool:
    order = before.order
    return order.fulfilled_by_channel or order.left_at is not None or order.state in viewing.OVER


def _require_able(routes: Routes, now: Stored, warehouse_id: str, ids: Collection[str]) -> None:
    verdicts = dict.fromkeys(
        each for line in now.lines if line.id in ids for each in routes.against(now.order, line, warehouse_id)
    )
    if verdicts:
        errors = tuple(FieldError(field="warehouse_id", message=f"{one.reason}; {one.remedy}") for one in verdicts)
        reasons = "; ".join(one.reason for one in verdicts)
        raise Refused(f"that warehouse cannot send it: {reasons}", code="warehouse_cannot_send", errors=errors)


def _require_free(db: Transaction, routes: Routes, now: Stored, warehouse_id: str, ids: Collection[str]) -> None:
    """Refuse what lies in a warehouse of others and could not lie there once it is let go of; decided is it then."""
    wanted: dict[str, int] = {}
    for line in now.lines:
        if line.id in ids and line.warehouse_id in routes.elsewhere - {warehouse_id}:
            for product, count in routes.needs[line.id].items():
                wanted[product] = wanted.get(product, 0) + count * line.quantity
    free = viewing.free(db, wanted)
    short = [f"{count} wanted, {there} free" for product, count in sorted(wanted.items())
             if (there := free.get((warehouse_id, product), 0)) < count]  # fmt: skip
    if short:
        errors = tuple(FieldError(field="warehouse_id", message=each) for each in short)
        raise Refused(f"there is not enough of it: {'; '.join(short[:5])}", code="not_enough_stock", errors=errors)


def _require_stock(settled: Settled, ids: Collection[str]) -> None:
    lacks = [
        FieldError(field="warehouse_id", message=str(lack))
        for line in settled.stored.lines
        if line.id in ids
        for lack in settled.lacks[line.id]
    ]
    if lacks:
        message = f"there is not enough of it: {'; '.join(each.message for each in lacks[:5])}"
        raise Refused(message, code="not_enough_stock", errors=tuple(lacks))
