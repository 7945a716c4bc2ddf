"""Rows L: from pending actions to products."""

from __future__ import annotations

import httpx
import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Fair
from tests.stalls import Shopify, Tokopedia
from tests.world import Hub, Merchant

Stalls = tuple[Tokopedia, Shopify]


@pytest.fixture
def merchant(hub: Hub) -> Merchant:
    return hub.merchant("Toko Batik Ayu", "tokopedia", "shopify")


@pytest.mark.row("L-01")
def test_after_connecting_and_importing_everything_stands_in_pending_actions(merchant: Merchant, fair: Fair) -> None:
    for stall in fair(size=40):
        account = stall.joins(merchant)

        pending = merchant.listings(f"state=pending&account_id={account['id']}")
        assert len(pending) == stall.sandbox.expected().admitted
        assert all(listing["class"] for listing in pending)


@pytest.mark.row("L-02")
def test_no_channel_is_told_anything_before_a_person_has_confirmed(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        for sku in ("SAMA", "GANDA", "GANDA", ""):
            stall.add("Kaos", sku)
        stall.joins(merchant)
    calls = [stall.calls() for stall in stalls]

    does_all_but_confirm(merchant)

    assert all(calls), "each of them was read"
    assert [stall.calls() for stall in stalls] == calls
    assert [stall.changes() for stall in stalls] == [[], []]
    assert {listing["state"] for listing in merchant.listings()} == {"pending"}


def does_all_but_confirm(merchant: Merchant) -> None:
    """What a person may do while listings wait, and what the hub makes of it by itself."""
    made = {"sku": "SAMA", "name": "Kaos", "price": {"amount": "1", "currency": "IDR"}}
    product = merchant.call("POST", "/products", made, status=201)
    merchant.call("PATCH", f"/products/{product['id']}", {"name": "Kaos Polos"})
    for listing in merchant.listings():
        merchant.call("POST", f"/listings/{listing['id']}/ignore")
        merchant.call("POST", f"/listings/{listing['id']}/restore")
        merchant.call("PATCH", f"/listings/{listing['id']}", {"pack": 2})
        merchant.call("GET", f"/listings/{listing['id']}/suggestions")
    merchant.settles()


def test_a_call_that_changes_something_would_be_noticed(stalls: Stalls) -> None:
    tokopedia, shopify = stalls
    before = [stall.calls() for stall in stalls]

    httpx.post(f"{tokopedia.sandbox.base_url}/inventory/v1/fs/1/stock/update?shop_id=1", json=[])
    shopify.sandbox.ask(
        'mutation HubUpdate { productUpdate(product: {id: "gid://shopify/Product/1"}) { userErrors { field } } }'
    )

    assert [stall.calls() for stall in stalls] == [count + 1 for count in before]
    assert [len(stall.changes()) for stall in stalls] == [1, 1]


@pytest.mark.row("L-03")
def test_the_hub_tells_which_listings_share_a_code_and_which_are_untidy(merchant: Merchant, stalls: Stalls) -> None:
    first, second = stalls
    for sku in ("SAMA", "GANDA", "GANDA", ""):
        first.add("Kaos", sku)
    second.add("Kaos", "SAMA")
    first.joins(merchant)
    second.joins(merchant)

    sharing = merchant.listings("sku=SAMA")
    untidy = merchant.listings("class=duplicate") + merchant.listings("class=empty")

    assert len({listing["account_id"] for listing in sharing}) == len(sharing) == 2
    assert sorted(listing["sku"] for listing in untidy) == ["", "GANDA", "GANDA"]


@pytest.mark.row("L-04")
def test_listings_with_one_code_wait_only_for_confirmation(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        stall.add("Kaos", "SAMA")
        stall.joins(merchant)

    merchant.confirms_all()

    assert {listing["state"] for listing in merchant.listings()} == {"linked"}
    (product,) = merchant.products()
    assert {listing["product_id"] for listing in merchant.listings()} == {product["id"]}


@pytest.mark.row("L-05")
def test_there_are_four_categories_and_each_can_be_looked_at(merchant: Merchant, stalls: Stalls) -> None:
    first, second = stalls
    for sku in ("SENDIRI", "SAMA", "GANDA", "GANDA", ""):
        first.add("Kaos", sku)
    second.add("Kaos", "SAMA")
    account = first.joins(merchant)
    second.joins(merchant)

    counted = merchant.call("GET", f"/listings/classes?account_id={account['id']}")

    assert counted == {"unmatched": 1, "matched": 1, "duplicate": 2, "empty": 1}
    for name, count in counted.items():
        assert len(merchant.listings(f"class={name}&account_id={account['id']}")) == count


@pytest.mark.row("L-06")
def test_an_item_sold_in_one_shop_only_is_confirmed_at_once(merchant: Merchant, stalls: Stalls) -> None:
    for stall in stalls:
        stall.add("Kaos", f"SENDIRI-{stall.plugin}")
        stall.joins(merchant)

        assert merchant.confirms(merchant.listing(f"SENDIRI-{stall.plugin}"))["state"] == "linked"


@pytest.mark.row("L-07")
def test_a_mistyped_code_is_corrected_at_the_seller_centre_and_matches_after_the_next_import(
    merchant: Merchant, stalls: Stalls
) -> None:
    first, second = stalls
    first.add("Kaos", "KPS-1")
    mistyped = second.add("Kaos", "KSP-1")
    first.joins(merchant)
    account = second.joins(merchant)
    assert merchant.listing("KSP-1")["class"] == "unmatched"

    second.change(mistyped, sku="KPS-1")
    merchant.imports(account)

    assert [listing["class"] for listing in merchant.listings("sku=KPS-1")] == ["matched", "matched"]
    assert merchant.listings("sku=KSP-1") == []


@pytest.mark.row("L-08")
def test_a_listing_whose_product_exists_already_is_matched_and_confirmed_directly(
    merchant: Merchant, stalls: Stalls
) -> None:
    first, second = stalls
    first.add("Kaos", "KPS-1")
    first.joins(merchant)
    product_id = merchant.confirms(merchant.listing("KPS-1"))["product_id"]
    second.add("Kaos", "KPS-1")
    account = second.joins(merchant)
    waiting = merchant.listing("KPS-1", account)
    assert waiting["class"] == "matched"

    assert merchant.confirms(waiting)["product_id"] == product_id


@pytest.mark.row("L-09")
def test_an_empty_code_is_confirmable_once_it_was_filled_in_at_the_marketplace(
    merchant: Merchant, stalls: Stalls
) -> None:
    for stall in stalls:
        sku = f"TERISI-{stall.plugin}"
        ref = stall.add("Kaos", "")
        account = stall.joins(merchant)
        (listing,) = merchant.listings(f"account_id={account['id']}")
        merchant.confirms(listing, status=409)

        stall.change(ref, sku=sku)
        merchant.imports(account)

        assert merchant.listing(sku)["id"] == listing["id"]
        assert merchant.confirms(listing)["state"] == "linked"


@pytest.mark.row("L-10")
def test_a_double_code_is_confirmable_once_it_was_corrected_in_the_seller_centre(
    merchant: Merchant, stalls: Stalls
) -> None:
    for stall in stalls:
        code = f"GANDA-{stall.plugin}"
        stall.add("Kaos Hitam", code)
        second = stall.add("Kaos Putih", code)
        account = stall.joins(merchant)
        mine = f"account_id={account['id']}"
        refused = [merchant.confirms(listing, status=409)["code"] for listing in merchant.listings(mine)]

        stall.change(second, sku=f"{code}-2")
        merchant.imports(account)

        assert refused == ["sku_duplicate", "sku_duplicate"]
        assert {listing["class"] for listing in merchant.listings(mine)} == {"unmatched"}
        assert merchant.confirms(merchant.listing(code))["state"] == "linked"


@pytest.mark.row("L-11")
def test_one_listing_is_picked_and_confirmed_and_confirming_it_again_changes_nothing(
    merchant: Merchant, stalls: Stalls
) -> None:
    for stall in stalls:
        sku = f"K-{stall.plugin}"
        stall.add("Kaos", sku)
        stall.joins(merchant)
        listing = merchant.listing(sku)

        first, second = merchant.confirms(listing), merchant.confirms(listing)

        assert first == second
        told = merchant.all(f"/events?subject_id={listing['id']}")
        assert [event["kind"] for event in told] == ["listing.confirmed"]
        assert told[0]["before"] == {"state": "pending", "sku": sku}
        product = {"product_id": first["product_id"], "made": True}
        assert told[0]["after"] == {"state": "linked", "linked_sku": sku, **product}


@pytest.mark.row("L-12")
def test_selecting_all_confirms_every_listing_that_can_be_and_leaves_the_others(merchant: Merchant, fair: Fair) -> None:
    for stall in fair(size=200):
        stall.joins(merchant)
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
