"""A request as handlers see it: a checked body, the caller, and an answer that may be kept."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec
from litestar import Request, Response
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from hub.kernel.api import bodies
from hub.kernel.api.answers import Kept
from hub.kernel.api.policy import Caller, Unauthorised
from hub.kernel.db import Transaction
from hub.kernel.events import Actor

T = TypeVar("T")
_INLINE = 16_384  # bytes; a larger body is read in a thread so that others are not kept waiting


class UnsupportedMediaType(HTTPException):
    """The body is not plain UTF-8 JSON."""

    status_code = 415
    detail = "send the body as 'application/json', UTF-8, without Content-Encoding"


class ApiRequest(Request[None, Caller, State]):
    """The request class of every route."""

    @property
    def caller(self) -> Caller:
        caller = self.scope.get("auth")
        if not isinstance(caller, Caller):
            raise Unauthorised
        return caller

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    async def json(self) -> Any:  # Any: the type that the handler declares
        """The body as its declared type; Litestar's own reading is lax and answers deep nesting with 500."""
        field = self.route_handler.parsed_data_field
        self._require_plain_json()
        body = await self.body()
        kind = field.annotation if field else Any
        if len(body) <= _INLINE:
            return bodies.decode(body, kind)
        return await sync_to_thread(bodies.decode, body, kind)

    def answer(
        self, db: Transaction, value: T, *, status: int = 201, headers: dict[str, str] | None = None
    ) -> Response[T]:
        """Answer with `value`; under an `Idempotency-Key` the answer is kept by the transaction of the effect."""
        body = msgspec.json.encode(value)
        sent = {"content-type": "application/json"} | (headers or {})
        claim, answers = self.scope["state"].get("claim"), self.scope["state"].get("answers")
        if claim is not None and answers is not None:
            named = [(name.lower().encode(), text.encode()) for name, text in sent.items()]
            answers.keep(db, claim, Kept(status=status, headers=named, body=body))
            self.scope["state"]["kept"] = True
        return Response(cast("T", body), status_code=status, headers=headers)  # already encoded: kept and sent alike

    def _require_plain_json(self) -> None:
        media_type, parameters = self.content_type
        charset = parameters.get("charset", "utf-8").lower()
        encoding = self.headers.get("content-encoding", "identity").lower()
        if media_type != "application/json" or charset not in ("utf-8", "utf8") or encoding != "identity":
            raise UnsupportedMediaType
