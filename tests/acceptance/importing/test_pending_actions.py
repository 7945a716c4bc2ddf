"""Rows I: what an import brings, and where it waits for a person."""

from __future__ import annotations

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.world import Merchant


@pytest.mark.row("I-01")
def test_importing_brings_the_items_of_a_marketplace_into_the_hub(merchant: Merchant, shop: TokopediaSandbox) -> None:
    ref = shop.add("Kaos Polos Hitam M", "KPS-HTM-M", stock=7, price=55_000)

    account = merchant.connects(shop)

    listing = merchant.listing("KPS-HTM-M")
    assert listing["ref"] == str(ref)
    assert listing["account_id"] == account["id"]
    assert (listing["name"], listing["quantity"], listing["active"]) == ("Kaos Polos Hitam M", 7, True)
    assert listing["price"] == {"amount": "55000", "currency": "IDR"}
