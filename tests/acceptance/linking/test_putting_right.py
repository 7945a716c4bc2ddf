"""Rows L and T over three accounts on three channels: what a person links, puts right and takes back."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Fair, Market
from tests.servers import Pause
from tests.stalls import Shopify, Tokopedia
from tests.world import PATIENCE, Hub, Json, Merchant


class Shops:
    """On Tokopedia, Shopify and a channel like JD.ID, with one item under a code that is mistyped in the last."""

    def __init__(self, merchant: Merchant, stalls: tuple[Tokopedia, Shopify], market: Market) -> None:
        (self.first, self.second), self.third = stalls, market()
        for shop, sku in ((self.first, "TEE-M"), (self.second, "TEE-M")):
            shop.add("Kaos Polos", sku)
        self.mistyped = self.third.add("Kaos Polos", "TEE_M")
        self.accounts = [
            self.first.joins(merchant),
            self.second.joins(merchant),
            merchant.connects(self.third, "jd_like"),
        ]


@pytest.fixture
def merchant(hub: Hub) -> Merchant:
    return hub.merchant("Toko Batik Ayu", "tokopedia", "shopify", "jd_like")


@pytest.fixture
def shops(merchant: Merchant, stalls: tuple[Tokopedia, Shopify], market: Market) -> Shops:
    return Shops(merchant, stalls, market)


def classes(merchant: Merchant) -> dict[str, int]:
    return {name: count for name, count in merchant.call("GET", "/listings/classes").items() if count}


def undo(merchant: Merchant, event_id: str, *, status: int = 200) -> Json:
    return merchant.call("POST", f"/events/{event_id}/undo", status=status)


def ended(merchant: Merchant, job: Json) -> Json:
    pause = Pause(PATIENCE)
    while not (now := merchant.call("GET", f"/jobs/{job['id']}"))["finished_at"]:
        pause.briefly()
    return now


@pytest.mark.row("T-02")
@pytest.mark.row("I-14")
@pytest.mark.row("L-08")
def test_listings_of_one_code_in_several_shops_become_one_product(merchant: Merchant, shops: Shops) -> None:
    assert classes(merchant) == {"matched": 2, "unmatched": 1}

    merchant.confirms_all(**{"class": "matched"})

    (product,) = merchant.products()
    linked = merchant.listings("state=linked")
    assert {listing["account_id"] for listing in linked} == {shops.accounts[0]["id"], shops.accounts[1]["id"]}
    assert {listing["product_id"] for listing in linked} == {product["id"]}


@pytest.mark.row("L-07")
def test_a_mistyped_code_is_suggested_with_the_evidence_and_never_linked_by_itself(
    merchant: Merchant, shops: Shops
) -> None:
    merchant.confirms_all(**{"class": "matched"})
    waiting = merchant.listing("TEE_M")

    suggested = merchant.all("/listings/suggested")
    (best,) = merchant.call("GET", f"/listings/{waiting['id']}/suggestions")["items"]

    (product,) = merchant.products()
    assert [listing["id"] for listing in suggested] == [waiting["id"]]
    assert (best["product_id"], best["listing_id"], best["sku"]) == (product["id"], None, "TEE-M")
    assert {"rule": "sku_punctuation", "ours": "TEE_M", "theirs": "TEE-M"} in best["evidence"]
    assert merchant.listing("TEE_M")["state"] == "pending"


@pytest.mark.row("L-06")
@pytest.mark.row("L-11")
def test_a_person_links_a_listing_to_a_product_with_another_code_and_takes_it_back(
    merchant: Merchant, shops: Shops
) -> None:
    merchant.confirms_all(**{"class": "matched"})
    (product,) = merchant.products()
    waiting = merchant.listing("TEE_M")

    linked = merchant.call("POST", f"/listings/{waiting['id']}/link", {"product_id": product["id"]})
    undone = undo(merchant, linked["decision"])

    assert (linked["product_id"], linked["linked_sku"], linked["sku_changed"]) == (product["id"], "TEE_M", False)
    assert (undone["kind"], undone["after"]["undoes"]) == ("listing.undone", linked["decision"])
    assert merchant.listing("TEE_M")["class"] == "unmatched"
    assert undo(merchant, linked["decision"], status=409)["code"] == "undone_already"
    undo(merchant, undone["id"])
    assert merchant.listing("TEE_M")["product_id"] == product["id"]


@pytest.mark.row("L-08")
def test_a_code_that_was_linked_by_hand_leads_others_with_it_to_the_same_product(
    merchant: Merchant, shops: Shops, market: Market
) -> None:
    merchant.confirms_all(**{"class": "matched"})
    (product,) = merchant.products()
    by_hand = merchant.listing("TEE_M")
    merchant.call("POST", f"/listings/{by_hand['id']}/link", {"product_id": product["id"]})
    fourth = market()
    fourth.add("Kaos Polos", "TEE_M")
    account = merchant.connects(fourth)

    listing = merchant.listing("TEE_M", account)

    assert listing["class"] == "matched"
    assert merchant.confirms(listing)["product_id"] == product["id"]
    assert len(merchant.products()) == 1


@pytest.mark.row("I-18")
def test_an_unlinked_listing_waits_again_in_the_class_that_it_has_by_now(merchant: Merchant, shops: Shops) -> None:
    product_id = merchant.confirms(merchant.listing("TEE_M"))["product_id"]
    shops.third.change(shops.mistyped, sku="TEE-M")
    merchant.imports(shops.accounts[2])
    (changed,) = merchant.listings("sku_changed=true")
    assert (changed["sku"], changed["linked_sku"], changed["product_id"]) == ("TEE-M", "TEE_M", product_id)

    unlinked = merchant.call("POST", f"/listings/{changed['id']}/unlink")

    assert (unlinked["state"], unlinked["class"], unlinked["product_id"]) == ("pending", "matched", None)
    assert classes(merchant) == {"matched": 3}
    undo(merchant, unlinked["decision"])
    assert merchant.listings("sku_changed=true")[0]["product_id"] == product_id


@pytest.mark.row("L-09")
@pytest.mark.row("L-10")
def test_an_untidy_listing_is_not_linked_by_hand_either_and_the_refusal_names_the_cure(
    merchant: Merchant, shops: Shops
) -> None:
    product_id = merchant.confirms(merchant.listing("TEE_M"))["product_id"]
    for sku in ("", "GANDA", "GANDA"):
        shops.first.add("Kaos", sku)
    merchant.imports(shops.accounts[0])
    untidy = merchant.listings("class=empty") + merchant.listings("class=duplicate")

    refused = [
        merchant.call("POST", f"/listings/{listing['id']}/link", {"product_id": product_id}, status=409)
        for listing in untidy
    ]

    assert [answer["code"] for answer in refused] == ["sku_empty", "sku_duplicate", "sku_duplicate"]
    assert all("marketplace" in answer["detail"] for answer in refused)


@pytest.mark.row("I-10")
def test_an_untidy_listing_is_ignored_and_that_is_undone_in_every_shop(merchant: Merchant, shops: Shops) -> None:
    shops.third.add("Kaos", "")
    merchant.imports(shops.accounts[2])
    (empty,) = merchant.listings("class=empty")

    ignored = merchant.call("POST", f"/listings/{empty['id']}/ignore")
    assert "empty" not in classes(merchant)
    undo(merchant, ignored["decision"])

    assert classes(merchant) == {"matched": 2, "unmatched": 1, "empty": 1}


def test_two_products_become_one_and_are_taken_apart_again(merchant: Merchant, shops: Shops) -> None:
    merchant.confirms_all()
    tee, mistyped = sorted(merchant.products(), key=lambda product: str(product["sku"]))
    assert (tee["sku"], mistyped["sku"]) == ("TEE-M", "TEE_M")

    merged = merchant.call("POST", f"/products/{mistyped['id']}/merge", {"into": tee["id"]})

    assert [product["id"] for product in merchant.products()] == [tee["id"]]
    assert {listing["product_id"] for listing in merchant.listings()} == {tee["id"]}
    assert (merged["subject"]["id"], merged["after"]) == (mistyped["id"], {"into": tee["id"], "listings": 1})
    undone = undo(merchant, merged["id"])
    assert merchant.listing("TEE_M")["product_id"] == mistyped["id"]
    assert len(merchant.products()) == 2
    undo(merchant, undone["id"])
    assert {listing["product_id"] for listing in merchant.listings()} == {tee["id"]}


@pytest.mark.row("L-12")
def test_everything_that_was_confirmed_at_once_is_taken_back_at_once(
    merchant: Merchant, fair: Fair, market: Market
) -> None:
    for stall in fair(size=40):
        stall.joins(merchant)
    merchant.connects(market(size=40), "jd_like")
    before = classes(merchant)
    confirmed = merchant.confirms_all()
    kept = merchant.listings("state=linked")[0]
    merchant.call("POST", f"/listings/{kept['id']}/unlink")
    step = confirmed["outcome"]["event_id"]

    undone = ended(merchant, undo(merchant, step, status=202))

    free = confirmed["outcome"]["linked"]
    assert undone["outcome"] == {"undone": free - 1, "changed_since": 1, "event_id": undone["outcome"]["event_id"]}
    assert undone["progress"]["total"] == free
    assert merchant.listings("state=linked") == []
    assert len(merchant.products()) <= 1  # the one that a person took its listing off
    assert sum(classes(merchant).values()) == sum(before.values())
    assert undo(merchant, step, status=409)["code"] == "undone_already"
    again = ended(merchant, undo(merchant, undone["outcome"]["event_id"], status=202))
    assert again["outcome"]["undone"] == free - 1 == len(merchant.listings("state=linked"))
