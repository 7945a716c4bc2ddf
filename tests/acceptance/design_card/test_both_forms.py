"""Row K-10: one process without a server, or PostgreSQL and Redis with workers; the catalogue is the same on both."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Market
from tests.world import Hub, Json, Merchant, a_shop, embedded_hub

pytestmark = pytest.mark.row("K-10")
OURS = {"id", "account_id", "product_id", "source_listing_id", "seen_at", "created_at"}  # ids and instants of one hub


def test_the_same_catalogues_give_equal_listings_classes_and_products_on_both_forms(
    embedded: Hub, production: Hub, market: Market
) -> None:
    shops = [market(size=90), market(size=60)]
    for shop in shops:
        shop.add("Kaos Polos Hitam M", "KPS-HTM-M")
        shop.add("Kaos Tanpa Kode", None)
    merchants = [hub.merchant() for hub in (embedded, production)]

    for merchant in merchants:
        for shop in shops:
            merchant.connects(shop)
    waiting = [_waiting(merchant) for merchant in merchants]
    for merchant in merchants:
        merchant.confirms_all()

    one, other = merchants
    assert waiting[0] == waiting[1]
    assert {kind for kind, count in waiting[0]["classes"].items() if count} >= {"unmatched", "matched", "empty"}
    assert _linked(one) == _linked(other)
    assert len(one.products()) > 50


def test_the_embedded_form_opens_no_server_but_its_api_and_starts_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_shop() as shop:
        shop.add("Kaos Polos Hitam M", "KPS-HTM-M")
        listening, started = _watched(monkeypatch)
        with embedded_hub(tmp_path) as hub:
            hub.merchant().connects(shop)

    assert listening == [("127.0.0.1", hub.api.base_url.port)]
    assert started == []
    assert (tmp_path / "hub.sqlite3").exists()


def test_the_embedded_form_is_the_default(hub: Hub) -> None:
    settings = hub.runtime.settings

    assert (settings.embedded, bool(settings.redis_url)) == (hub.form == "embedded", hub.form == "production")
    assert type(settings)().embedded


def _waiting(merchant: Merchant) -> Json:
    listings = sorted(map(_without_ids, merchant.listings()), key=lambda listing: listing["ref"])
    return {"listings": listings, "classes": merchant.call("GET", "/listings/classes")}


def _linked(merchant: Merchant) -> tuple[list[Json], dict[str, str | None]]:
    """Products by SKU, each with the first of its variants' SKUs, and which listing ended at which of them."""
    products = sorted(merchant.products(), key=lambda product: str(product["sku"]))
    skus = {product["id"]: product["sku"] for product in products}
    first_of = {product["parent_id"]: product["sku"] for product in reversed(products) if product["parent_id"]}
    links = {listing["ref"]: skus.get(listing["product_id"]) for listing in merchant.listings()}
    return [_without_ids(product | {"parent_id": first_of.get(product["parent_id"])}) for product in products], links


def _without_ids(row: Json) -> Json:
    return {name: value for name, value in row.items() if name not in OURS}


def _watched(monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], list[object]]:
    """What begins to listen, and which processes are started, from now on."""
    listening: list[object] = []
    started: list[object] = []
    listen, start = socket.socket.listen, subprocess.Popen.__init__

    def note_listen(self: socket.socket, *backlog: int) -> None:
        listen(self, *backlog)
        listening.append(self.getsockname())

    def note_start(self: subprocess.Popen[Any], *given: Any, **named: Any) -> None:  # Any: Popen's own signature
        started.append(given)
        start(self, *given, **named)

    monkeypatch.setattr(socket.socket, "listen", note_listen)
    monkeypatch.setattr(subprocess.Popen, "__init__", note_start)
    return listening, started
