"""Proves that a webhook is Tokopedia's, over its raw bytes, and says which order is to be read again.

How webhooks are signed was never published in full: `Authorization: TKPD Tokopedia:<hmac>`, keyed by the secret that
was registered. What goes into it is taken from Tokopedia's own apps, which sign their requests with the same prefix.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec
from hub_hookspecs import BadSignature, Delivery, Hint, HintKind, WebhookRequest

from hub_tokopedia import payloads

PREFIX = "TKPD Tokopedia:"
FRESH = timedelta(
    minutes=15
)  # between Tokopedia's clock and the hub's; what is older may have been recorded and sent again


class _Told(payloads.Wire, frozen=True):
    """What all webhooks about orders have; the one about a buyer's wish to cancel has the order alone."""

    order_id: int = 0
    shop_id: int = 0


def delivery(request: WebhookRequest, secret: str) -> Delivery:
    """Take a webhook. One registration serves every shop of the app, so the payload says whose it is."""
    _prove(request, secret)
    try:
        told = payloads.read(request.body, _Told)
    except msgspec.DecodeError as error:
        raise BadSignature(f"no webhook of Tokopedia's: {error}") from error
    dated = request.headers.get("date", "").encode()
    return Delivery(key=hashlib.sha256(dated + b"\n" + request.body).hexdigest(), hints=_hints(told))


def _hints(told: _Told) -> tuple[Hint, ...]:
    if told.order_id <= 0:
        return ()  # it is not about an order, and only those were asked for
    shop_ref = str(told.shop_id) if told.shop_id > 0 else ""
    return (Hint(kind=HintKind.ORDER, ref=str(told.order_id), shop_ref=shop_ref),)


def _prove(request: WebhookRequest, secret: str) -> None:
    headers = request.headers
    given, digest = headers.get("authorization", ""), headers.get("content-md5", "")
    if not secret or not given.startswith(PREFIX):
        raise BadSignature("the webhook is not signed")
    # Without the digest the signature would hold for any body.
    if not hmac.compare_digest(_ascii(digest.lower()), hashlib.md5(request.body, usedforsecurity=False).hexdigest()):
        raise BadSignature("the digest is not that of the body")
    text = "\n".join((request.method, digest, headers.get("content-type", ""), headers.get("date", ""), request.path))
    wanted = base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()
    if not hmac.compare_digest(_ascii(given.removeprefix(PREFIX)), wanted):
        raise BadSignature("the signature does not match the webhook")
    if abs(request.received_at - _sent_at(headers.get("date", ""))) > FRESH:
        raise BadSignature("the webhook was signed too long ago", code="stale")


def _sent_at(date: str) -> datetime:
    try:
        sent = parsedate_to_datetime(date)
    except (ValueError, OverflowError) as error:
        raise BadSignature("the webhook does not say when it was sent") from error
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)


def _ascii(text: str) -> str:
    """`compare_digest` compares no other signs."""
    return text if text.isascii() else ""
