"""The REST API of the channels slice."""

from __future__ import annotations

from litestar import Router

from hub.channels.api import accounts, callbacks, exchanges, places, plugins, warehouses

router = Router(
    "/v1",
    route_handlers=[
        *plugins.ROUTES, *accounts.ROUTES, *callbacks.ROUTES, *exchanges.ROUTES, *places.ROUTES, *warehouses.ROUTES,
    ],
    tags=["channels"],
)  # fmt: skip
