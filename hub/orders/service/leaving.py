"""Lets orders leave the merchant's own shelf by a person's word: their stock leaves with them, once."""

from __future__ import annotations

from hub_hookspecs import OrderState
from msgspec.structs import replace

from hub.channels import store
from hub.channels.service.wiring import Channels
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Refused
from hub.kernel.events import Actor
from hub.orders.rules.flags import Code, cut
from hub.orders.rules.leaving import Leaving, missing, objection
from hub.orders.rules.lines import Line, Standing
from hub.orders.service import away, manual
from hub.orders.service.drafts import Draft
from hub.orders.service.settling import settle
from hub.orders.store import flags, orders
from hub.orders.store.orders import Stored
from hub.stock.service.pushing import moment


def leave(db: Transaction, channels: Channels, before: Stored, *, courier: str, awb: str, actor: Actor) -> Stored:
    """Let an order leave, whole; `before` was read for change, and has not left before.

    What a channel says of it stays the channel's: only that it has left is ours to say.
    """
    _require_ready(before)
    _require_own(db, before)
    order, at = before.order, moment(db)
    seller = manual.seller_of(db, channels, order, actor=actor)
    now = replace(
        order, state=OrderState.SHIPPED, courier=courier or order.courier, awb=awb or order.awb, left_at=at,
        updated_at=at if order.source else order.updated_at,
    )  # fmt: skip
    draft = Draft(now=Stored(order=now, lines=before.lines), before=before, kind="order.shipped", by_hand=True)
    (settled,) = settle(db, seller, [draft])
    return settled.stored


def leave_in_part(db: Transaction, channels: Channels, before: Stored, *, actor: Actor) -> Stored:
    """Let the own shelf's part of an order leave, the rest of which a warehouse of others sends; read for change."""
    _require_ready(before)
    waits = flags.of_orders(db, [before.order.id]).get(before.order.id, ())
    if against := next((each for each in waits if each.code is Code.SEVERAL), None):
        raise Refused(f"the order cannot leave in parts: {against.reason}; {against.remedy}", code="order_not_split")
    return away.leave_own(db, channels, before, left_at=moment(db), actor=actor)


def _require_own(db: Transaction, before: Stored) -> None:
    """Refuse what a warehouse of others sends: it alone knows when that has left."""
    held = {line.warehouse_id for line in before.lines if line.standing is Standing.RESERVED and line.warehouse_id}
    houses = store.warehouses.named(db, before.order.merchant_id, held) if held else {}
    errors = tuple(
        FieldError(
            field=f"lines[{n}]",
            message=f"{cut(line.sku)} lies in {house.name}, which sends it by itself: choose another warehouse first",
        )
        for n, line in enumerate(before.lines)
        if (house := houses.get(line.warehouse_id or "")) and house.account_id and house.archived_at is None
        and line.standing is Standing.RESERVED
    )  # fmt: skip
    if errors:
        message = f"the order cannot leave from here: {'; '.join(each.message for each in errors[:5])}"
        raise Refused(message, code="order_elsewhere", errors=errors)


def send_by(db: Transaction, before: Stored, *, courier: str, awb: str) -> Stored:
    """Note who carries an order that has left, and under which number; `before` was read for change."""
    order = replace(before.order, courier=courier, awb=awb, version=before.order.version + 1, changed_at=moment(db))
    now = Stored(order=order, lines=before.lines)
    orders.write(db, [now])
    return now


def _require_ready(before: Stored) -> None:
    order = before.order
    lines = [Leaving(cut(line.sku), line.quantity, Line(line.units, line.standing)) for line in before.lines]
    if reason := objection(order.state, sent_by_channel=order.fulfilled_by_channel, lines=lines):
        raise Refused(f"the order cannot leave: {reason}", code="order_not_ready")
    errors = tuple(
        FieldError(field=f"lines[{n}]", message=reason) for n, line in enumerate(lines) if (reason := missing(line))
    )
    if errors:
        message = f"the order cannot leave: {'; '.join(each.message for each in errors[:5])}"
        raise Refused(message, code="order_not_ready", errors=errors)
