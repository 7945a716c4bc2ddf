"""Rows I: what an import brings, and where it waits for a person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Fair, Market
from tests.servers import Pause
from tests.stalls import Shopify, Tokopedia
from tests.world import PATIENCE, Hub, Merchant

CLASSES = {"unmatched", "matched", "empty", "duplicate"}
Stalls = tuple[Tokopedia, Shopify]


@pytest.mark.row("I-01")
def test_importing_brings_the_items_of_a_marketplace_into_the_hub(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        ref = stall.add("Kaos Polos Hitam M", "KPS-HTM-M", stock=7, price=55_000)

        account = stall.joins(merchant)

        listing = merchant.listing("KPS-HTM-M", account)
        assert listing["ref"] == ref
        assert listing["account_id"] == account["id"]
        assert (listing["name"], listing["quantity"], listing["active"]) == ("Kaos Polos Hitam M", 7, True)
        assert (Decimal(listing["price"]["amount"]), listing["price"]["currency"]) == (Decimal(55_000), "IDR")


@pytest.mark.row("I-02")
def test_an_import_is_started_on_a_connected_account(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        account = stall.joins(merchant)
        stall.add("Kemeja Batik L", "BTK-L")

        merchant.imports(account)

        assert merchant.listing("BTK-L", account)["name"] == "Kemeja Batik L"


@pytest.mark.row("I-03")
def test_a_running_import_says_that_it_runs_and_how_far_it_is(merchant: Merchant, market: Market) -> None:
    shop = market(size=300)
    begun = merchant.asks_to_connect(shop)["import_id"]

    seen, pause = [], Pause(PATIENCE)
    while not (now := merchant.call("GET", f"/imports/{begun}"))["finished_at"]:
        seen.append((now["state"], now["items_seen"]))
        pause.briefly()

    assert {state for state, _ in seen} & {"ready", "running"}
    assert any(0 < items < now["items_seen"] for _, items in seen), "no step between nothing and everything was shown"
    assert [items for _, items in seen] == sorted(items for _, items in seen)


@pytest.mark.row("I-04")
def test_an_import_that_has_stopped_says_so_and_what_it_came_to(merchant: Merchant, fair: Fair) -> None:
    for stall in fair(size=60):
        expected = stall.sandbox.expected()

        ended = merchant.waits_for(merchant.asks_to_connect(stall.sandbox, stall.plugin)["import_id"])

        assert ended["state"] == "done"
        assert ended["finished_at"] > ended["started_at"]
        assert (ended["items_seen"], ended["listings"]) == (expected.seen, expected.admitted)
        assert ended["skipped"] == expected.skipped


@pytest.mark.row("I-05")
def test_new_items_wait_for_a_person_and_are_no_products_yet(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        stall.add("Topi Baseball", "TOPI-1")

        account = stall.joins(merchant)

        assert merchant.listing("TOPI-1", account)["state"] == "pending"
    assert merchant.products() == []


@pytest.mark.row("I-06")
def test_a_listing_is_confirmed_one_by_one(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        stall.add("Topi Baseball", f"{stall.plugin}-1")
        stall.add("Topi Rimba", f"{stall.plugin}-2")
        stall.joins(merchant)

        confirmed = merchant.confirms(merchant.listing(f"{stall.plugin}-1"))

        assert (confirmed["state"], confirmed["class"]) == ("linked", None)
        assert merchant.listing(f"{stall.plugin}-2")["state"] == "pending"
    assert [product["sku"] for product in merchant.products()] == ["tokopedia-1", "shopify-1"]


@pytest.mark.row("I-07")
def test_listings_are_confirmed_in_bulk_and_each_gets_its_own_answer(merchant: Merchant, stalls: Stalls) -> None:
    for stall, sku in zip((*stalls, stalls[1]), ("TOPI-1", "TOPI-2", ""), strict=True):
        stall.add("Topi", sku)
    for stall in stalls:
        stall.joins(merchant)
    ids = [listing["id"] for listing in sorted(merchant.listings(), key=lambda each: each["sku"] or "~")]
    absent = "01900000-0000-7000-8000-000000000000"

    answers = merchant.call("POST", "/listings/confirm", {"ids": [*ids, absent]})["items"]

    assert [answer["id"] for answer in answers] == [*ids, absent]
    assert [answer["outcome"] for answer in answers] == ["linked", "linked", "refused", "refused"]
    assert [answer.get("code") for answer in answers[2:]] == ["sku_empty", "not_found"]
    assert answers[2]["remedy"] == "fill in the SKU at the marketplace, then import again"


@pytest.mark.row("I-08")
@pytest.mark.row("I-09")
def test_matched_and_unmatched_stand_apart_from_empty_and_duplicate(merchant: Merchant, stalls: Stalls) -> None:
    tokopedia, shopify = stalls
    for stall, sku in ((tokopedia, "A-1"), (tokopedia, "A-3"), (shopify, "A-2"), (shopify, "A-2"), (shopify, "A-3")):
        stall.add("Kaos", sku)
    for stall in stalls:
        stall.add("Kaos", " ")
        stall.joins(merchant)

    found = {name: [listing["sku"].strip() for listing in merchant.listings(f"class={name}")] for name in CLASSES}

    assert found == {"unmatched": ["A-1"], "matched": ["A-3", "A-3"], "duplicate": ["A-2", "A-2"], "empty": ["", ""]}
    counted = merchant.call("GET", "/listings/classes")
    assert counted == {"unmatched": 1, "matched": 2, "duplicate": 2, "empty": 2}


@pytest.mark.row("I-10")
def test_empty_and_duplicate_entries_cannot_be_deleted_but_may_be_ignored(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        for sku in ("A-2", "A-2", ""):
            stall.add("Kaos", sku)
        stall.joins(merchant)

    for listing in merchant.listings():
        merchant.call("DELETE", f"/listings/{listing['id']}", status=405)
        merchant.call("POST", f"/listings/{listing['id']}/ignore")

    assert merchant.listings("class=empty") == merchant.listings("class=duplicate") == []
    assert len(merchant.listings("state=ignored")) == 6
    assert merchant.call("GET", "/listings/classes") == dict.fromkeys(CLASSES, 0)


@pytest.mark.row("I-10")
def test_an_ignored_listing_comes_back_when_it_is_restored(merchant: Merchant, shop: TokopediaSandbox) -> None:
    shop.add("Kaos", "A-1")
    merchant.connects(shop)
    listing = merchant.listing("A-1")
    merchant.call("POST", f"/listings/{listing['id']}/ignore")
    refused = merchant.confirms(listing, status=409)

    merchant.call("POST", f"/listings/{listing['id']}/restore")

    assert refused["code"] == "ignored"
    assert merchant.confirms(listing)["state"] == "linked"


@pytest.mark.row("I-11")
def test_a_sku_never_seen_before_is_unmatched_and_becomes_a_product_when_confirmed(
    merchant: Merchant, stalls: Stalls
) -> None:
    for stall in stalls:
        sku = f"KLP-{stall.plugin}"
        stall.add("Kaos Lengan Panjang", sku, price=99_000)
        stall.joins(merchant)
        assert merchant.listing(sku)["class"] == "unmatched"

        product_id = merchant.confirms(merchant.listing(sku))["product_id"]

        product = merchant.call("GET", f"/products/{product_id}")
        assert (product["sku"], product["name"]) == (sku, "Kaos Lengan Panjang")
        assert Decimal(product["price"]["amount"]) == 99_000


@pytest.mark.row("I-12")
@pytest.mark.parametrize("sku", ["", "   ", None], ids=["blank", "spaces", "never filled in"])
def test_a_sku_that_was_not_filled_in_is_empty_and_says_where_to_mend_it(
    merchant: Merchant, stalls: Stalls, sku: str | None
) -> None:
    for stall in stalls:
        stall.add("Kaos", sku)
        account = stall.joins(merchant)
        (listing,) = merchant.listings(f"account_id={account['id']}")

        refused = merchant.confirms(listing, status=409)

        assert listing["class"] == "empty"
        assert (refused["code"], "fill in the SKU" in refused["detail"]) == ("sku_empty", True)


@pytest.mark.row("I-13")
def test_every_listing_whose_sku_stands_twice_in_one_account_is_duplicate(merchant: Merchant, stalls: Stalls) -> None:
    tokopedia, shopify = stalls
    for sku in ("D-1", "D-1 ", "d-1", "E-1"):
        tokopedia.add("Kaos", sku)
    for sku in ("E-1", "E-1", "F-1"):
        shopify.add("Kaos", sku)

    accounts = [stall.joins(merchant) for stall in stalls]

    found = [
        {listing["sku"]: listing["class"] for listing in merchant.listings(f"account_id={account['id']}")}
        for account in accounts
    ]
    assert found[0] == {"D-1": "duplicate", "D-1 ": "duplicate", "d-1": "unmatched", "E-1": "matched"}
    assert found[1] == {"E-1": "duplicate", "F-1": "unmatched"}


@pytest.mark.row("I-14")
def test_the_same_sku_in_two_shops_matches_and_confirming_both_joins_them(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        stall.add(f"Kaos Hitam ({stall.plugin})", "KPS-1")
    accounts = [stall.joins(merchant) for stall in stalls]
    listings = [merchant.listing("KPS-1", account) for account in accounts]
    assert [listing["class"] for listing in listings] == ["matched", "matched"]

    linked = [merchant.confirms(listing)["product_id"] for listing in listings]

    assert linked[0] == linked[1]
    assert len(merchant.products()) == 1


@pytest.mark.row("I-15")
def test_items_that_are_sold_out_or_not_active_are_counted_by_reason_and_left_out(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    shop.add("Ada", "ADA")
    shop.add("Habis", "HABIS", stock=0)
    for status in (-2, -1, 0, 3):
        shop.add("Tidak aktif", f"MATI{status}", status=status)

    ended = merchant.waits_for(merchant.asks_to_connect(shop)["import_id"])

    assert [listing["sku"] for listing in merchant.listings()] == ["ADA"]
    assert ended["skipped"] == {"sold_out": 1, "inactive": 4}


@pytest.mark.row("I-16")
def test_a_channel_may_declare_that_inactive_and_sold_out_items_are_imported(hub: Hub, shop: TokopediaSandbox) -> None:
    merchant = hub.merchant("Toko JD", "jd_like")
    shop.add("Habis", "HABIS", stock=0)
    shop.add("Tidak aktif", "MATI", status=3)

    merchant.connects(shop, "jd_like")

    assert {listing["sku"] for listing in merchant.listings()} == {"HABIS", "MATI"}


@pytest.mark.row("I-17")
def test_the_listing_confirmed_first_gives_the_master_data(merchant: Merchant, stalls: Stalls) -> None:
    first, second = stalls
    first.add("Nama dari toko pertama", "KPS-1", price=1_000)
    second.add("Nama dari toko kedua", "KPS-1", price=2_000)
    accounts = [first.joins(merchant), second.joins(merchant)]

    merchant.confirms(merchant.listing("KPS-1", accounts[1]))
    merchant.confirms(merchant.listing("KPS-1", accounts[0]))

    (product,) = merchant.products()
    assert (product["name"], Decimal(product["price"]["amount"])) == ("Nama dari toko kedua", Decimal(2_000))
