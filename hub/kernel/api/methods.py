"""OPTIONS tells every method of a path: Litestar's own answer knows only those of the first handler there."""

from __future__ import annotations

from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope


async def tell_methods(message: Message, scope: Scope) -> None:
    """Write the Allow of an answer to OPTIONS, as a step before it is sent."""
    if message["type"] != "http.response.start" or scope.get("method") != "OPTIONS":
        return
    if methods := _methods(scope["litestar_app"], scope.get("path_template", "")):
        MutableScopeHeaders.from_message(message)["Allow"] = ", ".join(sorted(methods))


def _methods(app: Litestar, template: str) -> set[str]:
    routes = (route for route in app.routes if isinstance(route, HTTPRoute) and route.path_format == template)
    return {method for route in routes for method in route.methods}
