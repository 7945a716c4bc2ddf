"""Row P-11: of a new listing the hub keeps what its channel shows, whatever was typed; a workbook needs no stock."""

from __future__ import annotations

import pytest
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.crosslisting.steps import lists_all, makes, told
from tests.world import Merchant

SHOES = "2052"


@pytest.mark.row("P-11")
def test_of_a_new_listing_the_hub_keeps_the_stock_and_the_state_that_its_channel_shows(
    seller: Merchant, store: ShopifySandbox, shop: TokopediaSandbox
) -> None:
    web, market = seller.connects(store, "shopify"), seller.connects(shop)
    makes(seller, "KAOS")

    lists_all(seller, web, filter={})
    finished = lists_all(seller, market, filter={}, category_ref=SHOES)
    lists_all(seller, market, lambda found: [line | {"Stock": 5_000} for line in found], filter={}, category_ref=SHOES)

    there = {unit.ref: (unit.quantity, unit.active) for unit in store.units()}
    there |= {str(unit.ref): (unit.stock, True) for unit in shop.units()}
    assert "stock: a new product needs at least 1 in stock" in told(finished)["KAOS"]
    assert {each["ref"]: (each["quantity"], each["active"]) for each in seller.listings()} == there
    assert sorted(there.values()) == [(0, False), (1_000, True)]
