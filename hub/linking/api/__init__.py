"""Routes of linking.

listings     confirm, ignore, restore, unlink, link by hand
steps        merge products, undo any step
suggestions  codes that may be mistyped
"""

from __future__ import annotations

from litestar import Router

from hub.linking.api import listings, steps, suggestions

router = Router("/v1", route_handlers=[*listings.ROUTES, *steps.ROUTES, *suggestions.ROUTES], tags=["linking"])
