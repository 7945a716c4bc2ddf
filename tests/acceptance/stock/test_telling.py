"""Rows L-13, B-04, B-06, B-20, B-21: what the hub tells channels of stock, and why a figure is what it is."""

from __future__ import annotations

from typing import Any

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.world import Json, Merchant


def joins(merchant: Merchant, shop: TokopediaSandbox) -> Json:
    """Connect a shop, and let its first place show the default warehouse."""
    account = merchant.connects(shop)
    mapping = [{"ref": account["places"][0]["ref"], "warehouses": [warehouse_of(merchant)]}]
    merchant.call("PUT", f"/accounts/{account['id']}/places", {"places": mapping})
    return account


def warehouse_of(merchant: Merchant) -> str:
    return next(str(each["id"]) for each in merchant.all("/warehouses") if each["is_default"])


def confirms(merchant: Merchant, sku: str, account: Json) -> Json:
    merchant.confirms(merchant.listing(sku, account))
    merchant.settles()
    return merchant.listing(sku, account)


def adjusts(merchant: Merchant, *changes: tuple[Json, int]) -> None:
    lines = [{"product_id": listing["product_id"], "quantity": by} for listing, by in changes]
    body = {"warehouse_id": warehouse_of(merchant), "lines": lines, "reason": "counted"}
    merchant.call("POST", "/stock/adjustments", body, status=201)
    merchant.settles()


def shows(shop: TokopediaSandbox, ref: int) -> int:
    return next(unit.stock for unit in shop.units() if unit.ref == ref)


def telling(merchant: Merchant, listing: Json) -> Json:
    mapped, *_ = merchant.call("GET", f"/listings/{listing['id']}/stock")["items"]
    return dict(mapped)


def answers(merchant: Merchant, listing: Json) -> list[Any]:  # Any: figures and words
    return [(each["quantity"], each["status"]) for each in merchant.all(f"/listings/{listing['id']}/pushes")]


@pytest.mark.row("L-13")
def test_after_confirmation_the_listing_is_linked_and_told_of_stock(merchant: Merchant, market: Market) -> None:
    north, south = market(), market()
    here, there = north.add("Kaos", "TEE-M", stock=10), south.add("Kaos", "TEE-M", stock=3)
    first = confirms(merchant, "TEE-M", joins(merchant, north))

    second = confirms(merchant, "TEE-M", joins(merchant, south))
    shown = (shows(north, here), shows(south, there))
    adjusts(merchant, (first, -4))

    assert (first["state"], second["product_id"]) == ("linked", first["product_id"])
    assert shown == (10, 10)
    assert (shows(north, here), shows(south, there)) == (6, 6)
    (movement,) = merchant.all("/movements?kind=opening")
    assert movement["quantity"] == 10


@pytest.mark.row("B-04")
def test_a_buffer_is_kept_back_from_one_channel_only(merchant: Merchant, market: Market) -> None:
    north, south = market(), market()
    here, there = north.add("Kaos", "TEE-M", stock=10), south.add("Kaos", "TEE-M", stock=10)
    confirms(merchant, "TEE-M", joins(merchant, north))
    account = joins(merchant, south)
    listing = confirms(merchant, "TEE-M", account)

    merchant.call("PUT", f"/accounts/{account['id']}/stock-rule", {"buffer": 3})
    merchant.settles()
    buffered = (shows(north, here), shows(south, there))
    merchant.call("PUT", f"/accounts/{account['id']}/stock-rules/{listing['product_id']}", {"cap": 5})
    merchant.settles()

    assert buffered == (10, 7)
    assert (shows(north, here), shows(south, there)) == (10, 5)
    offer = telling(merchant, listing)["offer"]
    assert (offer["free"], offer["after_rule"], offer["figure"]) == (10, 5, 5)
    assert offer["rule"]["product_id"] == listing["product_id"]


@pytest.mark.row("B-06")
def test_one_bad_sku_fails_alone_and_the_record_says_so(merchant: Merchant, shop: TokopediaSandbox) -> None:
    refs = {sku: shop.add(f"Kaos {sku}", sku, stock=5) for sku in ("TEE-S", "TEE-M", "TEE-L")}
    account = joins(merchant, shop)
    listings = {sku: confirms(merchant, sku, account) for sku in refs}
    shop.remove(refs["TEE-M"])

    adjusts(merchant, *((listing, 2) for listing in listings.values()))

    assert (shows(shop, refs["TEE-S"]), shows(shop, refs["TEE-L"])) == (7, 7)
    told = {sku: answers(merchant, listing)[0] for sku, listing in listings.items()}
    assert told == {"TEE-S": (7, "confirmed"), "TEE-M": (7, "refused"), "TEE-L": (7, "confirmed")}
    (refused, *_) = merchant.all(f"/listings/{listings['TEE-M']['id']}/pushes")
    assert refused["reason"]


def test_an_import_that_sees_another_figure_than_we_told_has_ours_told_again(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    ref = shop.add("Kaos", "TEE-M", stock=5)
    account = joins(merchant, shop)
    listing = confirms(merchant, "TEE-M", account)
    adjusts(merchant, (listing, 2))

    shop.change(ref, stock=50)
    merchant.imports(account)
    merchant.settles()

    assert shows(shop, ref) == 7
    assert answers(merchant, listing)[0] == (7, "confirmed")


@pytest.mark.row("B-20")
def test_a_pack_is_so_many_base_units_and_another_pack_another_figure(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    ref = shop.add("Kaos isi 6", "TEE-6", stock=2)
    account = joins(merchant, shop)
    waiting = merchant.listing("TEE-6", account)
    merchant.call("PATCH", f"/listings/{waiting['id']}", {"pack": 6})

    listing = confirms(merchant, "TEE-6", account)
    opened = merchant.call("GET", f"/products/{listing['product_id']}/stock")["items"]
    adjusts(merchant, (listing, -1))
    packs_of_six = shows(shop, ref)
    merchant.call("PATCH", f"/listings/{listing['id']}", {"pack": 4})
    merchant.settles()

    assert [each["on_hand"] for each in opened] == [12]
    assert (packs_of_six, shows(shop, ref)) == (1, 2)
    assert telling(merchant, listing)["offer"]["pack"] == 4


@pytest.mark.row("B-21")
def test_a_bundle_is_offered_as_its_scarcest_component_allows_and_moves_with_each(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    refs = {sku: shop.add(sku, sku, stock=stock) for sku, stock in (("TEE", 7), ("CAP", 9), ("SET", 50))}
    account = joins(merchant, shop)
    tee, cap = (confirms(merchant, sku, account) for sku in ("TEE", "CAP"))
    parts = [{"product_id": tee["product_id"], "quantity": 2}, {"product_id": cap["product_id"], "quantity": 1}]
    merchant.call("POST", "/products", {"sku": "SET", "name": "Set", "components": parts}, status=201)

    bundle = confirms(merchant, "SET", account)
    offered = shows(shop, refs["SET"])
    adjusts(merchant, (tee, -3))

    assert offered == 3
    assert [shows(shop, refs[sku]) for sku in ("TEE", "CAP", "SET")] == [4, 9, 2]
    assert {each["needed"] for each in telling(merchant, bundle)["offer"]["sources"]} == {1, 2}
    assert telling(merchant, bundle)["fresh"]
