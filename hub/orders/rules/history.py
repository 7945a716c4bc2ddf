"""Which orders of a shop are over for our stock: they had left before the shop was connected."""

from __future__ import annotations

from datetime import datetime

from hub_hookspecs import Order, OrderState

from hub.orders.rules.lines import MARGIN

_LEFT = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED)


def is_history(first_told: Order, connected_at: datetime) -> bool:
    """Whether an order left before its account was connected, by what is told of it first.

    Whoever counted the shelf did not count what had left it. A channel that tells when an order changed last may say
    that it left since: then it takes from the shelf as any other. What is still to be sent is no history.
    """
    if first_told.state not in _LEFT or first_told.fulfilled_by_channel:
        return False
    changed_at = first_told.updated_at or first_told.placed_at
    return max(first_told.placed_at, changed_at) < connected_at - MARGIN
