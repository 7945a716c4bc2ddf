"""Flags orders with what is the matter with their outbounds, and takes back what is not any more."""

from __future__ import annotations

from datetime import datetime

from hub_hookspecs import OrderState

from hub.fulfilment.rules.troubles import REMEDIES, Seen, Trouble, is_gone_elsewhere, troubles
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel.db import Transaction
from hub.orders.rules.flags import CLEARS, Flag
from hub.orders.service import flagging
from hub.orders.store import flags
from hub.orders.store.orders import OrderRow

_GONE = (OrderState.SHIPPED, OrderState.DELIVERED)


def of(db: Transaction, order: OrderRow, at: datetime) -> set[Trouble]:
    """What is the matter with the outbounds of an order, which is locked."""
    rows = outbounds.of_order(db, order.id)
    shipped = {key: sum(one.shipped for one in each) for key, each in outbounds.lines(db, [r.id for r in rows]).items()}
    return {trouble for row in rows for trouble in troubles(_seen(row, order, shipped[row.id], at))}


def tell(db: Transaction, order: OrderRow, before: set[Trouble], after: set[Trouble]) -> None:
    """Flag the order with what is the matter, the reasons of one code as one, and take back what is not any more.

    What a person may have seen to is said only where it is new since `before`.
    """
    flagged = {each.code for each in flags.of_orders(db, [order.id]).get(order.id, ()) if not each.is_ours}
    found = {one.code for one in after}
    for code in (flagged & REMEDIES.keys()) - found:
        flagging.drop_flag(db, order.id, code)
    news = {one.code for one in after - before}
    for code in sorted(found):
        if code in news or (code not in flagged and CLEARS[code] != "acknowledgement"):
            reason = "; ".join(sorted(one.reason for one in after if one.code is code))
            flagging.raise_flag(db, order, Flag(code, reason, REMEDIES[code]))


def _seen(row: OutboundRow, order: OrderRow, shipped: int, at: datetime) -> Seen:
    is_gone = order.state in _GONE and order.left_at is None
    return Seen(
        code=row.code, current=row.current, push_status=row.push_status, state=row.state, reason=row.reason,
        cancel=row.cancel, cancel_cause=row.cancel_cause, cancel_reason=row.cancel_reason, shipped=shipped,
        is_overdue=row.alerted_at is not None,
        is_gone_elsewhere=is_gone
        and is_gone_elsewhere(awb=row.awb, order_awb=order.awb, since=order.updated_at, at=at),
    )  # fmt: skip
