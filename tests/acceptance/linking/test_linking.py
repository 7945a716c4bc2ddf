"""Rows L: from pending actions to products."""

from __future__ import annotations

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.world import Hub, Merchant


@pytest.mark.row("L-01")
def test_after_connecting_and_importing_everything_stands_in_pending_actions(
    merchant: Merchant, market: Market
) -> None:
    shop = market(size=40)

    merchant.connects(shop)

    pending = merchant.listings("state=pending")
    assert len(pending) == shop.expected().admitted
    assert all(listing["class"] for listing in pending)


@pytest.mark.row("L-02")
def test_nothing_is_told_to_the_channel_before_a_person_has_confirmed(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    shop.add("Kaos", "K-1")

    merchant.connects(shop)

    assert {seen.method for seen in shop.requests if "/token" not in seen.path} == {"GET"}
    assert merchant.products() == []


@pytest.mark.row("L-03")
def test_the_hub_tells_which_listings_share_a_code_and_which_are_untidy(merchant: Merchant, market: Market) -> None:
    first, second = market(), market()
    for sku in ("SAMA", "GANDA", "GANDA", ""):
        first.add("Kaos", sku)
    second.add("Kaos", "SAMA")
    merchant.connects(first)
    merchant.connects(second)

    sharing = merchant.listings("sku=SAMA")
    untidy = merchant.listings("class=duplicate") + merchant.listings("class=empty")

    assert len({listing["account_id"] for listing in sharing}) == len(sharing) == 2
    assert sorted(listing["sku"] for listing in untidy) == ["", "GANDA", "GANDA"]


@pytest.mark.row("L-04")
def test_listings_with_one_code_wait_only_for_confirmation(merchant: Merchant, market: Market) -> None:
    first, second = market(), market()
    first.add("Kaos", "SAMA")
    second.add("Kaos", "SAMA")
    merchant.connects(first)
    merchant.connects(second)

    merchant.confirms_all()

    assert {listing["state"] for listing in merchant.listings()} == {"linked"}
    (product,) = merchant.products()
    assert {listing["product_id"] for listing in merchant.listings()} == {product["id"]}


@pytest.mark.row("L-05")
def test_there_are_four_categories_and_each_can_be_looked_at(merchant: Merchant, market: Market) -> None:
    first, second = market(), market()
    for sku in ("SENDIRI", "SAMA", "GANDA", "GANDA", ""):
        first.add("Kaos", sku)
    second.add("Kaos", "SAMA")
    account = merchant.connects(first)
    merchant.connects(second)

    counted = merchant.call("GET", f"/listings/classes?account_id={account['id']}")

    assert counted == {"unmatched": 1, "matched": 1, "duplicate": 2, "empty": 1}
    for name, count in counted.items():
        assert len(merchant.listings(f"class={name}&account_id={account['id']}")) == count


@pytest.mark.row("L-06")
def test_an_item_sold_in_one_shop_only_is_confirmed_at_once(merchant: Merchant, shop: TokopediaSandbox) -> None:
    shop.add("Kaos", "SENDIRI")
    merchant.connects(shop)

    assert merchant.confirms(merchant.listing("SENDIRI"))["state"] == "linked"


@pytest.mark.row("L-07")
def test_a_mistyped_code_is_corrected_at_the_seller_centre_and_matches_after_the_next_import(
    merchant: Merchant, market: Market
) -> None:
    first, second = market(), market()
    first.add("Kaos", "KPS-1")
    mistyped = second.add("Kaos", "KSP-1")
    merchant.connects(first)
    account = merchant.connects(second)
    assert merchant.listing("KSP-1")["class"] == "unmatched"

    second.change(mistyped, sku="KPS-1")
    merchant.imports(account)

    assert [listing["class"] for listing in merchant.listings("sku=KPS-1")] == ["matched", "matched"]
    assert merchant.listings("sku=KSP-1") == []


@pytest.mark.row("L-08")
def test_a_listing_whose_product_exists_already_is_matched_and_confirmed_directly(
    merchant: Merchant, market: Market
) -> None:
    first, second = market(), market()
    first.add("Kaos", "KPS-1")
    merchant.connects(first)
    product_id = merchant.confirms(merchant.listing("KPS-1"))["product_id"]
    second.add("Kaos", "KPS-1")
    account = merchant.connects(second)
    waiting = merchant.listing("KPS-1", account)
    assert waiting["class"] == "matched"

    assert merchant.confirms(waiting)["product_id"] == product_id


@pytest.mark.row("L-09")
def test_an_empty_code_is_confirmable_once_it_was_filled_in_at_the_marketplace(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    ref = shop.add("Kaos", "")
    account = merchant.connects(shop)
    (listing,) = merchant.listings()
    merchant.confirms(listing, status=409)

    shop.change(ref, sku="TERISI")
    merchant.imports(account)

    assert merchant.listing("TERISI")["id"] == listing["id"]
    assert merchant.confirms(listing)["state"] == "linked"


@pytest.mark.row("L-10")
def test_a_double_code_is_confirmable_once_it_was_corrected_in_the_seller_centre(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    shop.add("Kaos Hitam", "GANDA")
    second = shop.add("Kaos Putih", "GANDA")
    account = merchant.connects(shop)
    refused = [merchant.confirms(listing, status=409)["code"] for listing in merchant.listings()]

    shop.change(second, sku="GANDA-2")
    merchant.imports(account)

    assert refused == ["sku_duplicate", "sku_duplicate"]
    assert {listing["class"] for listing in merchant.listings()} == {"unmatched"}
    assert merchant.confirms(merchant.listing("GANDA"))["state"] == "linked"


@pytest.mark.row("L-11")
def test_one_listing_is_picked_and_confirmed_and_confirming_it_again_changes_nothing(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    shop.add("Kaos", "K-1")
    merchant.connects(shop)
    listing = merchant.listing("K-1")

    first, second = merchant.confirms(listing), merchant.confirms(listing)

    assert first == second
    told = merchant.all(f"/events?subject_id={listing['id']}")
    assert [event["kind"] for event in told] == ["listing.confirmed"]
    assert told[0]["before"] == {"state": "pending", "sku": "K-1"}
    product = {"product_id": first["product_id"], "made": True}
    assert told[0]["after"] == {"state": "linked", "linked_sku": "K-1", **product}


@pytest.mark.row("L-12")
def test_selecting_all_confirms_every_listing_that_can_be_and_leaves_the_others(
    merchant: Merchant, market: Market
) -> None:
    shop = market(size=400)
    merchant.connects(shop)
    counted = merchant.call("GET", "/listings/classes")

    job = merchant.confirms_all()

    free, untidy = counted["unmatched"] + counted["matched"], counted["empty"] + counted["duplicate"]
    assert (job["state"], job["outcome"] | {"event_id": ""}) == (
        "done", {"linked": free, "refused": untidy, "event_id": ""},
    )  # fmt: skip
    assert job["progress"] == {"linked": free, "refused": untidy, "total": free + untidy}
    assert len(merchant.listings("state=linked")) == free
    left = merchant.call("GET", "/listings/classes")
    assert left == counted | {"unmatched": 0, "matched": 0}


@pytest.mark.row("L-12")
@pytest.mark.parametrize("untidy", ["empty", "duplicate"])
def test_selecting_all_of_an_untidy_class_is_refused_with_the_cure(merchant: Merchant, untidy: str) -> None:
    refused = merchant.call("POST", "/listings/confirm", {"filter": {"class": untidy}}, status=422)

    assert refused["errors"][0]["field"] == "filter.class"
    assert "marketplace" in refused["errors"][0]["message"]


@pytest.mark.row("L-12")
@pytest.mark.parametrize("whose", ["nobody's", "a stranger's"])
def test_selecting_all_of_an_account_that_is_not_ones_own_is_refused(
    hub: Hub, merchant: Merchant, shop: TokopediaSandbox, whose: str
) -> None:
    account_id = "nope" if whose == "nobody's" else hub.merchant("Toko Lain").connects(shop)["id"]
    before = merchant.traces()

    refused = merchant.call("POST", "/listings/confirm", {"filter": {"account_id": account_id}}, status=422)

    assert [error["field"] for error in refused["errors"]] == ["filter.account_id"]
    assert merchant.traces() == before
