"""The OpenAPI document: Litestar describes the routes, this adds what holds for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from hub.kernel.api.answers import LONGEST
from hub.kernel.api.observing import PAGES
from hub.kernel.api.policy import Policy, policy_of
from hub.kernel.api.problems import MEDIA_TYPE, Problem
from hub.kernel.api.queries import Known
from hub.kernel.api.uploads import ANYTHING, taken_by

Json = dict[str, Any]  # Any: a JSON object
_GENERIC = re.compile(r"\b([A-Z][a-z]+)_(?:[a-z_]+\.)*(\w+?)_(?=\")")  # Page_hub.merchants.schemas.Merchant_
_REF = "#/components/schemas/{name}"
_IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The first answer under this key is given again, byte for byte, for seven days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
}
_IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that this change was decided on; 412 where somebody changed it since.",
    "schema": {"type": "string"},
}
_WITH_RETRY_AFTER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def config(version: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Integration hub",
        version=version,
        use_handler_docstrings=True,
        path=PAGES,
        render_plugins=[JsonRenderPlugin()],
    )


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """What the routes take and answer; what is not named here is refused."""

    document: bytes  # OpenAPI, as JSON
    queries: Known


def describe(app: Litestar) -> Described:
    described = _document(app)
    return Described(document=msgspec.json.encode(described), queries=_known_queries(described))


def _document(app: Litestar) -> Json:
    """Describe the API with its errors, its keys and its common headers."""
    plain = msgspec.json.encode(app.openapi_schema.to_schema()).decode()
    described: Json = msgspec.json.decode(_GENERIC.sub(r"\1Of\2", plain))
    components: Json = described.setdefault("components", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "An API key: `hub_…`"}}
    _, problem = msgspec.json.schema_components([Problem], ref_template=_REF)
    components.setdefault("schemas", {}).update(problem)
    _tell_elements(described)
    handlers = {
        (route.path_format, method.lower()): handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler)
        for method in handler.http_methods
    }
    for path, method, operation in operations(described):
        if media_type := taken_by(handlers[path, method]):
            operation["requestBody"] = _file(media_type)
        policy = policy_of(handlers[path, method])
        if policy is not None:
            _complete(operation, path, method, policy)
        _refuse_unknown_fields(operation.get("requestBody", {}), components["schemas"])
    return described


def operations(described: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield path, method, operation


def _known_queries(described: Json) -> Known:
    """The query parameters of every documented operation, and whether one may be repeated."""
    return {
        (path, method.upper()): {
            parameter["name"]: _is_list(parameter["schema"])
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "query"
        }
        for path, method, operation in operations(described)
    }


def _complete(operation: Json, path: str, method: str, policy: Policy) -> None:
    operation["security"] = [] if policy.access is None else [{"key": []}]
    parameters = operation.setdefault("parameters", [])
    if method == "post" and policy.access is not None:
        parameters.append(_IDEMPOTENCY_KEY)
    if policy.matches:
        parameters.append(_IF_MATCH)
    operation["responses"] = {
        status: answer for status, answer in operation["responses"].items() if int(status) < HTTPStatus.BAD_REQUEST
    }
    for status in sorted(_refusals(operation, path, method, policy)):
        operation["responses"][str(int(status))] = _problem(status)


def _refusals(operation: Json, path: str, method: str, policy: Policy) -> set[HTTPStatus]:
    found = {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}
    if policy.access is not None:
        found |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
    if "{" in path:
        found.add(HTTPStatus.NOT_FOUND)
    if method != "get":
        found |= {HTTPStatus.CONFLICT, HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_TIMEOUT}
    if policy.matches:
        found.add(HTTPStatus.PRECONDITION_FAILED)
    if ANYTHING in operation.get("requestBody", {}).get("content", ()):
        found |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
    if "requestBody" in operation:
        found |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
    return found


def _file(media_type: str) -> Json:
    schema = {"type": "string", "format": "binary"}
    return {"required": True, "content": {media_type: {"schema": schema}}}


def _problem(status: HTTPStatus) -> Json:
    answer: Json = {
        "description": status.phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
    }
    if status in _WITH_RETRY_AFTER:
        answer["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
    return answer


def _refuse_unknown_fields(part: object, schemas: Json) -> None:
    """Say of every object that a body is made of that it takes no other fields."""
    if isinstance(part, list):
        for each in part:
            _refuse_unknown_fields(each, schemas)
    if not isinstance(part, dict):
        return
    if "properties" in part and "additionalProperties" not in part:
        part["additionalProperties"] = False
    name = str(part.get("$ref", "")).removeprefix(_REF.format(name=""))
    if name and "additionalProperties" not in schemas[name]:
        _refuse_unknown_fields(schemas[name], schemas)
    for each in part.values():
        _refuse_unknown_fields(each, schemas)


def _tell_elements(part: object) -> None:
    """Say plainly what an array is made of: of `tuple[X, …]` Litestar says "either X or anything, and never both"."""
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _tell_elements(each)
    if isinstance(part, dict) and isinstance(part.get("items"), dict):
        match part["items"].get("oneOf"):
            case [element, dict() as anything] if not anything:
                part["items"] = element


def _is_list(schema: Json) -> bool:
    return schema.get("type") == "array" or any(each.get("type") == "array" for each in schema.get("oneOf", ()))
