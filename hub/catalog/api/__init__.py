"""Routes of the catalogue.

imports   what channels list, brought in      listings  as they stand
products  what the merchant sells
"""

from __future__ import annotations

from litestar import Router

from hub.catalog.api import imports, listings, products

router = Router(
    "/v1", route_handlers=[*imports.ROUTES, *listings.ROUTES, *products.ROUTES], tags=["catalogue"]
)  # fmt: skip
