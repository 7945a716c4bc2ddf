"""Routes of stock.

levels   what lies where, and what moves it
"""

from __future__ import annotations

from litestar import Router

from hub.stock.api import levels

router = Router("/v1", route_handlers=[*levels.ROUTES], tags=["stock"])
