"""Sandboxes lend their hands in the words of the kit, whatever they are called there."""

from __future__ import annotations

import pytest
from hub_fastock_my.sandbox import FastockSandbox
from hub_hookspecs.testing import Sandbox, ShopHands, WarehouseHands
from hub_pasar_my.sandbox import PasarMySandbox
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox


@pytest.mark.parametrize("make", [PasarMySandbox, ShopifySandbox, TokopediaSandbox])
def test_what_is_put_on_sale_is_bought_and_shown_less(make: type[Sandbox]) -> None:
    shop = make(seed=9, size=3)
    assert isinstance(shop, ShopHands)

    listing = shop.offer("Kebaya", "KEBAYA-M", 5)
    orders = {shop.buy(listing, 2), shop.buy(listing, 1)}

    assert (shop.shown(listing), len(orders)) == (2, 2)


def test_a_warehouse_is_told_from_shops() -> None:
    warehouse = FastockSandbox(size=0)

    assert isinstance(warehouse, WarehouseHands)
    assert not isinstance(warehouse, ShopHands)
