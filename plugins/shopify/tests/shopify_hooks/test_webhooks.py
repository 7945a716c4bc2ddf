"""What a store says of itself: believed by its signature alone, and never more than a hint."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from hub_hookspecs import BadSignature, Capability, Delivery, Hint, HintKind, Rejected, WebhookRequest
from hub_hookspecs.testing.faults import SteppedClock
from hub_shopify import connecting, plugin, webhooks
from hub_shopify.client import ShopifyClient
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.settings import ShopifySettings

from .steps import logged_in, small

SHOP, SECRET = "toko-batik-ayu.myshopify.com", "hush-hush-client-secret"
SETTINGS = ShopifySettings(shop=SHOP, client_id="id", client_secret=SECRET)
URL = "https://hub.example/webhooks/shopify/t0ken"


def request_of(body: bytes, topic: str, *, secret: str = SECRET, **headers: str) -> WebhookRequest:
    mac = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    given = {
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": SHOP,
        "x-shopify-hmac-sha256": mac,
        "x-shopify-webhook-id": "b54557e4",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return WebhookRequest(headers=given, query={}, body=body, received_at=datetime(2026, 11, 22, tzinfo=UTC))


def parse(body: Any, topic: str) -> Delivery:  # Any: JSON
    return webhooks.parse(SETTINGS, request_of(msgspec.json.encode(body), topic))


def received(delivery: httpx.Request) -> WebhookRequest:
    headers = {name.lower(): value for name, value in delivery.headers.items()}
    return WebhookRequest(headers=headers, query={}, body=delivery.content, received_at=datetime.now(UTC))


def test_shopifys_own_vector_is_taken() -> None:
    body = b'{"id":820982911946154508,"name":"#1001"}'
    request = request_of(body, "orders/create", x_shopify_hmac_sha256="NxE5SQdgpAwYsetQW9ayUBkyLykAo9xf+wGlUJtgmow=")

    delivery = webhooks.parse(SETTINGS, request)

    assert delivery.key == "b54557e4"
    assert delivery.hints == (Hint(kind=HintKind.ORDER, ref="gid://shopify/Order/820982911946154508", shop_ref=SHOP),)
    assert (delivery.reply_status, delivery.reply_body) == (200, b"")


@pytest.mark.parametrize(
    ("topic", "body", "kind", "refs"),
    [
        ("orders/updated", {"id": 7}, HintKind.ORDER, ["Order/7"]),
        ("orders/cancelled", {"id": 7}, HintKind.ORDER, ["Order/7"]),
        ("refunds/create", {"id": 1, "order_id": 7}, HintKind.ORDER, ["Order/7"]),
        ("products/delete", {"id": 7}, HintKind.ITEM, ["Product/7"]),
        ("inventory_levels/update", {"inventory_item_id": 7, "available": 3}, HintKind.STOCK, ["InventoryItem/7"]),
        (
            "customers/redact",
            {"shop_domain": SHOP, "customer": {"id": 1}, "orders_to_redact": [7, 8]},
            HintKind.ERASE_BUYER,
            ["Order/7", "Order/8"],
        ),
    ],
)
def test_a_delivery_hints_at_what_is_to_be_read_again(topic: str, body: Any, kind: HintKind, refs: list[str]) -> None:
    hints = parse(body, topic).hints  # Any: JSON

    assert hints == tuple(Hint(kind=kind, ref=f"gid://shopify/{ref}", shop_ref=SHOP) for ref in refs)


@pytest.mark.parametrize(
    ("topic", "body", "kind"),
    [
        ("app/uninstalled", {"id": 1, "domain": SHOP}, HintKind.ACCOUNT),
        ("app/scopes_update", {"id": 1}, HintKind.ACCOUNT),
        ("shop/redact", {"shop_id": 1, "shop_domain": SHOP}, HintKind.ERASE_BUYER),
    ],
)
def test_a_delivery_about_the_store_names_the_store(topic: str, body: Any, kind: HintKind) -> None:  # Any: JSON
    assert parse(body, topic).hints == (Hint(kind=kind, ref=SHOP, shop_ref=SHOP),)


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        pytest.param("customers/data_request", {"shop_domain": SHOP, "orders_requested": [7]}, id="a request for data"),
        pytest.param("customers/redact", {"orders_to_redact": [7]}, id="erasing, without the store in what is signed"),
        pytest.param("shop/redact", {"id": 7}, id="an order under a topic that erases all"),
        pytest.param(
            "shop/redact", {"shop_id": 1, "shop_domain": SHOP, "orders_to_redact": []}, id="one customer as all"
        ),
        pytest.param("carts/update", {"id": 7}, id="a topic that nobody asked for"),
        pytest.param("orders/create", {"id": "7"}, id="an id in words"),
        pytest.param("orders/create", {"id": True}, id="no id"),
        pytest.param("orders/create", ["7"], id="a list"),
        pytest.param("customers/redact", {"shop_domain": SHOP, "orders_to_redact": "7"}, id="no list"),
    ],
)
def test_what_says_nothing_to_the_hub_is_taken_and_hints_at_nothing(topic: str, body: Any) -> None:  # Any: JSON
    assert parse(body, topic).hints == ()


@pytest.mark.parametrize("body", [b"", b"not json \xff", b"[" * 100_000])
def test_a_signed_body_that_cannot_be_read_hints_at_nothing(body: bytes) -> None:
    assert webhooks.parse(SETTINGS, request_of(body, "orders/create")).hints == ()


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(request_of(b'{"id":7}', "orders/create", secret="another"), id="another secret"),
        pytest.param(
            msgspec.structs.replace(request_of(b'{"id":7}', "orders/create"), body=b'{"id":8}'), id="another body"
        ),
        pytest.param(request_of(b"{}", "orders/create", x_shopify_hmac_sha256=""), id="no signature"),
        pytest.param(request_of(b"{}", "orders/create", x_shopify_hmac_sha256="ümlaut"), id="no base64"),
        pytest.param(request_of(b"{}", "orders/create", x_shopify_shop_domain="a.myshopify.com"), id="another store"),
        pytest.param(request_of(b"{}", "orders/create", secret=""), id="an empty secret"),
    ],
)
def test_what_is_not_signed_with_the_apps_secret_is_refused(request_: WebhookRequest) -> None:
    with pytest.raises(BadSignature) as refused:
        webhooks.parse(SETTINGS, request_)

    assert SECRET not in str(refused.value)


def test_without_a_secret_nothing_is_believed_and_the_account_says_so() -> None:
    sandbox = small()
    pasted = msgspec.convert(sandbox.legacy_settings(), ShopifySettings)

    with pytest.raises(BadSignature):
        webhooks.parse(pasted, request_of(b"{}", "orders/create", secret="", x_shopify_shop_domain=pasted.shop))
    with logged_in(sandbox, client_id="", client_secret="", access_token=pasted.access_token) as account:
        assert Capability.PARSE_WEBHOOK in plugin.check_account(account).lacks
        assert plugin.connect_account(account, URL).webhooks == ()


def test_a_repeat_has_the_same_key_and_an_id_is_not_needed_for_it() -> None:
    nameless = [
        request_of(b'{"id":7}', topic, x_shopify_webhook_id="") for topic in ("orders/create", "orders/updated")
    ]

    keys = [webhooks.parse(SETTINGS, one).key for one in [*nameless, *nameless]]

    assert keys[:2] == keys[2:]
    assert len(set(keys)) == 2


def test_what_says_itself_when_it_happened_is_the_same_under_another_id() -> None:
    body = b'{"id":7,"updated_at":"2026-11-22T10:00:00+07:00"}'

    keys = [webhooks.parse(SETTINGS, request_of(body, "orders/updated", x_shopify_webhook_id=one)).key for one in "abc"]

    assert len(set(keys)) == 1, "the id is a header, and headers are not signed"


def test_a_delivery_may_come_a_day_late() -> None:
    late = request_of(b'{"id":7}', "orders/updated", x_shopify_triggered_at="2026-11-20T01:00:00.000000000Z")

    assert webhooks.parse(SETTINGS, late).hints


@pytest.mark.parametrize(
    ("triggered", "code"),
    [
        pytest.param("2026-11-19T23:00:00.000000000Z", "stale", id="recorded and sent again"),
        pytest.param("2026-11-24T01:00:00.000000000Z", "stale", id="in days to come"),
        pytest.param("yesterday", "", id="no time"),
    ],
)
def test_what_was_triggered_at_another_time_is_refused(triggered: str, code: str) -> None:
    request = request_of(b'{"id":7}', "orders/updated", x_shopify_triggered_at=triggered)

    with pytest.raises(BadSignature) as refused:
        webhooks.parse(SETTINGS, request)

    assert refused.value.code == code


# -- subscriptions


def connected(sandbox: ShopifySandbox, url: str = URL) -> tuple[str, ...]:
    with logged_in(sandbox) as account:
        return plugin.connect_account(account, url).webhooks


def subscribed(sandbox: ShopifySandbox) -> list[tuple[str, str]]:
    return sorted((one.topic, one.uri) for one in sandbox.outbox.subscriptions.values())


def test_connecting_again_changes_nothing_and_brings_back_what_shopify_dropped() -> None:
    sandbox = small()
    assert set(connected(sandbox)) == set(connecting.TOPICS)
    wanted = subscribed(sandbox)

    connected(sandbox)
    assert subscribed(sandbox) == wanted

    sandbox.outbox.subscriptions.popitem()
    connected(sandbox)
    assert subscribed(sandbox) == wanted == sorted((topic, URL) for topic in connecting.TOPICS)


def test_a_new_address_takes_the_place_of_the_old_one_and_other_systems_keep_theirs() -> None:
    sandbox = small()
    connected(sandbox)
    connected(sandbox, "https://other.example/webhooks/shopify/x")

    connected(sandbox, "https://hub.example/webhooks/shopify/another")

    addresses = {uri for _, uri in subscribed(sandbox)}
    assert addresses == {"https://hub.example/webhooks/shopify/another", "https://other.example/webhooks/shopify/x"}


def test_what_was_not_granted_is_not_asked_for() -> None:
    sandbox = small()
    sandbox.scopes = ("read_products",)

    assert {topic.partition("_")[0] for topic in connected(sandbox)} == {"PRODUCTS", "APP"}


def test_an_address_without_https_is_refused_with_the_cure() -> None:
    sandbox = small()

    with logged_in(sandbox) as account, pytest.raises(Rejected, match="is not supported"):
        plugin.connect_account(account, "http://hub.example/webhooks/shopify/t0ken")


def test_shopify_itself_is_never_given_an_address_without_https() -> None:
    sandbox = small()

    with logged_in(sandbox) as account, pytest.raises(Rejected, match="public address with https"):
        connecting.connect(ShopifyClient(account), "http://127.0.0.1/webhooks/shopify/x", on_this_machine=False)

    assert subscribed(sandbox) == []


def test_an_order_is_told_and_read_again() -> None:
    sandbox = small()
    connected(sandbox)
    ref = sandbox.order((next(sandbox.variants()).id, 1))

    with logged_in(sandbox) as account:
        (delivery,) = (plugin.parse_webhook(account, received(one)) for one in sandbox.outbox.waiting)
        (hint,) = delivery.hints
        (order,) = plugin.read_orders(account, [hint.ref])

    assert getattr(order, "ref", "") == ref


def test_two_secrets_are_taken_while_one_follows_the_other() -> None:
    clock = SteppedClock()
    sandbox = ShopifySandbox(size=20, rate=None, clock=clock)
    connected(sandbox)
    former = sandbox.settings()["client_secret"]
    sandbox.rotate_secret("shpss_new")
    ordered = next(sandbox.variants()).id

    with logged_in(sandbox, former_client_secret=former) as account:
        sandbox.order((ordered, 1))
        clock.advance(timedelta(hours=2))
        sandbox.order((ordered, 1))
        for one in sandbox.outbox.waiting:
            assert plugin.parse_webhook(account, received(one)).hints
    with logged_in(sandbox) as account, pytest.raises(BadSignature):
        plugin.parse_webhook(account, received(sandbox.outbox.waiting[0]))
