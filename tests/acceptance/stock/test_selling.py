"""Rows B-03, B-04: what is sold on one channel is not sold again on another, nor put back on sale where it was sold."""

from __future__ import annotations

from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.stock.test_telling import adjusts, confirms, joins, shows, warehouse_of
from tests.stalls import Shopify, Tokopedia
from tests.world import Hub, Json, Merchant


def joins_both(merchant: Merchant, tokopedia: Tokopedia, shopify: Shopify) -> tuple[Json, Json]:
    """Connect a shop on each, and let both show the default warehouse."""
    account = shopify.joins(merchant)
    mapping = [{"ref": place["ref"], "warehouses": [warehouse_of(merchant)]} for place in account["places"][:1]]
    merchant.call("PUT", f"/accounts/{account['id']}/places", {"places": mapping})
    return joins(merchant, tokopedia.sandbox), account


def reads_orders(merchant: Merchant, account: Json) -> None:
    """What a poll does, at this moment."""
    merchant.call("POST", f"/accounts/{account['id']}/orders/import", status=202)
    merchant.settles()


def orders(merchant: Merchant) -> list[Json]:
    """Every order, with all its lines and what becomes of them."""
    return [merchant.call("GET", f"/orders/{each['id']}") for each in merchant.all("/orders")]


def told(merchant: Merchant, listing: Json) -> int:
    return len(merchant.all(f"/listings/{listing['id']}/pushes"))


def test_a_sale_that_nobody_has_imported_is_not_written_over_where_nothing_compares(
    merchant: Merchant, shop: TokopediaSandbox
) -> None:
    ref = shop.add("Kaos", "TEE-M", stock=10)
    listing = confirms(merchant, "TEE-M", joins(merchant, shop))
    shop.sell(ref, 3)

    adjusts(merchant, (listing, 5))

    assert shows(shop, ref) == 12
    assert len(orders(merchant)) == 1


def test_what_is_sold_at_shopify_falls_at_tokopedia_within_one_poll_and_only_once(
    hub: Hub, stalls: tuple[Tokopedia, Shopify]
) -> None:
    merchant, (tokopedia, shopify) = hub.merchant("Toko Batik", "tokopedia", "shopify"), stalls
    refs = {stall: stall.add("Kaos", "TEE-M", stock=10) for stall in stalls}
    here, there = joins_both(merchant, tokopedia, shopify)
    first, _ = confirms(merchant, "TEE-M", here), confirms(merchant, "TEE-M", there)
    shopify.sandbox.sell(refs[shopify], 3)

    reads_orders(merchant, there)
    shown = shows(tokopedia.sandbox, int(refs[tokopedia]))
    before = (orders(merchant), told(merchant, first))
    reads_orders(merchant, there)
    reads_orders(merchant, here)

    assert (shown, len(before[0])) == (7, 1)
    assert (orders(merchant), told(merchant, first)) == before
    assert shows(tokopedia.sandbox, int(refs[tokopedia])) == shopify.sandbox.available(refs[shopify]) == 7
