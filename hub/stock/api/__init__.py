"""Routes of stock.

levels      what lies where, and what moves it
telling     what channels are told, by which rules, and why
stocktakes  what people count, by a workbook
plans       what would be told, and who lets it be told
"""

from __future__ import annotations

from litestar import Router

from hub.stock.api import levels, plans, stocktakes, telling

router = Router(
    "/v1", route_handlers=[*levels.ROUTES, *telling.ROUTES, *stocktakes.ROUTES, *plans.ROUTES], tags=["stock"]
)  # fmt: skip
