"""Refuses what a route does not know: query parameters, and a body where none is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from hub.kernel.api.uploads import ANYTHING, check_upload, taken_by
from hub.kernel.errors import FieldError, Invalid

Known = Mapping[tuple[str, str], Mapping[str, bool]]
"""By path and method: the names of the query parameters, and whether one may be repeated."""


async def check_queries(
    connection: ASGIConnection[Any, Any, Any, Any],  # Any: Litestar's own signature of a guard
    handler: BaseRouteHandler,
) -> None:
    """Refuse what the route's description does not name, so that what is documented is what is accepted."""
    known: Known = connection.app.state["described"].queries
    route = connection.scope.get("path_template", ""), str(connection.scope.get("method", ""))
    media_type = taken_by(handler)
    if route not in known or not isinstance(connection, Request) or media_type == ANYTHING:
        return
    if errors := _query_errors(connection.scope["query_string"], known[route]):
        raise Invalid(f"{len(errors)} query parameter(s) need to change", errors=errors)
    if media_type:
        await check_upload(connection, media_type)
        return
    body = handler.parsed_fn_signature.parameters.get("data")
    if body is None and _announces_body(connection) and await connection.body():
        raise Invalid("this reads no body; send none", errors=(FieldError(field="", message="send no body"),))
    if body is not None and not body.has_default and not await connection.body():
        raise Invalid("this needs a JSON body", errors=(FieldError(field="", message="send a JSON object"),))


def _query_errors(query: bytes, known: Mapping[str, bool]) -> tuple[FieldError, ...]:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace")
    counted = Counter(name for name, _ in pairs)
    errors = {name[:100]: "is not a known parameter" for name in counted if name not in known}
    errors |= {name: "occurs twice" for name, count in counted.items() if count > 1 and known.get(name) is False}
    errors |= {name[:100]: "must be UTF-8 without NUL" for name, text in pairs if "\0" in text or "\ufffd" in text}
    return tuple(FieldError(field=name, message=message) for name, message in errors.items())


def _announces_body(request: Request[Any, Any, Any]) -> bool:  # Any: any request of ours
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
