"""In which states an order is still open: something is to be sent, or to be heard of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from hub_hookspecs import OrderState

OPEN = (OrderState.UNPAID, OrderState.READY, OrderState.CANCEL_REQUESTED, OrderState.UNKNOWN)


def is_open(order: Any) -> sa.ColumnElement[bool]:  # Any: columns by name
    """As the index of open orders says it."""
    found: sa.ColumnElement[bool] = order.state.in_([sa.literal_column(f"'{each.value}'") for each in OPEN])
    return found
