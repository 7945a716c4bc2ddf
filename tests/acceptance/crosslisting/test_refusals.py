"""Row P-10: what a channel refuses is told with its own words, row by row, and what it takes is listed all the same."""

from __future__ import annotations

import pytest
from hub_hookspecs.testing import serve
from hub_hookspecs.testing.faults import Faulty, wrong_json
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.crosslisting.steps import (
    Saying,
    cross_lists,
    downloads,
    hands_in,
    makes,
    notified,
    results,
    told,
    uploads,
)
from tests.sheets import Line, refilled
from tests.world import Json, Merchant

SNEAKERS = "2052"
FORBIDDEN = wrong_json(
    b'{"header":{"process_time":0.01,"messages":"Your request has been processed successfully"},"data":{"total_data":1,'
    b'"success_data":0,"fail_data":1,"failed_rows_data":[{"error":["Nama produk mengandung kata terlarang"]}]}}'
)
TOO_LONG = "Sepatu " * 40


def handed_in(merchant: Merchant, ready: Json, said: dict[str, Line]) -> Json:
    """Hand the workbook in with these cells changed, by SKU."""
    return hands_in(merchant, ready, lambda found: [line | {"Stock": 5} | said.get(line["SKU"], {}) for line in found])


@pytest.mark.row("P-09")
@pytest.mark.row("P-10")
def test_what_tokopedia_refuses_is_told_in_its_words_and_is_listed_once_it_was_corrected(
    seller: Merchant, shop: TokopediaSandbox
) -> None:
    wire = Faulty(shop)
    wire.inject(FORBIDDEN, Saying(path="/create", words=('"TERLARANG"',)))
    with serve(wire):
        account = seller.connects(wire)
        makes(seller, "BAGUS", "MURAH", "TERLARANG", "KOSONG")
        ready = cross_lists(seller, account, filter={}, category_ref=SNEAKERS)

        first = handed_in(seller, ready, {"MURAH": {"Price": 99}, "KOSONG": {"Name": ""}})
        there_at_first = {unit.sku: unit.ref for unit in shop.units()}
        second = handed_in(seller, ready, {})

    why = {
        "MURAH": "Tokopedia does not take this product: "
        "price: 99 is not allowed; choose one between 100 and 100,000,000 rupiah",
        "TERLARANG": "Tokopedia refuses this product: Nama produk mengandung kata terlarang",
        "BAGUS": f"listed as {there_at_first['BAGUS']}",
    }
    result = results(seller, first)
    assert {*there_at_first} == {"BAGUS"}
    assert first["title"].endswith("1 of 4 rows listed")
    assert told(first).pop("KOSONG").startswith("B5 (Name): ")
    assert {sku: text for sku, text in told(first).items() if sku != "KOSONG"} == why
    assert {sku: line["What became of it"] for sku, line in result.items() if sku != "KOSONG"} == why
    assert {sku: line["Outcome"] for sku, line in result.items()} == {
        "BAGUS": "done", "MURAH": "failed", "TERLARANG": "failed", "KOSONG": "refused",
    }  # fmt: skip
    assert second["title"].endswith("4 of 4 rows listed")
    assert sorted(str(unit.sku) for unit in shop.units()) == ["BAGUS", "KOSONG", "MURAH", "TERLARANG"]


@pytest.mark.row("P-10")
def test_what_shopify_refuses_is_told_with_the_field_it_names(seller: Merchant, store: ShopifySandbox) -> None:
    account = seller.connects(store, "shopify")
    makes(seller, "BAGUS", "PANJANG", "DOLAR")
    ready = cross_lists(seller, account)

    finished = handed_in(seller, ready, {"PANJANG": {"Name": TOO_LONG.strip()}, "DOLAR": {"Currency": "USD"}})

    (unit,) = store.units()
    assert told(finished) == {
        "BAGUS": f"listed as {unit.ref}",
        "PANJANG": "Shopify: input.title: is too long (maximum is 255 characters) (INVALID_INPUT)",
        "DOLAR": "price is in USD, the store sells in IDR: set a price in IDR",
    }
    assert {sku: line["Outcome"] for sku, line in results(seller, finished).items()} == {
        "BAGUS": "done", "PANJANG": "failed", "DOLAR": "failed",
    }  # fmt: skip


@pytest.mark.row("P-10")
@pytest.mark.parametrize("hub", ["production"], indirect=True)
def test_a_channel_that_lets_nobody_in_any_more_asks_for_a_person_and_lists_once_that_is_mended(
    seller: Merchant, shop: TokopediaSandbox
) -> None:
    account = seller.connects(shop)
    makes(seller, "SATU")
    ready = cross_lists(seller, account, filter={}, category_ref=SNEAKERS)
    shop.block_ip()

    uploads(seller, ready, refilled(downloads(seller, ready), lambda found: [line | {"Stock": 5} for line in found]))
    asked = notified(seller, account, "account.needs_action")
    there_meanwhile = list(shop.units())
    shop.allow_ip()
    seller.call("POST", f"/accounts/{account['id']}/resume")
    finished = notified(seller, ready["subject"], "crosslisting.finished")

    assert [unit.sku for unit in shop.units()] == ["SATU"]
    assert "add it to the app's IP whitelist" in asked["text"]
    assert there_meanwhile == []
    assert told(finished) == {str(unit.sku): f"listed as {unit.ref}" for unit in shop.units()}
