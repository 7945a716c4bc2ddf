"""Routes of parcels, and of what 3PLs are told.

parcels        orders leave, and labels are made and printed
outbounds      what 3PLs are to send
cancellations  orders are called off as a whole
inbounds       what is on its way to 3PLs
placements     products in their warehouses
syncs          what lies there, by their own word
reconciling    what they and the hub know differently
"""

from __future__ import annotations

from litestar import Router

from hub.fulfilment.api import cancellations, inbounds, outbounds, parcels, placements, reconciling, syncs

ROUTES = [
    *parcels.ROUTES, *outbounds.ROUTES, *cancellations.ROUTES, *inbounds.ROUTES, *placements.ROUTES, *syncs.ROUTES,
    *reconciling.ROUTES,
]  # fmt: skip
router = Router("/v1", route_handlers=ROUTES, tags=["fulfilment"])
labels = Router("/", route_handlers=outbounds.OPEN_ROUTES, tags=["fulfilment"])  # for those who have no key
