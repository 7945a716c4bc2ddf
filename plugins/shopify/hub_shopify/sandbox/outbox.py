"""Webhooks: who subscribed to what, and the signed deliveries that a test or the demo sends on as it likes."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import httpx
import msgspec

from hub_shopify.sandbox.answers import Json
from hub_shopify.sandbox.login import Login

_OLD_SECRET_SIGNS = timedelta(hours=1)


@dataclass(slots=True)
class Subscription:
    TYPE: ClassVar = "WebhookSubscription"
    id: int
    topic: str
    uri: str
    created_at: datetime
    format: str = "JSON"

    @property
    def path(self) -> str:
        """As the header names the topic: all but the last part of some names keep their underscores."""
        for subject in ("inventory_levels", "app"):
            if self.topic.lower().startswith(f"{subject}_"):
                return f"{subject}/{self.topic.lower().removeprefix(f'{subject}_')}"
        return self.topic.lower().replace("_", "/", 1)


class Outbox:
    """What the shop would send; nothing is sent by itself."""

    def __init__(self, domain: str, login: Login, clock: Callable[[], datetime]) -> None:
        self.subscriptions: dict[int, Subscription] = {}
        self.waiting: list[httpx.Request] = []
        self._domain, self._login, self._clock = domain, login, clock
        self._former: tuple[str, datetime] | None = None

    def rotate(self, secret: str) -> None:
        """Give the app another secret; Shopify goes on signing with the one before for up to an hour."""
        self._former = self._login.client_secret, self._clock() + _OLD_SECRET_SIGNS
        self._login.client_secret = secret

    def tell(self, topic: str, body: Json) -> None:
        for one in self.subscriptions.values():
            if one.path == topic:
                self.waiting.append(self.signed(topic, body, uri=one.uri))

    def signed(self, topic: str, body: Json, *, uri: str) -> httpx.Request:
        """A delivery as Shopify makes it; what is not in the body is not signed."""
        raw = msgspec.json.encode(body)
        secret = self._login.client_secret
        if self._former and self._clock() < self._former[1]:
            secret = self._former[0]
        mac = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": self._domain,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Hmac-Sha256": mac,
            "X-Shopify-Webhook-Id": str(uuid.uuid4()),
            "X-Shopify-Event-Id": str(uuid.uuid4()),
            "X-Shopify-Triggered-At": self._clock().strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
        }
        return httpx.Request("POST", uri, headers=headers, content=raw)
