"""Rows T-02 and T-09…T-13: what begins by itself once a shop is connected, what comes in, and how it is linked."""

from __future__ import annotations

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.stalls import Shopify, Tokopedia
from tests.world import Hub, Json, Merchant

NOT_ACTIVE = {"featured": 2, "inactive": 3, "deleted": 0, "pending": -1, "banned": -2}


@pytest.mark.row("T-09")
def test_a_catalogue_that_was_not_chosen_for_sync_stays_out(merchant: Merchant, shop: TokopediaSandbox) -> None:
    shop.add("Kaos Polos Hitam M", "KPS-HTM-M")

    wish = {"plugin": "tokopedia", "settings": shop.settings(), "preconditions_confirmed": True, "import": False}
    connected = merchant.call("POST", "/accounts", wish, status=201)

    assert connected["import_id"] is None
    assert (merchant.all("/imports"), merchant.listings()) == ([], [])


@pytest.mark.row("T-09")
@pytest.mark.row("T-10")
def test_after_authorising_the_shop_is_connected_and_its_import_starts_and_ends_by_itself(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    shop.add("Kaos Polos Hitam M", "KPS-HTM-M")

    wish = {"plugin": "tokopedia", "settings": shop.settings(), "preconditions_confirmed": True, "import": True}
    connected = merchant.call("POST", "/accounts", wish, status=201)
    ended = merchant.waits_for(connected["import_id"])

    account = connected["account"]
    assert (account["state"], account["shop_ref"]) == ("active", str(shop.shop_id))
    assert (ended["account_id"], ended["items_seen"], ended["listings"]) == (account["id"], 1, 1)
    assert [listing["sku"] for listing in merchant.listings()] == ["KPS-HTM-M"]


@pytest.mark.row("T-10")
def test_a_connected_shop_shows_its_name_country_and_warehouses(merchant: Merchant, shop: TokopediaSandbox) -> None:
    account = merchant.connects(shop)

    assert (account["name"], account["country"]) == (f"Larasati & Co {shop.shop_id}", "ID")
    assert [place["name"] for place in account["places"]] == ["Gudang Tanah Abang", "Gudang Bandung"]


@pytest.mark.row("T-11")
def test_only_active_products_are_imported_and_the_others_are_counted(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    shop.add("Kaos Polos Hitam M", "KPS-HTM-M", status=1)
    for name, status in NOT_ACTIVE.items():
        shop.add(f"Kaos Polos Putih, {name}", f"KPS-PTH-{status}", status=status)

    ended = _first_import(merchant, shop)

    assert [listing["sku"] for listing in merchant.listings()] == ["KPS-HTM-M"]
    assert ended["skipped"] == {"inactive": len(NOT_ACTIVE)}


@pytest.mark.row("T-12")
@pytest.mark.parametrize(
    ("stock", "imported"),
    [pytest.param(0, [], id="none left"), pytest.param(1, ["KPS-HTM-M"], id="the last one")],
)
def test_only_products_with_stock_are_imported(
    merchant: Merchant, shop: TokopediaSandbox, stock: int, imported: list[str]
) -> None:
    shop.add("Kaos Polos Hitam M", "KPS-HTM-M", stock=stock)

    ended = _first_import(merchant, shop)

    assert [listing["sku"] for listing in merchant.listings()] == imported
    assert ended["skipped"].get("sold_out", 0) == 1 - len(imported)


@pytest.mark.row("T-12")
def test_stock_that_a_campaign_holds_back_does_not_count(merchant: Merchant, shop: TokopediaSandbox) -> None:
    held_back = shop.add("Kaos Polos Hitam M", "KPS-HTM-M", stock=0)
    shop.change(held_back, reserve=5)

    ended = _first_import(merchant, shop)

    assert (merchant.listings(), ended["skipped"]) == ([], {"sold_out": 1})


@pytest.mark.row("T-11")
@pytest.mark.row("T-12")
def test_a_shop_of_all_sorts_brings_exactly_what_is_active_and_in_stock(merchant: Merchant, market: Market) -> None:
    shop = market(size=300)

    ended = _first_import(merchant, shop)

    expected = shop.expected()
    assert (ended["items_seen"], ended["listings"], ended["skipped"]) == expected
    admitted = {str(unit.ref) for unit in shop.units() if unit.active and unit.quantity != 0}
    assert {listing["ref"] for listing in merchant.listings()} == admitted


@pytest.mark.row("T-13")
def test_a_product_without_a_sku_code_is_empty_and_cannot_be_linked(merchant: Merchant, shop: TokopediaSandbox) -> None:
    for never_filled_in in (None, "", "  "):
        shop.add("Kaos Polos Hitam M", never_filled_in)

    merchant.connects(shop)
    listings = merchant.listings()
    problems = [merchant.confirms(listing, status=409) for listing in listings]

    assert [(listing["class"], listing["state"]) for listing in listings] == [("empty", "pending")] * 3
    assert all("SKU" in problem["detail"] for problem in problems)
    assert merchant.products() == []


@pytest.mark.row("T-13")
def test_a_product_with_a_sku_code_can_be_linked(merchant: Merchant, shop: TokopediaSandbox) -> None:
    shop.add("Kaos Polos Hitam M", "KPS-HTM-M")

    merchant.connects(shop)
    linked = merchant.confirms(merchant.listing("KPS-HTM-M"))

    assert linked["state"] == "linked"
    assert [product["id"] for product in merchant.products()] == [linked["product_id"]]


@pytest.mark.row("T-02")
@pytest.mark.parametrize(
    "spelling", [pytest.param("KPS-HTM-M", id="the same"), pytest.param(" KPS-HTM-M ", id="blanks around it")]
)
def test_the_same_sku_code_on_another_marketplace_is_proposed_and_ends_at_one_product(
    hub: Hub, stalls: tuple[Tokopedia, Shopify], spelling: str
) -> None:
    merchant = hub.merchant("Toko Larasati", "tokopedia", "shopify")
    tokopedia, shopify = stalls
    tokopedia.add("Kaos Polos Hitam M", "KPS-HTM-M", price=55_000)
    shopify.add("Kaos Hitam Polos uk. M", spelling, price=59_000)

    own, other = (stall.joins(merchant)["id"] for stall in stalls)
    classes = [listing["class"] for listing in merchant.listings()]
    merchant.confirms_all()

    linked = {listing["account_id"]: listing["product_id"] for listing in merchant.listings()}
    assert classes == ["matched", "matched"]
    assert [product["id"] for product in merchant.products()] == [linked[own]]
    assert linked[other] == linked[own]


@pytest.mark.row("T-02")
def test_different_sku_codes_end_at_different_products(hub: Hub, stalls: tuple[Tokopedia, Shopify]) -> None:
    merchant = hub.merchant("Toko Larasati", "tokopedia", "shopify")
    for stall, sku in zip(stalls, ("KPS-HTM-M", "KPS-HTM-L"), strict=True):
        stall.add("Kaos Polos Hitam M", sku)
        stall.joins(merchant)

    merchant.confirms_all()

    assert {product["sku"] for product in merchant.products()} == {"KPS-HTM-M", "KPS-HTM-L"}


def _first_import(merchant: Merchant, shop: TokopediaSandbox) -> Json:
    """Connect the shop; gives the import that began by itself, once it has ended."""
    return merchant.waits_for(merchant.asks_to_connect(shop)["import_id"])
