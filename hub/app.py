"""Builds the REST API: the routes of every slice under one set of conventions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from importlib.metadata import version

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.types import Scope

from hub.catalog import api as catalog
from hub.channels import api as channels
from hub.crosslisting import api as crosslisting
from hub.fulfilment import api as fulfilment
from hub.kernel.api import event_routes, file_routes, job_routes, openapi, probes, problems
from hub.kernel.api.answers import Answers
from hub.kernel.api.doors import PER_KEY, Door, Keeper, add_rate_headers
from hub.kernel.api.limits import Rate
from hub.kernel.api.methods import tell_methods
from hub.kernel.api.observing import HubApp
from hub.kernel.api.policy import authorise, undeclared
from hub.kernel.api.queries import check_queries
from hub.kernel.api.replays import Replays
from hub.kernel.api.requests import ApiRequest
from hub.linking import api as linking
from hub.merchants import api as merchants
from hub.merchants.service import Admission
from hub.notices import api as notices
from hub.orders import api as orders
from hub.runtime import Runtime
from hub.stock import api as stock
from hub.stock.service import alarming
from hub.webhooks import api as webhooks
from hub.webhooks.api.inbox import Inbox

BODY_LIMIT = 1_000_000  # bytes

ROUTERS: list[Router] = [
    probes.router,
    merchants.router,
    channels.router,
    catalog.router,
    stock.router,
    linking.router,
    crosslisting.router,
    orders.router,
    webhooks.inbox,
    webhooks.router,
    fulfilment.router,
    fulfilment.labels,
    notices.router,
    file_routes.router,
    job_routes.router,
    event_routes.router,
]


def create_app(runtime: Runtime, *, is_well: Callable[[], bool] | None = None) -> Litestar:
    """Build the API of this hub.

    `is_well`: whether the jobs that run in this very process are looked after; None where none run here.
    """
    app = build()
    attach(app, runtime, is_well=is_well)
    return app


def build() -> Litestar:
    """Build the API over no hub yet; a route without a declared policy stops it here."""
    app = HubApp(
        route_handlers=ROUTERS,
        request_class=ApiRequest,
        request_max_body_size=BODY_LIMIT,
        dependencies={field.name: _part(field.name) for field in fields(Runtime)},
        middleware=[Door(), Replays()],
        guards=[authorise, check_queries],
        exception_handlers={Exception: problems.respond},
        before_send=[add_rate_headers, tell_methods],
        on_startup=[_size_threads],
        openapi_config=openapi.config(version("integration-hub")),
        logging_config=None,
        debug=False,
    )
    if missing := undeclared(app):
        raise RuntimeError(f"routes without a policy: {', '.join(missing)}")
    app.state["described"] = openapi.describe(app)
    return app


def attach(
    app: Litestar, runtime: Runtime, *, per_key: Rate = PER_KEY, is_well: Callable[[], bool] | None = None
) -> None:
    """Let the API speak for this hub, and for no other from now on."""
    admit = Admission(runtime.database, runtime.settings.environment)
    app.state["runtime"] = runtime
    app.state["keeper"] = Keeper(admit, per_key=per_key)
    app.state["answers"] = Answers(runtime.database, runtime.ring)
    app.state["inbox"] = Inbox(runtime.channels)
    app.state["is_well"] = is_well
    app.state["measures"] = alarming.MEASURES


def _part(name: str) -> Provide:
    """Give the handlers that ask for it by name this part of the hub."""

    def given(scope: Scope) -> object:
        return getattr(scope["litestar_app"].state["runtime"], name)

    return Provide(given, sync_to_thread=False)


async def _size_threads(app: Litestar) -> None:
    """As many handlers at once as the pool has connections: more would only queue for one."""
    threads = app.state["runtime"].settings.threads
    executor = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="api")
    asyncio.get_running_loop().set_default_executor(executor)
