"""What channels sent, as it came: proof of what was said, and by whom.

Buyers are in it, so it is sealed with the id of its row, shown to administrators alone, and each look at it stands in
the audit trail. It is kept as long as its row is.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime

import msgspec
from hub_hookspecs import WebhookRequest

from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Subject, record
from hub.kernel.http.redaction import Redactor
from hub.kernel.ids import new_id
from hub.kernel.sealing import KeyRing, seal_bytes, unseal_bytes
from hub.webhooks.rules import Sealed
from hub.webhooks.store import raw

HEADERS = 16_384  # bytes of names and values together; what comes behind is not kept
BATCH = 50  # resealed in one transaction: a message may be as large as the route lets it be
_OF_THE_WAY = frozenset({"host", "connection", "cookie", "forwarded", "via", "proxy-authorization", "x-real-ip"})


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it came; without the address it was sent to, which is a secret."""

    headers: dict[str, str]
    query: dict[str, str]
    body: bytes


class ShownMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel sent, by its row. `body` where it is UTF-8, else `body_base64`; never a bearer's token."""

    id: str
    plugin: str
    received_at: datetime
    headers: dict[str, str]
    query: dict[str, str]
    body: str | None
    body_base64: bytes | None


def sealed(ring: KeyRing, request: WebhookRequest) -> Sealed:
    """Seal a message for a row that is not there yet; bounded by what the route takes."""
    message = Message(headers=_kept(request.headers), query=dict(request.query), body=request.body)
    webhook_id = new_id()
    packed = zlib.compress(msgspec.msgpack.encode(message), 1)
    key_id, content = seal_bytes(ring, packed, _bound(webhook_id))
    return Sealed(webhook_id=webhook_id, key_id=key_id, content=content)


def show(db: Transaction, ring: KeyRing, merchant_id: str, webhook_id: str, *, actor: Actor) -> ShownMessage:
    """Show the message behind a merchant's hint, and note who looked at it.

    Raises `NotFound`, also where it was erased, and `Refused` where other merchants are in it too.
    """
    row = raw.find(db, merchant_id, webhook_id)
    if row is None:
        raise NotFound("webhook")
    if row.of_others:
        raise Refused("this message concerns other merchants too, so nobody is shown it", code="shared_message")
    if row.raw is None:
        raise NotFound("message: it was erased, or came before messages were kept")
    message = opened(ring, Sealed(webhook_id=row.id, key_id=row.raw_key, content=row.raw))
    subject = Subject(kind="webhook", id=webhook_id)
    record(db, "webhook.message_seen", subject=subject, actor=actor, merchant_id=merchant_id)
    return _shown(message, webhook_id, row.plugin, row.received_at)


def opened(ring: KeyRing, message: Sealed) -> Message:
    packed = unseal_bytes(ring, message.key_id, message.content, _bound(message.webhook_id))
    return msgspec.msgpack.decode(zlib.decompress(packed), type=Message)


def reseal_messages(db: Transaction, ring: KeyRing, *, limit: int = BATCH) -> int:
    """Reseal up to `limit` messages under the newest key; commit and call again until it answers 0."""
    old = raw.sealed_otherwise(db, ring.newest, limit=limit)
    raw.put_back(db, [_anew(ring, each) for each in old])
    return len(old)


def _anew(ring: KeyRing, message: Sealed) -> Sealed:
    bound = _bound(message.webhook_id)
    key_id, content = seal_bytes(ring, unseal_bytes(ring, message.key_id, message.content, bound), bound)
    return Sealed(webhook_id=message.webhook_id, key_id=key_id, content=content)


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The channel's own headers, with which it can be proven again; not those of proxies between it and us."""
    kept: dict[str, str] = {}
    room = HEADERS
    for name, value in headers.items():
        room -= len(name) + len(value)
        if room >= 0 and name not in _OF_THE_WAY and not name.startswith("x-forwarded-"):
            kept[name] = value
    return kept


def _shown(message: Message, webhook_id: str, plugin: str, received_at: datetime) -> ShownMessage:
    redactor = Redactor()
    text = _text(message.body)
    return ShownMessage(
        id=webhook_id, plugin=plugin, received_at=received_at,
        headers={name: redactor.text(value) for name, value in message.headers.items()},
        query={name: redactor.text(value) for name, value in message.query.items()},
        body=text, body_base64=message.body if text is None else None,
    )  # fmt: skip


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _bound(webhook_id: str) -> str:
    return f"webhook|{webhook_id}"
