"""Shops on several channels under one vocabulary: what a seller does at a seller centre, and what the shop was told."""

from __future__ import annotations

import abc
import itertools

from hub_hookspecs.testing import Sandbox
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.world import Json, Merchant, a_sandbox

_seeds = itertools.count(30_000)  # of Shopify's; each shop of a hub is another one


class Stall(abc.ABC):
    """A shop on the channel of `plugin`, with about `size` goods of all sorts."""

    plugin: str
    sandbox: Sandbox

    def joins(self, merchant: Merchant) -> Json:
        """Be connected by a merchant, and wait for the import that starts by itself; gives the account."""
        return merchant.connects(self.sandbox, self.plugin)

    @abc.abstractmethod
    def add(self, name: str, sku: str | None, *, price: int = 50_000, stock: int = 10) -> str:
        """List something new and active; gives the listing's own reference."""

    @abc.abstractmethod
    def change(self, ref: str, *, sku: str) -> None:
        """Correct the code of a listing."""

    @abc.abstractmethod
    def calls(self) -> int:
        """How many requests have come, whatever they were about."""

    @abc.abstractmethod
    def changes(self) -> list[str]:
        """What has come that changes something in the shop, but for the keys and addresses that the hub registers."""


class Tokopedia(Stall):
    plugin = "tokopedia"

    def __init__(self, size: int = 0) -> None:
        self.sandbox: TokopediaSandbox = a_sandbox(size)

    def add(self, name: str, sku: str | None, *, price: int = 50_000, stock: int = 10) -> str:
        return str(self.sandbox.add(name, sku, price=price, stock=stock))

    def change(self, ref: str, *, sku: str) -> None:
        self.sandbox.change(int(ref), sku=sku)

    def calls(self) -> int:
        return self.sandbox.counts.total()

    def changes(self) -> list[str]:
        told = [path for method, path, _ in self.sandbox.counts if method != "GET" and "/token" not in path]
        return [path for path in told if not path.endswith("/register")]


class Shopify(Stall):
    plugin = "shopify"

    def __init__(self, size: int = 0) -> None:
        self.sandbox: ShopifySandbox = ShopifySandbox(seed=next(_seeds), size=size, rate=None)

    def add(self, name: str, sku: str | None, *, price: int = 50_000, stock: int = 10) -> str:
        return self.sandbox.add(name, sku, price=f"{price}.00", available=stock)

    def change(self, ref: str, *, sku: str) -> None:
        self.sandbox.change(ref, sku=sku)

    def calls(self) -> int:
        return self.sandbox.counts.total()

    def changes(self) -> list[str]:
        """Mutations but these: a bulk operation reads, though it is begun by one; a subscription changes no goods."""
        documents = self.sandbox.documents.items()
        told = {name: text for name, text in documents if text.strip().startswith("mutation")}
        return [
            name
            for name, text in told.items()
            if not any(each in text for each in ("bulkOperation", "webhookSubscription"))
        ]
