"""Tells the app by webhook what becomes of orders: signed, and waiting until somebody fetches and delivers them."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import httpx
import msgspec

from hub_tokopedia.sandbox.answers import Refused
from hub_tokopedia.sandbox.order_wire import OrderCodec
from hub_tokopedia.sandbox.sales import CANCELLED, Order

Json = dict[str, Any]  # Any: JSON
_TYPE = "application/json"


class Registration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where what is to be told; nothing is told where no address is given."""

    fs_id: int
    order_notification_url: str = ""
    order_cancellation_url: str = ""
    order_status_url: str = ""
    order_request_cancellation_url: str = ""
    chat_notification_url: str = ""
    product_creation_url: str = ""
    product_edit_url: str = ""
    product_changes_url: str = ""
    campaign_notification_url: str = ""
    product_discussion_url: str = ""
    order_partial_fulfillment_url: str = ""
    webhook_secret: str = ""


class Postbox:
    """What has been written and not been fetched yet, as the requests that Tokopedia would send."""

    def __init__(self, codec: OrderCodec, clock: Callable[[], datetime]) -> None:
        self._codec, self._clock = codec, clock
        self._waiting: list[httpx.Request] = []
        self.registration: Registration | None = None

    def register(self, request: httpx.Request) -> None:
        try:
            self.registration = msgspec.json.decode(request.content, type=Registration)
        except msgspec.DecodeError as error:
            raise Refused(400, f"Invalid Request Body: {error}", old=True) from error

    def fetch(self) -> list[httpx.Request]:
        """Give what is waiting, oldest first, and forget it."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def tell(self, before: Order | None, order: Order) -> None:
        """Write what has happened between the two."""
        known = self.registration
        if known is None or not order.paid:
            return
        if before is None or not before.paid:
            self._post(known.order_notification_url, self._codec.notified(order))
        if before is not None and before.status != order.status:
            cancelled = order.status in CANCELLED
            url = known.order_cancellation_url if cancelled else known.order_status_url
            self._post(url, self._codec.changed(order))
        if order.wish and order.wish.status and not (before and before.wish and before.wish.status):
            self._post(known.order_request_cancellation_url, {"order_id": order.number})

    def _post(self, url: str, payload: Json) -> None:
        if url and self.registration:
            secret = self.registration.webhook_secret
            self._waiting.append(signed(url, msgspec.json.encode(payload), secret, self._clock()))


def signed(url: str, body: bytes, secret: str, at: datetime) -> httpx.Request:
    """Sign as Tokopedia's own apps do: HMAC-SHA1 over method, digest of the body, type, date and path. A guess."""
    digest, date = hashlib.md5(body, usedforsecurity=False).hexdigest(), format_datetime(at)
    text = "\n".join(("POST", digest, _TYPE, date, httpx.URL(url).path))
    mac = base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()
    headers = {"Content-Type": _TYPE, "Content-MD5": digest, "Date": date, "Authorization": f"TKPD Tokopedia:{mac}"}
    return httpx.Request("POST", url, headers=headers, content=body)
