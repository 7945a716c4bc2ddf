"""Row P-11: a cross-listing writes to no listing that stands for something else, or sells something else."""

from __future__ import annotations

import pytest
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.crosslisting.steps import lists_all, makes, opens_a_point_of_sale, told
from tests.world import Json, Merchant

SHOES = "2052"


def product_of(merchant: Merchant, sku: str) -> Json:
    (found,) = [each for each in merchant.products() if each["sku"] == sku]
    return found


def lists(merchant: Merchant, account: Json, sku: str, *, category_ref: str | None = None, **cells: object) -> str:
    """Cross-list five of a product with these cells filled in; gives what the notice says of its row."""
    chosen = {"product_ids": [product_of(merchant, sku)["id"]], "category_ref": category_ref}
    finished = lists_all(merchant, account, lambda found: [line | {"Stock": 5} | cells for line in found], **chosen)
    return told(finished)[sku]


def links(merchant: Merchant, listing: Json, sku: str) -> None:
    merchant.call("POST", f"/listings/{listing['id']}/link", {"product_id": product_of(merchant, sku)["id"]})


@pytest.mark.row("P-11")
def test_a_listing_that_was_moved_to_another_product_is_left_to_that_one(
    seller: Merchant, store: ShopifySandbox
) -> None:
    account = seller.connects(store, "shopify")
    makes(seller, "KAOS", "TOPI")
    lists(seller, account, "KAOS")
    (listing,) = seller.listings(f"account_id={account['id']}")
    links(seller, listing, "TOPI")
    lists(seller, account, "TOPI", Name="Topi rajut")

    lists(seller, account, "KAOS", Name="Kaos polos")

    shown = {unit.ref: unit.name for unit in store.units()}
    (new,) = {*shown} - {listing["ref"]}
    assert shown == {listing["ref"]: "Topi rajut", new: "Kaos polos"}


@pytest.mark.row("P-11")
def test_a_listing_that_stands_for_another_product_is_left_to_that_one_also_when_it_is_sold_out(
    seller: Merchant, shop: TokopediaSandbox
) -> None:
    ref = shop.add("Topi rajut", "KAOS", price=50_000, stock=5)
    account = seller.connects(shop)
    makes(seller, "TOPI")
    links(seller, seller.listing("KAOS"), "TOPI")
    shop.change(ref, stock=0)
    seller.imports(account)
    makes(seller, "KAOS")

    outcome = lists(seller, account, "KAOS", category_ref=SHOES, Name="Kaos polos")

    assert f"the account lists this SKU as {ref}, which stands for another of your products" in outcome
    assert [(unit.ref, unit.name, unit.stock) for unit in shop.units()] == [(ref, "Topi rajut", 0)]


@pytest.mark.row("P-11")
def test_a_pack_is_never_made_a_single_one(seller: Merchant, store: ShopifySandbox) -> None:
    six = store.add("Kaos isi 6", "KAOS-6", price="420000.00", available=4)
    single = store.add("Kaos", "KAOS-1", price="75000.00", available=40)
    account = seller.connects(store, "shopify")
    makes(seller, "KAOS")
    listings = {sku: seller.listing(sku) for sku in ("KAOS-6", "KAOS-1")}
    for listing in listings.values():
        links(seller, listing, "KAOS")
    seller.call("PATCH", f"/listings/{listings['KAOS-6']['id']}", {"pack": 6})

    outcomes = [lists(seller, account, "KAOS", Price=80_000)]
    seller.call("POST", f"/listings/{listings['KAOS-1']['id']}/unlink")
    outcomes.append(lists(seller, account, "KAOS", Price=90_000))

    shown = {one.product.title: (one.sku, one.price) for one in store.variants()}
    assert outcomes[0] == f"listed as {single}"
    assert f"the account sells this product only in packs of 6, as {six}" in outcomes[1]
    assert shown["Kaos isi 6"] == ("KAOS-6", "420000.00")
    assert sorted(price for _, price in shown.values()) == ["420000.00", "80000.00"]


@pytest.mark.row("P-11")
def test_a_listing_that_waits_sold_out_is_not_doubled(seller: Merchant, store: ShopifySandbox) -> None:
    ref = store.add("Topi", "TOPI", price="75000.00", available=3)
    account = seller.connects(store, "shopify")
    store.stock(ref, 0)
    seller.imports(account)
    makes(seller, "TOPI")

    outcomes = [lists(seller, account, "TOPI")]
    seller.call("POST", f"/listings/{seller.listing('TOPI')['id']}/ignore")
    outcomes.append(lists(seller, account, "TOPI"))

    assert f"the account had this SKU as {ref}, which is sold out or gone" in outcomes[0]
    assert outcomes[1].startswith(f"Shopify has the SKU 'TOPI' already, as {ref}")
    assert [unit.ref for unit in store.units()] == [ref]


@pytest.mark.row("P-11")
def test_a_workbook_that_nobody_touched_leaves_the_sellers_own_code_and_words(
    seller: Merchant, store: ShopifySandbox, shop: TokopediaSandbox
) -> None:
    refs = [
        store.add("Kaos Medium", "KAOS_M", price="75000.00", available=4),
        shop.add("Kaos ukuran M", "KAOS.M", price=80_000, stock=4),
    ]
    accounts = [seller.connects(store, "shopify"), seller.connects(shop)]
    makes(seller, "KAOS-M")
    for sku in ("KAOS_M", "KAOS.M"):
        links(seller, seller.listing(sku), "KAOS-M")
    before = [*store.units(), *shop.units()]

    finished = [lists_all(seller, account, filter={}) for account in accounts]

    assert [told(each)["KAOS-M"] for each in finished] == [f"listed as {ref}" for ref in refs]
    assert [*store.units(), *shop.units()] == before
    assert {listing["sku"]: (listing["name"], listing["sku_changed"]) for listing in seller.listings()} == {
        "KAOS_M": ("Kaos Medium", False), "KAOS.M": ("Kaos ukuran M", False),
    }  # fmt: skip


@pytest.mark.row("P-11")
def test_what_a_merchant_changes_in_the_catalogue_goes_out_to_every_listing_that_the_hub_made(
    seller: Merchant, store: ShopifySandbox, shop: TokopediaSandbox
) -> None:
    makes(seller, "KAOS")
    accounts = [seller.connects(store, "shopify"), seller.connects(shop), opens_a_point_of_sale(seller)]
    categories = [None, SHOES, None]
    for account, category_ref in zip(accounts, categories, strict=True):
        lists(seller, account, "KAOS", category_ref=category_ref)
    change = {"sku": "KAOS-NEW", "name": "Kaos baru", "price": {"amount": "99000", "currency": "IDR"}}
    seller.call("PATCH", f"/products/{product_of(seller, 'KAOS')['id']}", change)

    finished = [lists_all(seller, account, filter={}) for account in accounts]

    assert all(told(each)["KAOS-NEW"].startswith("listed as ") for each in finished)
    shown = [[(unit.sku, unit.name) for unit in units] for units in (store.units(), shop.units())]
    assert shown == [[("KAOS-NEW", "Kaos baru")]] * 2
    assert [one.price for one in store.variants()] == ["99000.00"]
    assert {(each["sku"], each["name"], each["price"]["amount"]) for each in seller.listings()} == {
        ("KAOS-NEW", "Kaos baru", "99000"),
    }  # fmt: skip
