"""Whose a hint is that does not say so itself."""

from __future__ import annotations

import pytest

from hub.webhooks.rules import Shop, Told, whose

SHOPS = [
    Shop(account_id=one, merchant_id="m", shop_ref=one, enabled=True, reads_orders="", reads_items="")
    for one in ("east", "west")
]


@pytest.mark.parametrize(
    ("kind", "shop_ref", "holders", "found"),
    [
        pytest.param("order", "west", (), "west", id="it names its shop"),
        pytest.param("order", "north", ("west",), None, id="it names a shop that is not connected"),
        pytest.param("order", "", ("west",), "west", id="one account has an order of that reference"),
        pytest.param("order", "", ("east", "west"), None, id="both have one"),
        pytest.param("order", "", (), None, id="none has"),
        pytest.param("item", "", ("west",), None, id="it is no order's"),
    ],
)
def test_a_hint_is_for_the_one_account_that_it_can_be_for(
    kind: str, shop_ref: str, holders: tuple[str, ...], found: str | None
) -> None:
    told = Told(id="1", kind=kind, ref="o-1", shop_ref=shop_ref)

    shop = whose(told, SHOPS, {"o-1": holders}, single=False)

    assert (shop.account_id if shop else None) == found
