"""Lets a person say that a flag was seen to whose cause stays: what came back was counted, the channel was asked."""

from __future__ import annotations

from msgspec.structs import replace

from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor, Subject
from hub.orders.rules.flags import ACKNOWLEDGED, CLEARS, Code
from hub.orders.service import flagging
from hub.orders.store import flags, orders
from hub.orders.store.orders import Stored
from hub.stock.service.pushing import moment


def acknowledge(db: Transaction, before: Stored, code: Code, why: str, *, actor: Actor) -> Stored:
    """Let an order wait for this no more, until its cause is another one; `before` was read for change. Twice is once.

    No stock moves. Refused where the flag goes by itself, or the order is not flagged so.
    """
    if code not in ACKNOWLEDGED:
        message = f"{code.value} is not acknowledged: it goes by itself with its cause ({CLEARS[code]})"
        raise Refused(message, code="flag_clears_itself")
    raised = next(
        (one for one in flags.of_orders(db, [before.order.id]).get(before.order.id, ()) if one.code is code), None
    )
    if raised is not None and not raised.is_ours:
        return _told(db, before, raised.reason, code, why, actor=actor)
    flag = next((one for one in flagging.of(before, {}) if one.code is code), None)
    if flag is None:
        raise Refused(f"the order does not wait for a person because of {code.value}", code="not_flagged")
    seen = flagging.acknowledged(before.order)
    if seen.get(code.value) == flag.mark:
        return before
    return _told(db, before, flag.reason, code, why, actor=actor, seen=seen | {code.value: flag.mark})


def _told(
    db: Transaction, before: Stored, reason: str, code: Code, why: str, *, actor: Actor,
    seen: dict[str, str] | None = None,
) -> Stored:  # fmt: skip
    """Take the flag away. What another slice says it says again only when it is something else: nothing is noted."""
    kept = before.order.acknowledged if seen is None else flagging.written(seen)
    order = replace(before.order, acknowledged=kept, version=before.order.version + 1, changed_at=moment(db))
    now = Stored(order=order, lines=before.lines)
    orders.write(db, [now])
    flags.remove(db, order.id, code)
    events.record(
        db, "order.flag_acknowledged", subject=Subject(kind="order", id=order.id), actor=actor,
        merchant_id=order.merchant_id, before={"flag": code.value, "reason": reason}, after={"why": why},
    )  # fmt: skip
    return now
