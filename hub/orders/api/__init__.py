"""Routes of orders.

orders    orders are seen, made by hand, edited, cancelled, imported
"""

from __future__ import annotations

from litestar import Router

from hub.orders.api import orders

router = Router("/v1", route_handlers=[*orders.ROUTES], tags=["orders"])
