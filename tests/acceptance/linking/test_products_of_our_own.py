"""Rows L and I: what becomes of products once they are linked: edited here, grouped, packed and bundled."""

from __future__ import annotations

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.world import Merchant


@pytest.mark.row("L-04")
def test_a_linked_product_is_edited_in_the_hub_and_no_import_takes_that_back(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    item = shop.add("Kaos", "KPS-1")
    account = merchant.connects(shop)
    product_id = merchant.confirms(merchant.listing("KPS-1"))["product_id"]
    edit = {"name": "Kaos Polos Premium", "weight_g": 250, "size_mm": {"length": 300, "width": 200, "height": 20}}

    edited = merchant.call("PATCH", f"/products/{product_id}", edit)
    shop.change(item, name="Kaos promo", price=40_000)
    merchant.imports(account)

    assert merchant.call("GET", f"/products/{product_id}") == edited
    assert {name: edited[name] for name in edit} == edit
    assert merchant.listing("KPS-1")["name"] == "Kaos promo"


@pytest.mark.row("I-17")
def test_a_product_is_the_one_confirmed_first_and_tells_every_shop_that_lists_it(
    merchant: Merchant, market: Market
) -> None:
    first, second = market(), market()
    first.add("Kaos pertama", "SAMA", price=50_000)
    second.add("Kaos kedua", "SAMA", price=60_000)
    accounts = [merchant.connects(first), merchant.connects(second)]

    for account in reversed(accounts):
        merchant.confirms(merchant.listing("SAMA", account))

    (product,) = merchant.products()
    told = merchant.call("GET", f"/products/{product['id']}")["listings"]
    assert (product["name"], product["price"]["amount"]) == ("Kaos kedua", "60000")
    assert {(each["account_id"], each["state"]) for each in told} == {(each["id"], "linked") for each in accounts}


@pytest.mark.row("L-12")
def test_variants_of_one_item_are_grouped_once_all_are_confirmed(merchant: Merchant, market: Market) -> None:
    merchant.connects(market(size=60))
    siblings = {
        listing["product_id"] or listing["id"]: listing["parent_ref"]
        for listing in merchant.listings("state=pending")
        if listing["parent_ref"] and listing["class"] == "unmatched"
    }
    assert len(siblings) > len(set(siblings.values())), "some item has several variants"

    merchant.confirms_all()

    grouped = {listing["id"]: listing["product_id"] for listing in merchant.listings("state=linked")}
    for ref in set(siblings.values()):
        mine = [grouped[listing_id] for listing_id, parent_ref in siblings.items() if parent_ref == ref]
        assert len({merchant.call("GET", f"/products/{each}")["parent_id"] for each in mine}) == 1


@pytest.mark.row("L-04")
def test_a_set_of_products_is_sold_as_a_product_of_its_own(merchant: Merchant, shop: TokopediaSandbox) -> None:
    for sku in ("KAOS", "TOPI", "PAKET"):
        shop.add(f"Barang {sku}", sku)
    account = merchant.connects(shop)
    merchant.confirms_all()
    ids = {product["sku"]: product["id"] for product in merchant.products()}
    parts = [{"product_id": ids["KAOS"], "quantity": 2}, {"product_id": ids["TOPI"], "quantity": 1}]

    merchant.call("PATCH", f"/products/{ids['PAKET']}", {"components": parts})
    refused = merchant.call(
        "PATCH", f"/products/{ids['KAOS']}", {"components": [{"product_id": ids["PAKET"]}]}, status=422
    )
    merchant.call("PATCH", f"/listings/{merchant.listing('TOPI')['id']}", {"pack": 12})
    merchant.imports(account)

    (bundle,) = merchant.all("/products?bundle=true")
    assert merchant.call("GET", f"/products/{bundle['id']}")["components"] == parts
    assert refused["errors"][0]["field"] == "components[0].product_id"
    assert merchant.listing("TOPI")["pack"] == 12
