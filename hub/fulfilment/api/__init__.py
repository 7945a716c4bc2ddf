"""Routes of parcels.

parcels   orders leave, and labels are made and printed
"""

from __future__ import annotations

from litestar import Router

from hub.fulfilment.api import parcels

router = Router("/v1", route_handlers=[*parcels.ROUTES], tags=["fulfilment"])
