"""Routes of stock.

levels      what lies where, and what moves it
telling     what channels are told, by which rules, and why
stocktakes  what people count, by a workbook
plans       what would be told, and who lets it be told
freshness   figures that are behind
retelling   figures that a person has told again
timeline    what happened to a product, and how it stood at an instant
"""

from __future__ import annotations

from litestar import Router

from hub.stock.api import freshness, levels, plans, retelling, stocktakes, telling, timeline

router = Router(
    "/v1",
    route_handlers=[
        *levels.ROUTES,
        *telling.ROUTES,
        *stocktakes.ROUTES,
        *plans.ROUTES,
        *timeline.ROUTES,
        *freshness.ROUTES,
        *retelling.ROUTES,
    ],
    tags=["stock"],
)
