"""Where channels call: the address is found first, then what was sent is proven, kept and answered.

Nobody needs a key here: the address is a secret, and what is sent to it is signed. So nothing of it is read before the
address is known, and nothing is kept before the signature is proven.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

import structlog
from hub_hookspecs import BadSignature, Delivery, HintKind, Rejected, WebhookRequest
from litestar import Response, post
from litestar.datastructures import State
from litestar.params import PathParameter
from prometheus_client import Counter

from hub.channels.service import callbacks
from hub.channels.service.callbacks import Callback, Disabled, no_address
from hub.channels.service.wiring import Channels
from hub.kernel.api.limits import Buckets, Rate, TooMany
from hub.kernel.api.policy import open_to_all
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.uploads import ANYTHING, takes
from hub.webhooks.api.lines import Line
from hub.webhooks.rules import Refusal
from hub.webhooks.service import messages, receiving
from hub.webhooks.service.tallying import Tally

log = structlog.get_logger(__name__)

LARGEST = 2_000_000  # bytes
SEARCHES = Rate(per_second=50, burst=500)  # for addresses that nobody called of late, from one network address
Plugin = Annotated[str, PathParameter(description="The plugin, by name.")]
Token = Annotated[str, PathParameter(description="The secret part of the address that the channel was told.")]
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_KNOWN = 10_000  # addresses remembered
_GUESSED = ""  # in line all addresses that nobody called of late are one
WEBHOOKS = Counter("hub_webhooks_total", "Deliveries of channels", ("plugin", "outcome"))


class Inbox:
    """Takes what channels send to one hub."""

    def __init__(self, channels: Channels, *, searches: Rate = SEARCHES) -> None:
        self._channels = channels
        self._lines = {name: Line(name) for name in channels.hosts.loaded}
        self._searches = Buckets(searches)
        self._tally = Tally()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    async def receive(self, request: ApiRequest, plugin: str, token: str) -> Response[bytes]:
        """Take one delivery, or say why not."""
        line = self._lines.get(plugin)
        if line is None or not _TOKEN.fullmatch(token):
            raise no_address()
        is_known = self._let_search(request.client.host if request.client else "", (plugin, token))
        found = await line.run(lambda: self._find(plugin, token), token if is_known else _GUESSED)
        told = _told(request, await request.body(), path=found.path, at=self._channels.database.clock.now())
        delivery = await line.run(lambda: self._take(found, told), token)
        return Response(
            delivery.reply_body, status_code=delivery.reply_status, headers={"Content-Type": delivery.reply_type}
        )

    def _let_search(self, address: str, wanted: tuple[str, str]) -> bool:
        """Bound what guessing costs us; whether it is known. Behind a proxy all share an address: that is let in."""
        with self._lock:
            if wanted in self._known:
                self._known.move_to_end(wanted)
                return True
        if wait := self._searches.take(address).wait:
            raise TooMany(wait)
        return False

    def _find(self, plugin: str, token: str) -> Callback:
        with self._channels.database.reading() as db:
            found = callbacks.callback(self._channels, db, plugin, token)
        with self._lock:
            self._known[plugin, token] = None
            if len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        return found

    def _take(self, found: Callback, told: WebhookRequest) -> Delivery:
        plugin = found.host.name
        try:
            delivery = found.host.parse_webhook(found.door, told)
        except Rejected as error:
            self._refused(found.credentials, plugin, _why(error))
            raise found.otherwise or error from None
        if found.otherwise and all(hint.kind is not HintKind.ERASE_BUYER for hint in delivery.hints):
            if isinstance(found.otherwise, Disabled):
                self._refused(found.credentials, plugin, Refusal.DISABLED)
            raise found.otherwise
        message = messages.sealed(self._channels.ring, told)
        with self._channels.database.writing() as db:
            is_new = receiving.take(
                db, found.credentials, message, plugin=plugin, delivery=delivery, received_at=told.received_at
            )
        _note(plugin, "taken" if is_new else "repeated", hints=len(delivery.hints))
        return delivery

    def _refused(self, credentials: str, plugin: str, code: Refusal) -> None:
        _note(plugin, code.value)
        if self._tally.count(credentials, code):
            with self._channels.database.writing() as db:
                self._tally.write(db, credentials, plugin=plugin, at=self._channels.database.clock.now())


@post(
    "/webhooks/{plugin:str}/{connection_token:str}",
    opt=open_to_all() | takes(ANYTHING),
    operation_id="receive_webhook",
    status_code=200,
    request_max_body_size=LARGEST,
)
async def receive_webhook(
    request: ApiRequest, state: State, plugin: Plugin, connection_token: Token
) -> Response[bytes]:
    """Take what a channel sends to an address that it was given; each channel proves itself in its own way."""
    inbox: Inbox = state["inbox"]
    return await inbox.receive(request, plugin, connection_token)


def _told(request: ApiRequest, body: bytes, *, path: str, at: datetime) -> WebhookRequest:
    headers: dict[str, str] = {}
    for raw_name, raw in request.scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True, errors="replace"))
    return WebhookRequest(headers=headers, query=query, body=body, received_at=at, method=request.method, path=path)


def _why(error: Rejected) -> Refusal:
    if error.code == Refusal.STALE:
        return Refusal.STALE
    return Refusal.BAD_SIGNATURE if isinstance(error, BadSignature) else Refusal.OTHER


def _note(plugin: str, outcome: str, **more: int) -> None:
    WEBHOOKS.labels(plugin, outcome).inc()
    log.info("webhook", plugin=plugin, outcome=outcome, **more)
