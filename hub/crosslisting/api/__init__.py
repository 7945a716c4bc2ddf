"""Routes of cross-listings, and of the categories of channels."""

from __future__ import annotations

from litestar import Router

from hub.crosslisting.api import categories, crosslistings

router = Router(
    "/v1/merchants/{merchant_id:str}",
    route_handlers=[*crosslistings.ROUTES, *categories.ROUTES],
    tags=["cross-listing"],
)
