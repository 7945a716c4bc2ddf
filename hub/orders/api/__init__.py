"""Routes of orders.

orders    orders are seen, made by hand, edited, cancelled, imported
routing   and sent from one warehouse or another
"""

from __future__ import annotations

from litestar import Router

from hub.orders.api import orders, routing

router = Router("/v1", route_handlers=[*orders.ROUTES, *routing.ROUTES], tags=["orders"])
