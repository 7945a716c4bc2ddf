"""The corner shop on a slow day: what is pushed is taken at once and listed minutes later."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
from hub_hookspecs import Account, Listing, Product, Rejected, UnknownOutcome, Waiting, hookimpl

from . import plugin as good
from .sandbox import CornerSandbox, Json

TAKES = timedelta(minutes=10)


class Upload(msgspec.Struct, frozen=True):
    """`item` is blank while the shop is at it."""

    id: str
    item: str


class SlowSandbox(CornerSandbox):
    def __init__(self, *arguments: Any, **options: Any) -> None:  # Any: as in CornerSandbox
        super().__init__(*arguments, **options)
        self.uploads: dict[str, tuple[datetime, Json]] = {}  # by the key that it was told: the same again is the same
        self.listed: dict[str, str] = {}

    def _serve(self, request: httpx.Request) -> httpx.Response:
        self._work()
        match request.method, request.url.path.split("/")[1:]:
            case "POST", ["uploads"]:
                told: Json = json.loads(request.content)
                key = told.pop("key")
                self.uploads.setdefault(key, (self.clock() + TAKES, told))
                return httpx.Response(202, json={"id": key, "item": ""})
            case "GET", ["uploads", key] if key in self.uploads:
                return httpx.Response(200, json={"id": key, "item": self.listed.get(key, "")})
        return super()._serve(request)

    def _work(self) -> None:
        for key, (due, told) in self.uploads.items():
            if key not in self.listed and due <= self.clock():
                self.listed[key] = f"{self.seed}-{len(self.levels) + 1:04d}"
                self._list(self.listed[key], dict(told))


@hookimpl
def push_product(account: Account[good.CornerSettings], product: Product, resume: str) -> Listing | Waiting:
    if product.listing_ref:
        return good.push_product(account, product, "")
    if not product.name.strip():
        raise Rejected("the name is blank; say what it is")
    upload = good.read(good.send(account, "GET", f"/uploads/{resume}"), Upload) if resume else begun(account, product)
    return Listing(ref=upload.item) if upload.item else Waiting(after=timedelta(seconds=20), state=upload.id)


def begun(account: Account[good.CornerSettings], product: Product) -> Upload:
    answer = good.send(account, "POST", "/uploads", json={**good.to_body(product), "key": product.key})
    answer.raise_for_status()
    try:
        return msgspec.json.decode(answer.content, type=Upload)
    except msgspec.DecodeError as error:
        raise UnknownOutcome("the corner shop's answer cannot be read") from error
