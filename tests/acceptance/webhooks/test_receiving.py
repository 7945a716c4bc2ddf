"""Row B-24, over the real wires: what a channel sends is proven, known again, kept as it came, and read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hub_hookspecs.testing import serve
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.webhooks.test_storm import door
from tests.stalls import Shopify, Tokopedia
from tests.webhooks import books, mail, sending
from tests.webhooks.mail import Letter
from tests.world import Hub, Json, Merchant

HOUR = timedelta(hours=1)


def sends(hub: Hub, *requests: httpx.Request) -> list[int]:
    letters = [Letter(ref="", request=each) for each in requests]
    return [status for _, status in sending.send(letters, [door(hub)], senders=1).given]


def refs(merchant: Merchant) -> list[str]:
    """What the merchant's hints named, once all of them were looked at and followed."""
    books.settled(merchant.hub.runtime.database, merchant.id)
    return [each["ref"] for each in merchant.all("/webhooks?outcome=reading")]


@pytest.mark.row("B-24")
def test_messages_of_both_channels_are_kept_as_they_came_and_known_again(
    hub: Hub, stalls: tuple[Tokopedia, Shopify]
) -> None:
    merchant = hub.merchant("Toko Batik", "tokopedia", "shopify")
    for stall in stalls:
        stall.add("Kaos", "TEE-M")
        stall.joins(merchant)
        stall.sandbox.deliveries()
        stall.sandbox.stir()
    told = [each for stall in stalls for each in stall.sandbox.deliveries()]

    answers = sends(hub, *told, *reversed(told))
    books.settled(hub.runtime.database, merchant.id)

    hints = merchant.all("/webhooks")
    shown = [merchant.call("GET", f"/webhooks/{each['id']}/message") for each in hints]
    assert answers == [200] * 2 * len(told)
    assert sorted(each["body"] for each in shown) == sorted(each.content.decode() for each in told)
    assert len(merchant.all("/orders")) == 2
    assert len(merchant.all("/events?kind=webhook.message_seen")) == len(hints)


@pytest.mark.row("B-24")
def test_shopify_may_sign_with_the_secret_before_until_it_is_taken_away(
    hub: Hub, stalls: tuple[Tokopedia, Shopify]
) -> None:
    merchant, (_, shopify) = hub.merchant("Toko Batik", "shopify"), stalls
    shopify.add("Kaos", "TEE-M")
    account = shopify.joins(merchant)
    old = shopify.sandbox.settings()["client_secret"]

    shopify.sandbox.rotate_secret("the-newer-one-of-two-secrets")
    gives_secrets(merchant, account, client_secret="the-newer-one-of-two-secrets", former_client_secret=old)
    by_the_old = tells(shopify)
    shopify.sandbox.clock = lambda: datetime.now(UTC) + 2 * HOUR
    by_the_new = tells(shopify)
    during = sends(hub, by_the_old, by_the_new)
    gives_secrets(merchant, account, former_client_secret="")
    afterwards = sends(hub, mail.replayed(Letter(ref="", request=by_the_old)).request, by_the_new)

    assert (during, afterwards) == ([200, 200], [401, 200])
    assert len(refs(merchant)) == 2


@pytest.mark.row("B-24")
def test_shops_of_one_app_are_told_apart_by_the_shop_that_the_message_names(hub: Hub, shop: TokopediaSandbox) -> None:
    merchants = [hub.merchant("Toko Batik"), hub.merchant("Warung Sari")]
    other = TokopediaSandbox(seed=shop.seed + 5_000, size=0, rate=None, app=shop)
    with serve(other):
        for merchant, sandbox in zip(merchants, (shop, other), strict=True):
            sandbox.add("Kaos", "TEE-M")
            merchant.connects(sandbox)
        both = [str(each.sell(next(each.units()).ref)) for each in (shop, other)]

        answers = sends(hub, *other.deliveries(), *shop.deliveries())
        told = [refs(merchant) for merchant in merchants]

    assert answers == [200, 200]
    assert told == [[ref] for ref in both]
    assert [[each["ref"] for each in merchant.all("/orders")] for merchant in merchants] == told


def gives_secrets(merchant: Merchant, account: Json, **secrets: str) -> None:
    known = merchant.hub.api.get(f"/v1/merchants/{merchant.id}/accounts/{account['id']}").headers["ETag"]
    merchant.call("PATCH", f"/accounts/{account['id']}", {"settings": secrets}, status=200, **{"If-Match": known})
    merchant.waits_for_the_rest(account)


def tells(shopify: Shopify) -> httpx.Request:
    """Let something be sold, and the channel say so."""
    shopify.sandbox.deliveries()
    shopify.sandbox.stir()
    (told,) = shopify.sandbox.deliveries()
    return told
