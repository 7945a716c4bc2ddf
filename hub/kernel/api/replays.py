"""Gives a kept answer again instead of doing the work again."""

from __future__ import annotations

import re

import structlog
from litestar.concurrency import sync_to_thread
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from sqlalchemy.exc import DBAPIError

from hub.kernel.api.answers import LONGEST, Answers, Claim, Kept, request_of, scope_of
from hub.kernel.api.policy import Caller
from hub.kernel.api.requests import ApiRequest
from hub.kernel.errors import FieldError, Invalid

log = structlog.get_logger(__name__)
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")
_KEPT_HEADERS = (b"content-type", b"location", b"etag")
_NEVER_KEPT = (401, 403, 408, 413, 415, 429)  # said before the work began, and may be different next time


class Replays(ASGIMiddleware):
    """Claims the key of a POST, passes the request on, and keeps what was answered."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request = ApiRequest(scope, receive, send)
        key = request.headers.get("idempotency-key")
        caller = scope.get("auth")
        if request.method != "POST" or key is None or not isinstance(caller, Caller):
            await next_app(scope, receive, send)
            return
        if not _KEY.fullmatch(key):
            message = f"1 to {LONGEST} visible ASCII characters"
            raise Invalid(
                "this Idempotency-Key is malformed", errors=(FieldError(field="Idempotency-Key", message=message),)
            )
        digest = request_of(scope["query_string"].decode("latin-1"), await request.body())
        name = scope_of(caller.key_id, request.method, scope["path"], key)
        answers: Answers = scope["litestar_app"].state["answers"]
        found = await sync_to_thread(answers.claim, name, digest)
        if isinstance(found, Kept):
            await _send_kept(found, send)
            return
        scope["state"] |= {"claim": found, "answers": answers}
        await self._first(found, answers, scope, receive, send, next_app)

    async def _first(
        self, claim: Claim, answers: Answers, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        try:
            await next_app(scope, receive, hold)
        finally:
            answer = _answer_in(held)
            # What its effect's own transaction has kept is settled: no thread is to be waited for.
            if not (scope["state"].get("kept", False) and answer is not None and answer.status < 400):
                await sync_to_thread(self._settle, answers, claim, answer)
        for message in held:
            await send(message)

    @staticmethod
    def _settle(answers: Answers, claim: Claim, answer: Kept | None) -> None:
        try:
            if answer is None or answer.status >= 500 or answer.status in _NEVER_KEPT:
                answers.release(claim)
            else:
                answers.keep_late(claim, answer)
        except DBAPIError:
            # What happened has happened and is answered truly; the lease frees the key.
            log.warning("answer not kept", exc_info=True)


def _answer_in(held: list[Message]) -> Kept | None:
    status, headers, body = 0, [], b""
    for message in held:
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = [(name, value) for name, value in message["headers"] if name.lower() in _KEPT_HEADERS]
        elif message["type"] == "http.response.body":
            body += message["body"]
    return Kept(status=status, headers=headers, body=body) if status else None


async def _send_kept(kept: Kept, send: Send) -> None:
    length = (b"content-length", str(len(kept.body)).encode())
    headers = [*kept.headers, length, (b"idempotency-replayed", b"true")]
    await send({"type": "http.response.start", "status": kept.status, "headers": headers})
    await send({"type": "http.response.body", "body": kept.body, "more_body": False})
