"""Every error as `application/problem+json`: one shape, an honest status, and a trace id to ask about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec
import sqlalchemy as sa
import structlog
from hub_hookspecs import errors as channel
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import BaseRouteHandler

from hub.kernel import tracing
from hub.kernel.errors import FieldError, HubError
from hub.kernel.shortages import is_shortage
from hub.kernel.wording import in_words

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
DATABASE_UNAVAILABLE = "database_unavailable"
AGAIN = timedelta(seconds=2)  # when we cannot know better how long a shortage lasts


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457, with a stable `code`, who said no, whether trying again can help, and the fields to mend."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    source: str = "hub"
    retryable: bool = False
    trace_id: str = ""
    errors: tuple[FieldError, ...] = ()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What an exception means to the caller."""

    status: int
    code: str
    detail: str
    source: str = "hub"
    retryable: bool = False
    retry_after: timedelta | None = None
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = {}


def respond(
    request: Request[Any, Any, Any],  # Any: Litestar's own signature of an exception handler
    error: Exception,
) -> Response[Problem]:
    """Answer `error`; what nobody expected stays a 500 and is logged with its traceback."""
    verdict = judge(error)
    if isinstance(error, ValidationException):
        verdict = _as_written(verdict, request.route_handler)
    if verdict.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", method=request.method, path=shown_path(request), exc_info=error)
    if verdict.code == DATABASE_UNAVAILABLE:
        cause = str(getattr(error, "orig", None) or error)
        log.warning("database unavailable", method=request.method, path=shown_path(request), cause=cause)
    return answer(verdict)


def shown_path(request: Request[Any, Any, Any]) -> str:  # Any: as above
    """The path as it may be logged: a token in it is a secret."""
    path = request.url.path
    for name, value in request.scope.get("path_params", {}).items():
        if name.endswith("token"):
            path = path.replace(str(value), "…")
    return path


def answer(verdict: Verdict) -> Response[Problem]:
    trace = tracing.current()
    headers = dict(verdict.headers)
    if verdict.retry_after is not None:
        headers["Retry-After"] = str(max(1, -(-verdict.retry_after // timedelta(seconds=1))))
    problem = Problem(
        type=f"/problems/{verdict.code}",
        title=HTTPStatus(verdict.status).phrase,
        status=verdict.status,
        detail=verdict.detail,
        code=verdict.code,
        source=verdict.source,
        retryable=verdict.retryable,
        trace_id=trace.trace_id if trace else "",
        errors=verdict.errors,
    )
    return Response(problem, status_code=verdict.status, media_type=MEDIA_TYPE, headers=headers)


def judge(error: Exception) -> Verdict:
    match error:
        case HubError():
            return _no(error)
        case channel.ChannelError():
            return _channel(error)
        case ValidationException():
            return _invalid_parameters(error)
        case HTTPException():
            return _http(error)
        case sa.exc.TimeoutError() | sa.exc.DBAPIError() if is_shortage(error):
            detail = "the database is busy or away; try again in a moment"
            return Verdict(status=503, code=DATABASE_UNAVAILABLE, detail=detail, retryable=True, retry_after=AGAIN)
        case _:
            detail = "this is a fault of the hub, noted under its trace id"
            return Verdict(status=500, code="internal", detail=detail)


def _no(error: HubError) -> Verdict:
    after = getattr(error, "retry_after", AGAIN if error.status in (429, 503) else None)
    return Verdict(
        status=error.status,
        code=error.code,
        detail=str(error),
        source=error.source,
        retryable=error.retryable,
        retry_after=after,
        errors=error.errors,
        headers={"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else {},
    )


def _channel(error: channel.ChannelError) -> Verdict:
    retry_after = None
    match error:
        case channel.Temporary():
            limited = isinstance(error, channel.RateLimited)
            status, code = 503, "channel_rate_limited" if limited else "channel_unavailable"
            retry_after = error.retry_after or AGAIN
        case channel.UnknownOutcome():
            status, code = 504, "unknown_outcome"
        case channel.BadSignature():
            status, code = 401, "bad_signature"
        case channel.ActionRequired() | channel.TokenExpired():
            status, code = 422, "action_required"
        case _:
            status, code = 422, "channel_rejected"
    return Verdict(
        status=status,
        code=error.code or code,
        detail=str(error),
        source="channel",
        retryable=retry_after is not None,
        retry_after=retry_after,
    )


def _invalid_parameters(error: ValidationException) -> Verdict:
    found = error.extra if isinstance(error.extra, list) else []
    errors = tuple(
        FieldError(field=str(each.get("key", "")), message=str(each.get("message", "")))
        for each in found
        if isinstance(each, dict)
    )
    detail = f"{len(errors)} parameter(s) need to change" if errors else error.detail
    return Verdict(status=422, code="invalid", detail=detail, errors=errors)


def _as_written(verdict: Verdict, handler: BaseRouteHandler) -> Verdict:
    """Name parameters as the caller writes them, and say in words what is wrong with them.

    Litestar or Python has taken some names from the handlers.
    """
    taken = handler.parsed_fn_signature.parameters
    names = {name: getattr(field.kwarg_definition, "name", "") for name, field in taken.items()}
    kinds = {name: field.annotation for name, field in taken.items()}
    errors = (
        FieldError(field=names.get(each.field) or each.field, message=in_words(each.message, kinds.get(each.field)))
        for each in verdict.errors
    )
    return msgspec.structs.replace(verdict, errors=tuple(errors))


def _http(error: HTTPException) -> Verdict:
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Verdict(status=500, code="internal", detail="this is a fault of the hub, noted under its trace id")
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_").replace("-", "_")
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    return Verdict(status=error.status_code, code=code, detail=error.detail or code, headers=headers)
