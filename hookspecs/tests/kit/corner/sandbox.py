"""The corner shop's side of the wire: tokens that expire, pages of ten, levels that can be compared and set."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from hub_hookspecs.testing import Sandbox
from hub_hookspecs.testing.sandbox import utc_now

PAGE = 10
TOKEN_LIFE = timedelta(hours=1)
Json = dict[str, Any]  # Any: JSON


class CornerSandbox(Sandbox):
    def __init__(self, seed: int = 1, size: int = 25, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(seed, size, clock)
        self.secret = f"corner-secret-{seed}"
        self.levels = {f"{seed}-{number:04d}": (number * 7 + seed) % 40 for number in range(1, size + 1)}
        self.lock = threading.Lock()
        self.writes = 0

    def settings(self) -> Json:
        return {"base_url": self.base_url, "client_id": "corner", "client_secret": self.secret}

    def handle(self, request: httpx.Request) -> httpx.Response:
        route = (request.method, request.url.path)
        if route == ("POST", "/token"):
            return self._token(json.loads(request.content))
        if not self._knows(request.headers.get("authorization", "")):
            return httpx.Response(401, json={"error": "unknown or expired token"})
        with self.lock:
            return self._serve(request)

    def _serve(self, request: httpx.Request) -> httpx.Response:
        after = request.url.params.get("after", "")
        match request.method, request.url.path.split("/")[1:]:
            case "GET", ["shop"]:
                return httpx.Response(200, json={"id": f"shop-{self.seed}", "name": "Corner Shop"})
            case "PUT", ["webhook"]:
                return httpx.Response(200, json={"id": "webhook-1"})
            case "GET", ["items"]:
                return self._page([self._item(ref) for ref in self.levels], after)
            case "PUT", ["items", ref, "stock"]:
                return self._set_level(ref, json.loads(request.content))
            case "GET", ["orders"]:
                return self._page([self._order(number) for number in range(self.size)], after)
            case "GET", ["orders", ref] if re.fullmatch(r"O-\d{4}", ref) and int(ref[2:]) < self.size:
                return httpx.Response(200, json=self._order(int(ref[2:])))
            case "GET", ["categories"]:
                return httpx.Response(200, json=[{"ref": "1", "parent": ""}, {"ref": "2", "parent": "1"}])
        return httpx.Response(404, json={"error": "no such thing"})

    def _token(self, login: Json) -> httpx.Response:
        if login.get("secret") != self.secret:
            return httpx.Response(401, json={"error": "wrong client"})
        expires_at = self.clock() + TOKEN_LIFE
        return httpx.Response(200, json={"token": f"t-{expires_at.timestamp()}", "expires_at": expires_at.isoformat()})

    def _knows(self, authorization: str) -> bool:
        expires = authorization.removeprefix("Bearer t-")
        return bool(re.fullmatch(r"[0-9.]+", expires)) and float(expires) > self.clock().timestamp()

    def _page(self, rows: list[Json], after: str) -> httpx.Response:
        left = [row for row in rows if row["ref"] > after]
        return httpx.Response(200, json={"rows": left[:PAGE], "more": len(left) > PAGE})

    def _item(self, ref: str) -> Json:
        return {"ref": ref, "sku": f"TEE-{ref}", "name": f"Tee {ref}", "level": self.levels[ref]}

    def _order(self, number: int) -> Json:
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        return {"ref": f"O-{number:04d}", "at": at.isoformat(), "sku": "TEE", "quantity": 1}

    def _set_level(self, ref: str, told: Json) -> httpx.Response:
        if ref not in self.levels:
            return httpx.Response(404, json={"error": "no such item"})
        if "expected" in told and told["expected"] != self.levels[ref]:
            return httpx.Response(409, json={"level": self.levels[ref]})
        self.levels[ref] = told["level"]
        self.writes += 1
        return httpx.Response(200, json={"level": self.levels[ref]})
