"""What the warehouse tells by itself in the JSON dialect, proven over the raw bytes and the time."""

import hmac

from hub_hookspecs import BadSignature, WebhookRequest

from hub_fastock_my.port import Callback, Unreadable
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire import moments
from hub_fastock_my.wire.jsonfx import shapes
from hub_fastock_my.wire.jsonfx.signing import sign_callback

_TYPE = "application/json"
_TAKEN = shapes.write(shapes.Envelope(code="SUCCESS", message="taken"))
_UNREADABLE = shapes.write(shapes.Envelope(code="missing-parameter", message="the callback cannot be read"))


def read(request: WebhookRequest, settings: FastockSettings) -> Callback:
    """Say which documents it is about. A repeat is taken like the first."""
    _prove(request, settings)
    try:
        told = shapes.read(request.body, shapes.Told)
    except Unreadable:
        return Callback(reply=_UNREADABLE, reply_type=_TYPE)
    documents = tuple(number for number in (told.inbound_no, told.outbound_no) if number)
    of_stock = told.warehouse_code if told.event.startswith("inventory.") else ""
    return Callback(documents=documents, warehouses=(of_stock,) if of_stock else (), reply=_TAKEN, reply_type=_TYPE)


def _prove(request: WebhookRequest, settings: FastockSettings) -> None:
    app_key, _, given = request.headers.get("authorization", "").partition(":")
    timestamp = request.headers.get("x-timestamp", "")
    if not given or not timestamp:
        raise BadSignature("the callback is not signed")
    if app_key != settings.app_key:
        raise BadSignature("the callback is for another AppKey")
    wanted = sign_callback(timestamp, request.body, settings.secret_key)
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise BadSignature("the signature does not match the callback")
    if not moments.is_fresh(timestamp, request.received_at):
        raise BadSignature("the callback was signed too long ago", code="stale")
