"""What is sent: deliveries as the sandboxes make them, and what somebody else makes of them."""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
from hub_tokopedia.sandbox.postbox import signed

from tests.stalls import Shopify, Tokopedia

Stalls = tuple[Tokopedia, Shopify]
AGES_AGO = timedelta(days=3)
_STRANGER = "a secret of somebody else"
_DIGEST = "X-Shopify-Hmac-Sha256"


class Sort(enum.StrEnum):
    GENUINE = "genuine"
    FORGED = "forged"
    STALE = "stale"
    REPLAYED = "replayed"

    @property
    def is_hostile(self) -> bool:
        """It must be refused; a replay is answered like the first and has no effect."""
        return self in (Sort.FORGED, Sort.STALE)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One delivery about an order, by the channel's reference of it."""

    ref: str
    request: httpx.Request
    sort: Sort = Sort.GENUINE


def written(ref: str, stall: Tokopedia | Shopify) -> list[Letter]:
    """What the channel has to say of an order since it was asked last."""
    return [Letter(ref=ref, request=each) for each in stall.sandbox.deliveries()]


def forged(letter: Letter, dice: Random) -> Letter:
    """By who has no secret: signed with another one, changed on its way, or not signed at all."""
    make: Callable[[Letter], httpx.Request] = dice.choice((_signed_otherwise, _changed, _unsigned))
    return Letter(ref=letter.ref, request=make(letter), sort=Sort.FORGED)


def stale(letter: Letter, stalls: Stalls) -> Letter:
    """As it would be had it been recorded long ago: Tokopedia signs the date, Shopify names it beside."""
    request, then = letter.request, datetime.now(UTC) - AGES_AGO
    if _is_shopify(request):
        old = _like(request, headers={"X-Shopify-Triggered-At": then.isoformat()})
    else:
        registered = stalls[0].sandbox.registered()
        secret = registered.webhook_secret if registered else ""
        old = signed(str(request.url), request.content, secret, then)
    return Letter(ref=letter.ref, request=old, sort=Sort.STALE)


def replayed(letter: Letter) -> Letter:
    """The very same once more; Shopify signs no id, so there it goes by another."""
    request = letter.request
    if _is_shopify(request):
        request = _like(request, headers={"X-Shopify-Webhook-Id": str(uuid.uuid4())})
    return Letter(ref=letter.ref, request=request, sort=Sort.REPLAYED)


def is_the_same(letter: Letter) -> tuple[str, bytes]:
    """What a repeat has in common with the first."""
    request = letter.request
    return request.headers.get("X-Shopify-Topic", request.headers.get("Date", "")), request.content


def _signed_otherwise(letter: Letter) -> httpx.Request:
    request = letter.request
    if not _is_shopify(request):
        return signed(str(request.url), request.content, _STRANGER, datetime.now(UTC))
    mac = hmac.new(_STRANGER.encode(), request.content, hashlib.sha256).digest()
    return _like(request, headers={_DIGEST: base64.b64encode(mac).decode()})


def _changed(letter: Letter) -> httpx.Request:
    return _like(letter.request, body=letter.request.content.replace(b"{", b'{"x":1,', 1))


def _unsigned(letter: Letter) -> httpx.Request:
    return _like(letter.request, headers={_DIGEST: "", "Authorization": ""})


def _is_shopify(request: httpx.Request) -> bool:
    return _DIGEST in request.headers


def _like(request: httpx.Request, *, headers: dict[str, str] | None = None, body: bytes | None = None) -> httpx.Request:
    """The same request, signature and all, but for what is given."""
    given = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
    changed = given | {name.lower(): value for name, value in (headers or {}).items() if name.lower() in given}
    return httpx.Request("POST", request.url, headers=changed, content=request.content if body is None else body)
