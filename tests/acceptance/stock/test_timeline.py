"""A story of one SKU, and what each channel believed at three moments of it, and why."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.acceptance.crosslisting.steps import lists_all, opens_a_point_of_sale
from tests.acceptance.stock.test_telling import adjusts, confirms, joins, warehouse_of
from tests.stalls import Shopify, Tokopedia
from tests.world import Hub, Json, Merchant


def then(merchant: Merchant, product: str, at: datetime) -> dict[str, Json]:
    """What each channel had been told by then, by the channel's name; and what lay there, as "stock"."""
    stamp = at.isoformat().replace("+00:00", "Z")
    found = merchant.call("GET", f"/products/{product}/timeline/at?at={stamp}")
    (shelf,) = found["stock"]
    return {one["channel"]: one for one in found["listings"]} | {"stock": shelf}


def opens_shopify(merchant: Merchant, shop: Shopify) -> Json:
    """Connect the shop, and let the location where its goods lie show the default warehouse."""
    account = shop.joins(merchant)
    home, *_ = next(shop.sandbox.variants()).inventory_item.levels
    mapping = [{"ref": f"gid://shopify/Location/{home}", "warehouses": [warehouse_of(merchant)]}]
    merchant.call("PUT", f"/accounts/{account['id']}/places", {"places": mapping})
    return account


def sells_by_hand(merchant: Merchant, account: Json, product: str, units: int) -> Json:
    recipient = {"name": "Ibu Sari", "phone": "+62 812 0000", "lines": ["Jl. Melati 5"], "city": "Bandung"}
    wish = {"account_id": account["id"], "source": "WhatsApp", "recipient": recipient}
    wish |= {"lines": [{"product_id": product, "quantity": units}]}
    order = merchant.call("POST", "/orders", wish, status=201)
    merchant.settles()
    return order


def test_what_each_channel_believed_at_any_moment_and_why_is_one_question(
    hub: Hub, stalls: tuple[Tokopedia, Shopify]
) -> None:
    merchant, (tokopedia, shopify) = hub.merchant("Toko Melati", "tokopedia", "shopify", "pos"), stalls
    refs = {stall: stall.add("Kaos", "TEE-M", stock=10) for stall in stalls}
    here, there = joins(merchant, tokopedia.sandbox), opens_shopify(merchant, shopify)
    listing, _ = confirms(merchant, "TEE-M", here), confirms(merchant, "TEE-M", there)
    product = str(listing["product_id"])
    till = opens_a_point_of_sale(merchant)
    lists_all(merchant, till)
    merchant.settles()

    opened = datetime.now(UTC)
    order = sells_by_hand(merchant, till, product, 3)
    sold = datetime.now(UTC)
    tokopedia.sandbox.remove(int(refs[tokopedia]))
    adjusts(merchant, (listing, -2))
    adjusted = datetime.now(UTC)

    first, second, third = (then(merchant, product, at) for at in (opened, sold, adjusted))
    assert [(each["stock"]["on_hand"], each["stock"]["reserved"]) for each in (first, second, third)] == [
        (10, 0), (10, 3), (8, 3),
    ]  # fmt: skip
    assert [each["tokopedia"]["believed"] for each in (first, second, third)] == [10, 7, 7]
    assert [each["shopify"]["believed"] for each in (first, second, third)] == [10, 7, 5]
    assert second["tokopedia"]["cause"]["order_id"] == order["id"]
    assert "an order was taken in" in second["shopify"]["text"]
    assert (third["tokopedia"]["told"], third["tokopedia"]["status"]) == (5, "refused")
    assert "an adjustment of -2 (counted)" in third["tokopedia"]["text"]
    assert "before that it was known to show 7" in third["tokopedia"]["text"]

    told = merchant.all("/timeline?sku=TEE-M&limit=3")
    kinds = [one["kind"] for one in told if one["kind"] in ("movement", "reserved")]
    (refused,) = [one for one in told if one["push"] and one["push"]["status"] == "refused"]
    assert kinds == ["movement", "reserved", "movement"]
    assert "was told 5, thinking that it showed 7, since an adjustment of -2 (counted): refused" in refused["text"]
    (behind,) = merchant.all("/stock/stale")
    assert (behind["sku"], behind["channel"], behind["why"]) == ("TEE-M", "tokopedia", "refused")
