"""Rows P-04…P-11: from the item menu to the point of sale, as a merchant and the platform team meet it."""

from __future__ import annotations

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.acceptance.crosslisting.steps import cross_lists, downloads, lists_all, opens_a_point_of_sale, results, told
from tests.sheets import lines
from tests.world import Hub, Merchant


@pytest.fixture
def seller(hub: Hub, shop: TokopediaSandbox) -> Merchant:
    """Sells shirts on Tokopedia; their listings are confirmed."""
    merchant = hub.merchant("Toko Larasati", "tokopedia", "pos")
    for size in ("S", "M"):
        shop.add(f"Kaos Katun {size}", f"KAOS-{size}")
    merchant.connects(shop)
    merchant.confirms_all()
    return merchant


@pytest.mark.row("P-04")
def test_a_product_is_on_the_point_of_sale_once_it_was_listed_there_and_not_before(seller: Merchant) -> None:
    account = opens_a_point_of_sale(seller)
    refused = seller.call("POST", f"/accounts/{account['id']}/imports", status=409)
    assert seller.listings(f"account_id={account['id']}") == []

    lists_all(seller, account)

    assert "list products to this channel instead" in refused["detail"]
    assert {listing["sku"] for listing in seller.listings(f"account_id={account['id']}")} == {"KAOS-S", "KAOS-M"}


@pytest.mark.row("P-05")
def test_chosen_products_are_cross_listed_and_others_are_not(seller: Merchant) -> None:
    account = opens_a_point_of_sale(seller)
    chosen = next(product for product in seller.products() if product["sku"] == "KAOS-M")

    ready = cross_lists(seller, account, product_ids=[chosen["id"]])

    assert [line["SKU"] for line in lines(downloads(seller, ready))] == ["KAOS-M"]


@pytest.mark.row("P-06")
def test_the_target_channel_is_chosen_and_its_categories_where_it_has_some(seller: Merchant, market: Market) -> None:
    second = seller.connects(market())
    seller.call("POST", f"/accounts/{second['id']}/categories/refresh", status=202)
    seller.settles()
    leaf = seller.call("GET", f"/accounts/{second['id']}/categories?leaf=true&limit=1")["items"][0]

    ready = cross_lists(seller, second, filter={"q": "KAOS"}, category_ref=leaf["ref"])

    offered = {line["Category"] for line in lines(downloads(seller, ready))}
    assert offered == {f"{leaf['path']} [{leaf['ref']}]"}


@pytest.mark.row("P-07")
def test_a_point_of_sale_has_no_categories_to_map_and_submit_is_enough(seller: Merchant) -> None:
    account = opens_a_point_of_sale(seller)

    refused = seller.call("GET", f"/accounts/{account['id']}/categories", status=409)
    ready = cross_lists(seller, account)

    assert refused["detail"] == "Point of sale has no categories: a point of sale needs no categories"
    assert all("Category" not in line for line in lines(downloads(seller, ready)))


@pytest.mark.row("P-08")
def test_the_workbook_arrives_as_a_notification_with_what_is_known_filled_in(seller: Merchant) -> None:
    ready = cross_lists(seller, opens_a_point_of_sale(seller))

    found = {line["SKU"]: line for line in lines(downloads(seller, ready))}

    assert (ready["level"], ready["title"]) == ("info", "Workbook for Tanah Abang (pos) is ready")
    assert (found["KAOS-M"]["Name"], found["KAOS-M"]["Price"], found["KAOS-M"]["Currency"]) == (
        "Kaos Katun M", 50_000, "IDR",
    )  # fmt: skip


@pytest.mark.row("P-09")
def test_the_filled_workbook_is_uploaded_and_what_stands_in_it_is_listed(seller: Merchant) -> None:
    account = opens_a_point_of_sale(seller)

    lists_all(seller, account, lambda found: [line | {"Name": f"{line['Name']} (toko)"} for line in found])

    names = {listing["name"] for listing in seller.listings(f"account_id={account['id']}")}
    assert names == {"Kaos Katun S (toko)", "Kaos Katun M (toko)"}


@pytest.mark.row("P-10")
def test_the_result_is_in_the_notifications_row_by_row_with_failures(seller: Merchant) -> None:
    account = opens_a_point_of_sale(seller)

    finished = lists_all(
        seller,
        account,
        lambda found: [line | {"Weight (g)": "berat" if line["SKU"] == "KAOS-S" else 5} for line in found],
    )

    assert (finished["level"], finished["title"]) == ("warning", "Tanah Abang (pos): 1 of 2 rows listed")
    assert told(finished)["KAOS-S"].startswith("G2 (Weight (g)): ")
    assert told(finished)["KAOS-M"].startswith("listed as ")
    outcomes = {sku: line["Outcome"] for sku, line in results(seller, finished).items()}
    assert outcomes == {"KAOS-S": "refused", "KAOS-M": "done"}


@pytest.mark.row("P-11")
def test_afterwards_the_product_shows_the_point_of_sale_grouped_with_the_marketplaces(
    seller: Merchant, market: Market
) -> None:
    second = market()
    second.add("Kaos Katun M", "KAOS-M")
    seller.connects(second)
    seller.confirms_all()
    account = opens_a_point_of_sale(seller)

    lists_all(seller, account)

    product = next(product for product in seller.products() if product["sku"] == "KAOS-M")
    grouped = seller.listings(f"product_id={product['id']}")
    plugins = {each["id"]: each["plugin"] for each in seller.all("/accounts")}
    assert sorted(plugins[listing["account_id"]] for listing in grouped) == ["pos", "tokopedia", "tokopedia"]
    assert {listing["state"] for listing in grouped} == {"linked"}


@pytest.mark.row("P-11")
def test_listing_again_changes_the_listings_there_and_makes_no_others(seller: Merchant) -> None:
    account = opens_a_point_of_sale(seller)
    lists_all(seller, account)
    before = {listing["id"] for listing in seller.listings(f"account_id={account['id']}")}

    lists_all(seller, account, lambda found: [line | {"Name": "Kaos Baru"} for line in found])

    after = seller.listings(f"account_id={account['id']}")
    assert {listing["id"] for listing in after} == before
    assert {listing["name"] for listing in after} == {"Kaos Baru"}
