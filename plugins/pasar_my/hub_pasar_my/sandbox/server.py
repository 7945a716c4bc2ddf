"""The wire of the market, as strict as one can be: who asks, what for, and in which words."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx
import msgspec
from hub_hookspecs.testing.sandbox import utc_now

from hub_pasar_my.sandbox.market import COURIER, SHIPS_WITHIN, Market
from hub_pasar_my.sandbox.records import Goods, Order, Parcel, Refused

MOST = 50  # records of a page
APART = timedelta(minutes=10)  # the two clocks
T = TypeVar("T")
Json = dict[str, Any]  # Any: JSON


class NewStock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stock: int
    expected: int | None


class NewParcel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    lines: dict[str, int]


class Handover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    awb: str


class Callback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str


class PasarMySandbox(Market):
    """About `size` products and `orders` orders are there from the beginning."""

    def __init__(
        self, seed: int = 1, size: int = 100, clock: Callable[[], datetime] = utc_now, *, orders: int = 0
    ) -> None:
        super().__init__(seed, size, clock, orders)
        self.shop_id, self._secret = f"kedai-{seed:03d}", f"sandbox-secret-{seed}"
        self.callback = ""
        self._sent = 0

    def settings(self) -> Json:
        return {"shop_id": self.shop_id, "secret": self._secret, "service_url": self.base_url}

    def handle(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            try:
                self._let_in(request)
                return self._serve(request, [unquote(part) for part in _path(request).split("/")[1:]])
            except Refused as why:
                return httpx.Response(why.status, json={"message": str(why)})

    def deliveries(self) -> list[httpx.Request]:
        """One webhook for each change since this was asked last, to the address that the shop registered."""
        with self._lock:
            told, self.told = self.told, []
            return [self._delivery(order) for order in told] if self.callback else []

    def _delivery(self, order: str) -> httpx.Request:
        self._sent += 1
        body = json.dumps({"id": f"{self.shop_id}-{self._sent}", "orders": [order]}).encode()
        at = str(int(self.clock().timestamp()))
        headers = {"X-Time": at, "X-Sign": self._signed(at.encode(), body), "Content-Type": "application/json"}
        return httpx.Request("POST", self.callback, headers=headers, content=body)

    def _let_in(self, request: httpx.Request) -> None:
        at = request.headers.get("x-time", "")
        signed = self._signed(request.method.encode(), request.url.raw_path, at.encode(), request.content)
        if request.headers.get("x-shop") != self.shop_id or request.headers.get("x-sign") != signed:
            raise Refused(401, "unknown shop, or not signed with its secret")
        if not at.isdecimal() or abs(self.clock().timestamp() - int(at)) > APART.total_seconds():
            raise Refused(401, "the clocks are more than ten minutes apart")

    def _signed(self, *parts: bytes) -> str:
        return hmac.new(self._secret.encode(), b"\n".join(parts), hashlib.sha256).hexdigest()

    def _serve(self, request: httpx.Request, path: list[str]) -> httpx.Response:
        match request.method, path:
            case "GET", ["v1", "shop"]:
                return _answer({"id": self.shop_id, "name": f"Kedai {self.seed}"})
            case "PUT", ["v1", "webhook"]:
                self.callback = _read(request, Callback).url
                return _answer({})
            case "GET", ["v1", "products"]:
                after = request.url.params.get("after", "")
                left = [_goods(each) for ref, each in self._goods.items() if ref > after]
                return _page(request, "products", left)
            case "PUT", ["v1", "products", ref, "stock"] if ref in self._goods:
                goods, told = self._goods[ref], _read(request, NewStock)
                if not 0 <= told.stock < 2**31:
                    raise Refused(400, "stock is 0 or more")
                was_set = self.set_stock(goods, told.stock, told.expected)
                return _answer({"stock": goods.stock}, 200 if was_set else 409)
            case "GET", ["v1", "orders"]:
                since = request.url.params.get("since", "0")
                if not since.isdecimal():
                    raise Refused(400, "since is the number of a change")
                return _page(request, "orders", [_order(each) for each in self.orders() if each.change > int(since)])
            case _, ["v1", "orders", ref, *rest] if ref in self._orders:
                return self._serve_order(request, self._orders[ref], rest)
        raise Refused(404, f"no {request.method} {_path(request)} here")

    def _serve_order(self, request: httpx.Request, order: Order, path: list[str]) -> httpx.Response:
        match request.method, path:
            case "GET", []:
                return _answer(_order(order))
            case "POST", ["parcels"]:
                told = _read(request, NewParcel)
                if not told.key.strip():
                    raise Refused(400, "a parcel has a key")
                return _answer(self._parcel(self.look(order, self.arrange(order, told.key, told.lines))), 201)
            case "GET", ["parcels", key] if key in order.parcels:
                return _answer(self._parcel(self.look(order, order.parcels[key])))
            case "GET", ["parcels", key, "label"] if key in order.parcels:
                parcel = self.look(order, order.parcels[key])
                if not parcel.label:
                    raise Refused(409, "there is no label before there is a courier")
                return httpx.Response(200, content=parcel.label, headers={"Content-Type": self.label_type})
            case "POST", ["handover"]:
                self.hand_over(order, _read(request, Handover).awb)
                return _answer({})
        raise Refused(404, f"no {request.method} {_path(request)} here")

    def _parcel(self, parcel: Parcel) -> Json:
        state = "refused" if parcel.problem else "ready" if parcel.label else "arranging"
        left = max((parcel.due - self.clock()).total_seconds(), 0)
        return {
            "state": state,
            "wait": min(int(left) + 1, 3600),
            "courier": COURIER if parcel.label else "",
            "awb": parcel.awb,
            "problem": parcel.problem,
        }


def _goods(goods: Goods) -> Json:
    return {name: getattr(goods, name) for name in ("id", "sku", "name", "price", "stock", "active")}


def _order(order: Order) -> Json:
    lines = [
        {
            "id": line.id, "product_id": line.goods.id, "sku": line.goods.sku, "name": line.goods.name,
            "units": line.units, "cancelled": line.cancelled, "price": line.goods.price, "package": line.package,
        }
        for line in order.lines
    ]  # fmt: skip
    return {
        "id": order.id,
        "number": order.number,
        "state": order.state,
        "change": order.change,
        "placed_at": order.placed_at.isoformat(),
        "changed_at": order.changed_at.isoformat(),
        "ship_by": (order.placed_at + SHIPS_WITHIN).isoformat(),
        "buyer": order.buyer,
        "lines": lines,
        "courier": COURIER if order.awb else "",
        "awb": order.awb,
    }


def _page(request: httpx.Request, name: str, left: list[Json]) -> httpx.Response:
    limit = request.url.params.get("limit", "10")
    if not limit.isdecimal() or not 1 <= int(limit) <= MOST:
        raise Refused(400, f"limit must be 1 to {MOST}")
    return _answer({name: left[: int(limit)], "more": len(left) > int(limit)})


def _answer(body: Json, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def _read(request: httpx.Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(request.content, type=kind)
    except msgspec.DecodeError as error:
        raise Refused(400, str(error)) from error


def _path(request: httpx.Request) -> str:
    return request.url.raw_path.decode().partition("?")[0]
