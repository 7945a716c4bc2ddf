"""Watches every request from outside: trace, security headers, metrics, one line in the log."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import cast

import anyio
import structlog
from litestar import Litestar, Router
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import (
    ControllerRouterHandler,
    HTTPScope,
    LifeSpanReceive,
    LifeSpanScope,
    LifeSpanSend,
    Message,
    Receive,
    Scope,
    Send,
)
from litestar.types.asgi_types import ReceiveMessage
from prometheus_client import Counter, Histogram

from hub.kernel import tracing

log = structlog.get_logger(__name__)

PAGES = "/schema"  # where Litestar would show documentation pages; they are off, `/openapi.json` is ours
RECEIVE_WITHIN = 30.0  # seconds for a whole body: the server itself has no such deadline
REQUESTS = Counter("hub_http_requests_total", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram("hub_http_request_seconds", "Time to answer", ("method", "route"))
_HEADERS = (  # as they are sent: every answer has them, and a mapping would look through all of it for each
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"cache-control", b"no-store"),
)
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"})


class TooSlow(HTTPException):
    """The body did not arrive in time."""

    status_code = HTTPStatus.REQUEST_TIMEOUT
    detail = f"the body did not arrive within {RECEIVE_WITHIN:.0f} seconds"


class CutOff(HTTPException):
    """The caller went away before the body was whole."""

    status_code = HTTPStatus.BAD_REQUEST
    detail = "the body ended early"


class HubApp(Litestar):
    """The application, watched: also answers that no route gives, such as 404 and 405, pass here."""

    def register(self, value: ControllerRouterHandler) -> None:  # type: ignore[override]  # as Litestar's own does
        if not (isinstance(value, Router) and value.path == PAGES):
            super().register(value)

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        if scope["type"] != ScopeType.HTTP:
            await super().__call__(scope, receive, send)
            return
        await self._watched(cast("HTTPScope", scope), cast("Receive", receive), cast("Send", send))  # so says its type

    async def _watched(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        trace = tracing.start(_header(scope, b"traceparent"))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace.trace_id)
        began, answered = time.perf_counter(), 0

        async def dressed(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = message["status"]
                given = list(message["headers"])
                names = {name.lower() for name, _ in given}
                own = [each for each in _HEADERS if each[0] not in names]
                message["headers"] = [*given, (b"traceparent", trace.header.encode()), *own]
            await send(message)

        try:
            await super().__call__(scope, _within_deadline(receive), dressed)
        finally:
            _note(scope, answered, time.perf_counter() - began)


def _note(scope: HTTPScope, status: int, seconds: float) -> None:
    route = scope.get("path_template", "unknown")
    method = scope["method"] if scope["method"] in _METHODS else "other"
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)
    log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def _within_deadline(receive: Receive) -> Receive:
    until: float | None = None
    whole = False

    async def timed() -> ReceiveMessage:
        nonlocal until, whole
        if whole:
            return await receive()
        until = until or anyio.current_time() + RECEIVE_WITHIN
        with anyio.move_on_at(until):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise CutOff
            whole = not (message["type"] == "http.request" and message.get("more_body", False))
            return message
        raise TooSlow

    return timed


def _header(scope: HTTPScope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
