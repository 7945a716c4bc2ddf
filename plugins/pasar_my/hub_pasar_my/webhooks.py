"""What Pasar MY tells by itself: believed as it was signed, and soon; it only says which orders to read again."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

import msgspec
from hub_hookspecs import BadSignature, Delivery, Hint, HintKind, Rejected, WebhookRequest

from hub_pasar_my.client import Event, signature

FRESH = timedelta(minutes=10)  # between its clock and the hub's


def delivery(request: WebhookRequest, secret: str) -> Delivery:
    at, given = request.headers.get("x-time", ""), request.headers.get("x-sign", "")
    if not hmac.compare_digest(signature(secret, at.encode(), request.body).encode(), given.encode()):
        raise BadSignature("the signature does not match time and body")
    made = datetime.fromtimestamp(int(at), UTC)  # what was signed is a number of seconds
    if abs(request.received_at - made) > FRESH:
        raise BadSignature("it was signed too long ago", code="stale")
    try:
        event = msgspec.json.decode(request.body, type=Event)
    except msgspec.DecodeError as error:
        raise Rejected("the message was signed by Pasar MY and cannot be read") from error
    return Delivery(key=event.id, hints=tuple(Hint(kind=HintKind.ORDER, ref=order) for order in event.orders))
