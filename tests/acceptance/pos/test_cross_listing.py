"""Rows P-04…P-11: from the item menu to the point of sale, as a merchant and the platform team meet it."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.conftest import Market
from tests.servers import Pause
from tests.sheets import Line, lines, refilled
from tests.world import PATIENCE, Hub, Json, Merchant

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Change = Callable[[list[Line]], list[Line]]


@pytest.fixture
def seller(hub: Hub, shop: TokopediaSandbox) -> Merchant:
    """Sells shirts on Tokopedia; their listings are confirmed."""
    merchant = hub.merchant("Toko Larasati", "tokopedia", "pos")
    for size in ("S", "M"):
        shop.add(f"Kaos Katun {size}", f"KAOS-{size}")
    merchant.connects(shop)
    merchant.confirms_all()
    return merchant


def opens_a_point_of_sale(merchant: Merchant) -> Json:
    wish = {"plugin": "pos", "settings": {"store_name": "Tanah Abang"}, "preconditions_confirmed": True}
    account: Json = merchant.call("POST", "/accounts", wish, status=201)["account"]
    return account


def cross_lists(merchant: Merchant, account: Json, **chosen: object) -> Json:
    """Choose products and the target channel, press Submit, and wait for the notification."""
    wish = {"account_id": account["id"]} | (chosen or {"filter": {}})
    begun = merchant.call("POST", "/crosslistings", wish, status=202)
    return notified(merchant, begun, "crosslisting.workbook_ready")


def notified(merchant: Merchant, crosslisting: Json, kind: str) -> Json:
    pause = Pause(PATIENCE)
    while True:
        for notice in merchant.all("/notices?unread=true"):
            if (notice["kind"], notice["subject"]["id"]) == (kind, crosslisting["id"]):
                return merchant.call("POST", f"/notices/{notice['id']}/read")
        pause.briefly()


def downloads(merchant: Merchant, notice: Json) -> bytes:
    answer = merchant.hub.api.get(notice["link"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    return answer.content


def uploads(merchant: Merchant, notice: Json, content: bytes) -> httpx.Response:
    path = f"/v1/merchants/{merchant.id}/crosslistings/{notice['subject']['id']}/workbook"
    return merchant.hub.api.post(path, content=content, headers={"Content-Type": XLSX})


def lists_all(merchant: Merchant, account: Json, change: Change = lambda found: found) -> Json:
    """Cross-list everything, fill in the workbook, upload it and wait for the result."""
    ready = cross_lists(merchant, account)
    answer = uploads(merchant, ready, refilled(downloads(merchant, ready), change))
    assert answer.status_code == 202, answer.text
    return notified(merchant, ready["subject"], "crosslisting.finished")


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
    told = dict(line.split(": ", 1) for line in finished["text"].splitlines())
    assert told["KAOS-S"].startswith("G2 (Weight (g)): ")
    assert told["KAOS-M"].startswith("listed as ")
    result = {line["SKU"]: line["Outcome"] for line in lines(downloads(seller, finished), "Result")}
    assert result == {"KAOS-S": "refused", "KAOS-M": "done"}


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
