"""Who may call a route: every route declares it, and a route without a declaration is refused at start."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from hub.kernel.errors import HubError, NotFound
from hub.kernel.events import Actor
from hub.kernel.ids import is_id

OPT = "policy"


class Access(StrEnum):
    """What a key may do; each level includes the ones before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def includes(self, wanted: Access) -> bool:
        levels = list(Access)
        return levels.index(self) >= levels.index(wanted)


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """An API key at work: what it may do, and for whom. `merchants` None reaches all of them."""

    key_id: str
    access: Access
    merchants: frozenset[str] | None

    @property
    def actor(self) -> Actor:
        return Actor(kind="key", id=self.key_id)

    def reaches(self, merchant_id: str) -> bool:
        return self.merchants is None or merchant_id in self.merchants


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """`access` None: open to everyone. `platform`: only keys that reach every merchant. `matches`: heeds If-Match."""

    access: Access | None
    platform: bool = False
    matches: bool = False


class Unauthorised(HubError):
    """No key, or one that is unknown, revoked or expired."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "send a valid API key as 'Authorization: Bearer hub_…'; this one is missing, unknown, revoked or expired",
            code="unauthorised",
        )


class Forbidden(HubError):
    """The key is valid but may not do this."""

    status = 403

    def __init__(self, message: str) -> None:
        super().__init__(message, code="forbidden")


def allow(access: Access, *, platform: bool = False, matches: bool = False) -> dict[str, Policy]:
    """Declare a route's policy, as the `opt` of its decorator."""
    return {OPT: Policy(access=access, platform=platform, matches=matches)}


def open_to_all() -> dict[str, Policy]:
    """Declare that a route needs no key; each such route is listed in the tests."""
    return {OPT: Policy(access=None)}


def policy_of(handler: BaseRouteHandler) -> Policy | None:
    declared = handler.opt.get(OPT)
    return declared if isinstance(declared, Policy) else None


def is_automatic(handler: HTTPRouteHandler) -> bool:
    """Whether Litestar made the handler itself: OPTIONS answers nothing but the allowed methods."""
    return handler.http_methods == {"OPTIONS"}


def undeclared(app: Litestar) -> list[str]:
    """Name the routes without a policy."""
    return [
        f"{sorted(handler.http_methods)} {route.path}"
        for route in app.routes
        for handler in _handlers(getattr(route, "route_handlers", ()))
        if policy_of(handler) is None and not is_automatic(handler)
    ]


async def authorise(
    connection: ASGIConnection[Any, Any, Any, Any],  # Any: Litestar's own signature of a guard
    handler: BaseRouteHandler,
) -> None:
    """Refuse what the route's policy does not allow; another merchant's things look absent."""
    if isinstance(handler, HTTPRouteHandler) and is_automatic(handler):
        return
    policy = policy_of(handler)
    if policy is None:
        raise Forbidden("this route has no policy, so nobody may call it")
    _check_ids(connection.path_params)
    if policy.access is None:
        return
    caller = connection.scope.get("auth")
    if not isinstance(caller, Caller):
        raise Unauthorised
    merchant_id = connection.path_params.get("merchant_id")
    if merchant_id is not None and not caller.reaches(merchant_id):
        raise NotFound("merchant")
    if not caller.access.includes(policy.access):
        raise Forbidden(f"this key may {caller.access}, and this needs a key that may {policy.access}")
    if policy.platform and caller.merchants is not None:
        raise Forbidden("this needs a platform key: one that reaches every merchant")


def _check_ids(path_params: dict[str, Any]) -> None:  # Any: Litestar's own type of path parameters
    for name, value in path_params.items():
        if name.endswith("_id") and not is_id(str(value)):
            raise NotFound(name.removesuffix("_id").replace("_", " "))


def _handlers(handlers: Iterable[object]) -> list[HTTPRouteHandler]:
    return [handler for handler in handlers if isinstance(handler, HTTPRouteHandler)]
