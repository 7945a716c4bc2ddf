"""Lets a request in: who calls, and not too fast."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from litestar.concurrency import sync_to_thread
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from hub.kernel.api.limits import Allowance, Buckets, Rate, TooMany
from hub.kernel.api.policy import Caller, Unauthorised, policy_of
from hub.kernel.api.requests import ApiRequest
from hub.kernel.ids import is_id

log = structlog.get_logger(__name__)

Admit = Callable[[str, str | None], Caller]
"""Turn the text of a key, and the merchant it asks for, into a caller; `Unauthorised` or `NotFound` otherwise."""

PER_KEY = Rate(per_second=50, burst=500)
FAILURES = Rate(per_second=0.5, burst=30)  # wrong keys from one address: a guess costs two seconds


class Keeper:
    """Whom one hub admits, and how fast each key and each guesser has been of late."""

    def __init__(self, admit: Admit, *, per_key: Rate = PER_KEY, failures: Rate = FAILURES) -> None:
        self.admit = admit
        self.calls = Buckets(per_key)
        self.failures = Buckets(failures)


class Door(ASGIMiddleware):
    """Authenticates and meters every route that is not open to all, as the app's `keeper` says."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        policy = policy_of(scope["route_handler"])
        if policy is None or policy.access is None:
            await next_app(scope, receive, send)
            return
        keeper: Keeper = scope["litestar_app"].state["keeper"]
        scope["auth"] = caller = await self._caller(keeper, ApiRequest(scope, receive, send))
        structlog.contextvars.bind_contextvars(key=caller.key_id)
        allowance = keeper.calls.take(caller.key_id)
        scope["state"]["allowance"] = allowance
        if allowance.wait:
            raise TooMany(allowance.wait)
        await next_app(scope, receive, send)

    async def _caller(self, keeper: Keeper, request: ApiRequest) -> Caller:
        address = request.client.host if request.client else ""
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        shown = text.strip() if kind.lower() == "bearer" else ""
        merchant_id = request.path_params.get("merchant_id", "")
        try:
            # What is no id is never looked up; the guard answers it like an absent one.
            return await sync_to_thread(keeper.admit, shown, merchant_id if is_id(merchant_id) else None)
        except Unauthorised:
            log.warning("key refused", address=address, path=request.url.path)
            # Behind a proxy all callers share an address: whoever guesses is slowed, never one with a good key.
            if wait := keeper.failures.take(address).wait:
                raise TooMany(wait) from None
            raise


async def add_rate_headers(message: Message, scope: Scope) -> None:
    """Tell every caller what is left, also in refusals."""
    allowance = scope.get("state", {}).get("allowance")
    if message["type"] == "http.response.start" and isinstance(allowance, Allowance):
        named = ((name.lower().encode(), value.encode()) for name, value in allowance.headers.items())
        message["headers"] = [*message["headers"], *named]
