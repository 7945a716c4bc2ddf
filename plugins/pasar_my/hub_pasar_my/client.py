"""The wire of Pasar MY: its signed requests, and the shapes of its answers."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote

import httpx
import msgspec
from hub_hookspecs import Account, ActionRequired, Quantity, Rejected, Temporary, UnknownOutcome

from hub_pasar_my.settings import PasarMySettings

PDF = "application/pdf"
PAGE = 50  # the market gives no more at once
T = TypeVar("T")


class Shop(msgspec.Struct, frozen=True):
    id: str
    name: str


class Product(msgspec.Struct, frozen=True):
    id: str
    sku: str
    name: str
    price: int  # in sen
    stock: Quantity
    active: bool


class ProductPage(msgspec.Struct, frozen=True):
    products: list[Product]
    more: bool


class Stock(msgspec.Struct, frozen=True):
    stock: Quantity


class Buyer(msgspec.Struct, frozen=True):
    name: str
    phone: str
    street: str
    city: str
    state: str
    postcode: str


class Line(msgspec.Struct, frozen=True):
    id: str
    product_id: str
    sku: str
    name: str
    units: Quantity  # still wanted
    cancelled: Quantity
    price: int  # of one, in sen
    package: str  # that it travels in; empty: the market has decided no split


class Order(msgspec.Struct, frozen=True):
    id: str
    number: str
    state: str
    change: int  # of all changes at this market, the one that made it so
    placed_at: datetime
    changed_at: datetime
    ship_by: datetime
    buyer: Buyer
    lines: list[Line]
    courier: str
    awb: str


class OrderPage(msgspec.Struct, frozen=True):
    orders: list[Order]
    more: bool


class Parcel(msgspec.Struct, frozen=True):
    state: str  # arranging, ready or refused
    wait: int  # seconds until it is worth asking again
    courier: str
    awb: str
    problem: str


class Event(msgspec.Struct, frozen=True):
    """What a webhook says."""

    id: str
    orders: list[str]


class Complaint(msgspec.Struct, frozen=True):
    message: str = ""


def signature(secret: str, *parts: bytes) -> str:
    return hmac.new(secret.encode(), b"\n".join(parts), hashlib.sha256).hexdigest()


class PasarMyClient:
    def __init__(self, account: Account[PasarMySettings]) -> None:
        self._http = account.http
        self._settings = account.settings

    def shop(self) -> Shop:
        return self._read("GET", "/v1/shop", Shop)

    def products(self, *, after: str) -> Iterator[list[Product]]:
        """Read page by page, each only when it is wanted; `after` is the last id already known."""
        more = True
        while more:
            query = {"after": after, "limit": str(PAGE)}
            page = self._read("GET", "/v1/products", ProductPage, query=query)
            more = page.more and bool(page.products)
            if page.products:
                after = page.products[-1].id
                yield page.products

    def set_stock(self, product: str, stock: int, expected: int | None) -> tuple[bool, int] | None:
        """Whether it was set, and what the market shows now; None where there is no such product."""
        told = {"stock": stock, "expected": expected}
        answer = self._send("PUT", f"/v1/products/{quote(product, safe='')}/stock", told)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        was_set = answer.status_code != httpx.codes.CONFLICT
        return was_set, _decoded(_accepted(answer) if was_set else answer, Stock, Temporary).stock

    def orders(self, *, since: str) -> Iterator[list[Order]]:
        """Orders by their last change, from the one after `since` on."""
        more = True
        while more:
            page = self._read("GET", "/v1/orders", OrderPage, query={"since": since, "limit": str(PAGE)})
            more = page.more and bool(page.orders)
            if page.orders:
                since = str(page.orders[-1].change)
                yield page.orders

    def order(self, ref: str) -> Order | None:
        answer = self._send("GET", f"/v1/orders/{quote(ref, safe='')}")
        return None if answer.status_code == httpx.codes.NOT_FOUND else _decoded(_accepted(answer), Order, Temporary)

    def arrange(self, order: str, key: str, lines: Mapping[str, int]) -> Parcel:
        """Ask for a courier; with a key that is known already nothing is arranged twice."""
        told = {"key": key, "lines": dict(lines)}
        return self._read("POST", f"/v1/orders/{quote(order, safe='')}/parcels", Parcel, told, broken=UnknownOutcome)

    def parcel(self, order: str, key: str) -> Parcel:
        return self._read("GET", _parcel(order, key), Parcel, broken=UnknownOutcome)

    def label(self, order: str, key: str) -> tuple[bytes, str]:
        """The file, and what it is by the market's word; one that is not what it is called has not come whole."""
        answer = _accepted(self._send("GET", f"{_parcel(order, key)}/label"))
        sort = answer.headers.get("content-type", "").partition(";")[0].strip()
        if sort == PDF and not answer.content.startswith(b"%PDF-"):
            raise UnknownOutcome("Pasar MY gave something as a label that is no PDF")
        return answer.content, sort

    def hand_over(self, order: str, awb: str) -> None:
        _accepted(self._send("POST", f"/v1/orders/{quote(order, safe='')}/handover", {"awb": awb}))

    def register(self, url: str) -> None:
        _accepted(self._send("PUT", "/v1/webhook", {"url": url}))

    def _read(
        self,
        method: str,
        path: str,
        answer: type[T],
        told: object = None,
        *,
        query: Mapping[str, str] | None = None,
        broken: type[Temporary | UnknownOutcome] = Temporary,
    ) -> T:
        return _decoded(_accepted(self._send(method, path, told, query=query)), answer, broken)

    def _send(
        self, method: str, path: str, told: object = None, *, query: Mapping[str, str] | None = None
    ) -> httpx.Response:
        url = httpx.URL(f"{self._settings.service_url.rstrip('/')}{path}", params=dict(query or {}))
        body = b"" if told is None else msgspec.json.encode(told)
        at = str(int(datetime.now(UTC).timestamp()))
        signed = signature(self._settings.secret, method.encode(), url.raw_path, at.encode(), body)
        headers = {"X-Shop": self._settings.shop_id, "X-Time": at, "X-Sign": signed}
        return self._http.request(method, url, content=body, headers=headers)


def _parcel(order: str, key: str) -> str:
    return f"/v1/orders/{quote(order, safe='')}/parcels/{quote(key, safe='')}"


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise ActionRequired(
            f"Pasar MY refused this account: check Shop ID and Secret, and the clocks ({_said(answer)})"
        )
    if answer.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND, httpx.codes.CONFLICT):
        raise Rejected(f"Pasar MY says: {_said(answer)}")
    return answer.raise_for_status()  # the hub knows what 403, 429 and 5xx mean


def _said(answer: httpx.Response) -> str:
    try:
        return msgspec.json.decode(answer.content, type=Complaint).message[:200] or "no reason given"
    except msgspec.DecodeError:
        return "no reason that can be read"


def _decoded(answer: httpx.Response, kind: type[T], broken: type[Temporary | UnknownOutcome]) -> T:
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError as error:
        raise broken(f"Pasar MY gave an answer to {answer.request.url.path[:100]} that cannot be read") from error
