"""The corner shop's side of the wire: tokens that expire, pages of ten, levels that can be compared and set."""

from __future__ import annotations

import hashlib
import hmac
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
        self.goods: dict[str, Json] = {}  # what was pushed, by ref
        self.lock = threading.Lock()
        self.writes = 0
        self.callback = ""
        self.documents: dict[tuple[str, str], Json] = {}  # by kind and key: lines, what is done of them, and the state
        self.waiting: list[httpx.Request] = []

    def settings(self) -> Json:
        return {"base_url": self.base_url, "client_id": "corner", "client_secret": self.secret}

    def stir(self) -> None:
        body, at = json.dumps({"order": "O-0001"}).encode(), self.clock().isoformat()
        mac = hmac.new(self.secret.encode(), at.encode() + b"\n" + body, hashlib.sha256).hexdigest()
        headers = {"X-At": at, "X-Signature": mac}
        self.waiting.append(httpx.Request("POST", self.callback, headers=headers, content=body))

    def deliveries(self) -> list[httpx.Request]:
        waiting, self.waiting = self.waiting, []
        return waiting

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
                self.callback = json.loads(request.content)["url"]
                return httpx.Response(200, json={"id": "webhook-1"})
            case _, ["items", *rest]:
                return self._serve_items(request, rest)
            case _, ["documents", kind, key, *rest]:
                return self._serve_document(request, (kind, key), rest)
            case "GET", ["orders"]:
                return self._page([self._order(number) for number in range(self.size)], after)
            case "GET", ["orders", ref] if re.fullmatch(r"O-\d{4}", ref) and int(ref[2:]) < self.size:
                return httpx.Response(200, json=self._order(int(ref[2:])))
            case "GET", ["categories"]:
                return httpx.Response(200, json=[_node("1", "", leaf=False), _node("2", "1", leaf=True)])
        return httpx.Response(404, json={"error": "no such thing"})

    def _serve_items(self, request: httpx.Request, rest: list[str]) -> httpx.Response:
        sku = request.url.params.get("sku", "")
        match request.method, rest:
            case "GET", []:
                items = [item for item in map(self._item, self.levels) if sku in {"", item["sku"]}]
                return self._page(items, request.url.params.get("after", ""))
            case "POST", []:
                return self._list(f"{self.seed}-{len(self.levels) + 1:04d}", json.loads(request.content))
            case "PATCH", [ref] if ref in self.levels:
                return self._list(ref, json.loads(request.content))
            case "PUT", [ref, "stock"]:
                return self._set_level(ref, json.loads(request.content))
        return httpx.Response(404, json={"error": "no such thing"})

    def _serve_document(self, request: httpx.Request, name: tuple[str, str], rest: list[str]) -> httpx.Response:
        known = self.documents.get(name)
        match request.method, rest:
            case "PUT", []:
                lines = json.loads(request.content)
                known = self.documents.setdefault(
                    name, {"ref": "-".join(name), "lines": lines, "done": 0, "state": "new"}
                )
                return httpx.Response(200 if known["lines"] == lines else 409, json=known)
            case "GET", [] if known:
                return httpx.Response(200, json=known)
            case "POST", ["cancel"] if known:
                known["state"] = "cancelled"
                return httpx.Response(200, json=known)
        return httpx.Response(404, json={"error": "no such document"})

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

    def sku_of(self, ref: str) -> str:
        return str(self._item(ref)["sku"])

    def _item(self, ref: str) -> Json:
        seeded = {"sku": f"TEE-{ref}", "name": f"Tee {ref}", "price": 7}
        return {"ref": ref, **(self.goods.get(ref) or seeded), "level": self.levels[ref]}

    def _list(self, ref: str, told: Json) -> httpx.Response:
        self.levels[ref] = told.pop("level", self.levels.get(ref, 0))
        self.goods[ref] = {**self.goods.get(ref, {}), **told}
        return httpx.Response(200, json=self._item(ref))

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


def _node(ref: str, parent: str, *, leaf: bool) -> Json:
    return {"ref": ref, "parent": parent, "leaf": leaf}
