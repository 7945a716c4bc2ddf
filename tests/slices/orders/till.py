"""A point of sale in the API, and what is sold there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import sqlalchemy as sa
from hub_hookspecs import Item
from litestar import Litestar
from litestar.testing import TestClient

from hub.catalog.service.intake import Source, take_page
from hub.catalog.tables import listing
from hub.channels.host import load_hosts
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import deciding
from tests.slices.stock.goods import Goods

Client = TestClient[Litestar]
Json = dict[str, Any]  # Any: answers of the API
RECIPIENT = {"name": "Ibu Sari", "phone": "+62 812 0000", "lines": ["Jl. Melati 5"], "city": "Bandung", "country": "ID"}


def list_at(database: Database, merchant: str, account: str, *skus: str) -> None:
    """Let these products, which there are, be listed to this point of sale, as a cross-listing leaves it."""
    source = Source(merchant_id=merchant, account_id=account, channel=load_hosts().loaded["pos"].channel)
    items = [Item(ref=sku, sku=sku, name=f"Kaos {sku}", active=True, quantity=None) for sku in skus]
    with database.writing() as db:
        take_page(db, source, items, run="run", seen_at=database.clock.now())
        mine = sa.select(listing.c.id).where(listing.c.account_id == account, listing.c.ref.in_(skus))
        answers = deciding.confirm(db, merchant, list(db.execute(mine).scalars()), actor=CLI)
    assert [each.outcome for each in answers] == ["linked"] * len(skus), answers


@dataclass
class Till:
    """A merchant's point of sale, called with a platform key; products go by SKU."""

    goods: Goods
    client: Client
    account: str = ""

    @property
    def address(self) -> str:
        return f"/v1/merchants/{self.goods.merchant}"

    def opens(self) -> None:
        assert self.client.put(f"{self.address}/plugins/pos", json={"enabled": True}).status_code == 200
        wish = {"plugin": "pos", "settings": {"store_name": "Tanah Abang"}, "preconditions_confirmed": True}
        made = self.client.post(f"{self.address}/accounts", json=wish)
        assert made.status_code == 201, made.text
        self.account = made.json()["account"]["id"]

    def lists(self, *skus: str) -> None:
        """Let these products, which there are, be listed here."""
        list_at(self.goods.database, self.goods.merchant, self.account, *skus)

    def wish(self, **units: int) -> Json:
        lines = [{"product_id": self.goods.named[sku], "quantity": count} for sku, count in units.items()]
        return {"account_id": self.account, "source": "Instagram", "recipient": RECIPIENT, "lines": lines}

    def asks(self, wish: Json, **headers: str) -> httpx.Response:
        return self.client.post(f"{self.address}/orders", json=wish, headers=headers)

    def sells(self, **units: int) -> Json:
        answer = self.asks(self.wish(**units))
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    def get(self, path: str) -> httpx.Response:
        return self.client.get(f"{self.address}{path}")

    def edits(self, order: Json, **headers_and_change: Any) -> httpx.Response:  # Any: as the API takes it
        change = {name: value for name, value in headers_and_change.items() if name != "tag"}
        headers = {"If-Match": headers_and_change["tag"]} if "tag" in headers_and_change else {}
        return self.client.patch(f"{self.address}/orders/{order['id']}", json=change, headers=headers)

    def lines(self, **units: int) -> list[Json]:
        return list(self.wish(**units)["lines"])

    def cancels(self, order: Json, **headers: str) -> httpx.Response:
        return self.client.post(f"{self.address}/orders/{order['id']}/cancel", headers=headers)


def a_till(client: Client, database: Database) -> Till:
    """Shirts, caps and mugs are in stock; mugs are not listed to the till."""
    found = Till(Goods(database), client)
    found.goods.sells("TEE", "CAP", "MUG")
    found.goods.adjusts_all([("TEE", 10), ("CAP", 4), ("MUG", 9)])
    found.opens()
    found.lists("TEE", "CAP")
    return found
