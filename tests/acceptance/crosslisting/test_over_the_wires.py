"""Rows P and I: goods of one marketplace are listed on the other and at the counter, and met again by its imports."""

from __future__ import annotations

import pytest
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.crosslisting.steps import (
    cross_lists,
    downloads,
    hands_in,
    lists_all,
    opens_a_point_of_sale,
    told,
)
from tests.sheets import Line, lines, sheet_of
from tests.world import Json, Merchant


def shown_on(merchant: Merchant, sku: str) -> dict[str, Json]:
    """The item menu: every listing of the product with this SKU, by channel."""
    (product,) = [each for each in merchant.products() if each["sku"] == sku]
    plugins = {account["id"]: account["plugin"] for account in merchant.all("/accounts")}
    grouped = merchant.call("GET", f"/products/{product['id']}")["listings"]
    assert len({plugins[listing["account_id"]] for listing in grouped}) == len(grouped), grouped
    return {plugins[listing["account_id"]]: listing for listing in grouped}


@pytest.mark.row("P-05")
@pytest.mark.row("P-11")
@pytest.mark.row("I-14")
def test_goods_of_tokopedia_are_listed_on_shopify_and_at_the_counter(
    seller: Merchant, shop: TokopediaSandbox, store: ShopifySandbox
) -> None:
    shop.add("Kemeja Batik L", "BATIK-L", price=185_000, stock=7)
    seller.connects(shop)
    seller.confirms(seller.listing("BATIK-L"))
    shopify, counter = seller.connects(store, "shopify"), opens_a_point_of_sale(seller)

    for account in (shopify, counter):
        lists_all(seller, account, filter={"q": "BATIK-L"})
    before = shown_on(seller, "BATIK-L")
    seen = seller.imports(shopify)

    (unit,) = store.units()
    assert (unit.sku, unit.name, unit.status) == ("BATIK-L", "Kemeja Batik L", "DRAFT")
    assert {plugin: listing["state"] for plugin, listing in before.items()} == dict.fromkeys(
        ("tokopedia", "shopify", "pos"), "linked"
    )
    assert before["shopify"]["ref"] == unit.ref
    assert seen["items_seen"] == 1
    assert {plugin: listing["id"] for plugin, listing in shown_on(seller, "BATIK-L").items()} == {
        plugin: listing["id"] for plugin, listing in before.items()
    }
    assert seller.listings("state=pending") == []


@pytest.mark.row("P-06")
@pytest.mark.row("P-08")
@pytest.mark.row("P-09")
@pytest.mark.row("P-11")
@pytest.mark.row("I-17")
def test_goods_of_shopify_are_listed_on_tokopedia_in_the_categories_that_were_mapped_or_chosen(
    seller: Merchant, shop: TokopediaSandbox, store: ShopifySandbox
) -> None:
    for name, sku in (("Topi Rajut", "TOPI-1"), ("Pashmina Polos", "HIJAB-1")):
        store.change(store.add(name, sku, price="75000.00", available=4), grams=120.0)
    seller.connects(store, "shopify")
    seller.confirms_all()
    account = seller.connects(shop)
    maps_category(seller, account, "TOPI-1", field="jenis", value="topi", words="Topi Rajut")

    ready = cross_lists(seller, account)
    offered = [label for row in sheet_of(downloads(seller, ready), "_lists") for label in row]
    chosen = next(label for label in offered if "Pashmina" in label)
    filled_in = {line["SKU"]: line for line in lines(downloads(seller, ready))}
    finished = hands_in(seller, ready, lambda found: [chosen_for(line, "HIJAB-1", chosen) for line in found])
    before = {sku: shown_on(seller, sku)["tokopedia"] for sku in ("TOPI-1", "HIJAB-1")}
    seen = seller.imports(account)

    assert (filled_in["TOPI-1"]["Weight (g)"], filled_in["TOPI-1"]["Stock"], filled_in["HIJAB-1"]["Category"]) == (
        120, 4, "",
    )  # fmt: skip
    units = {unit.sku: unit for unit in shop.units()}
    assert sorted(unit.sku or "" for unit in shop.units()) == ["HIJAB-1", "TOPI-1"]
    assert {sku: (unit.name, unit.price, unit.stock, unit.grams) for sku, unit in units.items()} == {
        "TOPI-1": ("Topi Rajut", 75_000, 4, 120),
        "HIJAB-1": ("Pashmina Polos", 75_000, 4, 120),
    }
    assert filled_in["TOPI-1"]["Category"].endswith(f"Topi Rajut [{units['TOPI-1'].category}]")
    assert chosen.endswith(f"[{units['HIJAB-1'].category}]")
    assert finished["level"] == "info"
    assert told(finished) == {sku: f"listed as {unit.ref}" for sku, unit in units.items()}
    assert seen["items_seen"] == 2
    after = {sku: shown_on(seller, sku) for sku in before}
    assert {sku: grouped["tokopedia"]["id"] for sku, grouped in after.items()} == {
        sku: listing["id"] for sku, listing in before.items()
    }
    assert {listing["state"] for grouped in after.values() for listing in grouped.values()} == {"linked"}
    assert {*after["TOPI-1"]} == {"shopify", "tokopedia"}
    assert seller.listings("state=pending") == []


def maps_category(merchant: Merchant, account: Json, sku: str, *, field: str, value: str, words: str) -> None:
    """Say what a product is, and which of the channel's categories that means."""
    merchant.call("POST", f"/accounts/{account['id']}/categories/refresh", status=202)
    merchant.settles()
    (leaf,) = merchant.call("GET", f"/accounts/{account['id']}/categories?leaf=true&q={words}")["items"]
    mapping = {"field": field, "value": value, "category_ref": leaf["ref"]}
    merchant.call("PUT", f"/accounts/{account['id']}/category-mappings", mapping)
    (product,) = [each for each in merchant.products() if each["sku"] == sku]
    merchant.call("PATCH", f"/products/{product['id']}", {"attributes": {field: value}})


def chosen_for(line: Line, sku: str, category: str) -> Line:
    """Choose from the drop-down in the row of this SKU."""
    return line | {"Category": category} if line["SKU"] == sku else line
