"""Webhooks: told to the address that was registered, believed only as they were signed, and never more than a hint."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hub_hookspecs import Account, ActionRequired, BadSignature, Delivery, Hint, HintKind, WebhookRequest
from hub_hookspecs.testing import transport
from hub_hookspecs.testing.sandbox import utc_now
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import TokopediaSandbox
from hub_tokopedia.sandbox.postbox import signed
from hub_tokopedia.settings import TokopediaSettings

KEY = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
SECRET = "a-secret"
CALLBACK = "https://hub.test/webhooks/tokopedia/a-token"


def an_account(sandbox: TokopediaSandbox, **changed: str) -> Account[TokopediaSettings]:
    http = httpx.Client(transport=transport(sandbox))
    form = {**sandbox.settings(), "buyer_key": KEY, "webhook_secret": SECRET, **changed}
    settings = msgspec.convert(form, TokopediaSettings)
    account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
    return replace(account, token=plugin.authenticate(account, None).value)


def received(request: httpx.Request, *, at: datetime | None = None) -> WebhookRequest:
    """What the hub would make of this request."""
    return WebhookRequest(
        headers={name.lower(): value for name, value in request.headers.items()},
        query={},
        body=request.content,
        received_at=at or utc_now(),
        method=request.method,
        path=request.url.path,
    )


@pytest.fixture
def shop() -> TokopediaSandbox:
    return TokopediaSandbox(rate=None, size=0)


@pytest.fixture
def account(shop: TokopediaSandbox) -> Account[TokopediaSettings]:
    account = an_account(shop)
    plugin.connect_account(account, CALLBACK)
    return account


def taken(account: Account[TokopediaSettings], request: WebhookRequest) -> Delivery:
    return plugin.parse_webhook(account, request)


def test_connecting_registers_the_four_addresses_of_orders_and_the_secret(
    shop: TokopediaSandbox, account: Account[TokopediaSettings]
) -> None:
    known = shop.registered()

    assert known
    assert {known.order_notification_url, known.order_status_url} == {CALLBACK}
    assert {known.order_cancellation_url, known.order_request_cancellation_url} == {CALLBACK}
    assert (known.webhook_secret, known.product_changes_url) == (SECRET, "")


@pytest.mark.parametrize("missing", ["buyer_key", "webhook_secret"])
def test_an_account_for_which_the_hub_made_no_keys_is_not_connected(shop: TokopediaSandbox, missing: str) -> None:
    with pytest.raises(ActionRequired, match="made no keys"):
        plugin.connect_account(an_account(shop, **{missing: ""}), CALLBACK)


def test_everything_that_becomes_of_an_order_hints_at_it(
    shop: TokopediaSandbox, account: Account[TokopediaSettings]
) -> None:
    number = shop.sell(shop.add("Kaos", "KS"))
    shop.move_order(number, 400)
    shop.ask_to_cancel(number)
    shop.cancel_order(number)

    deliveries = [taken(account, received(request)) for request in shop.webhooks()]

    of_the_shop = Hint(kind=HintKind.ORDER, ref=str(number), shop_ref=str(shop.shop_id))
    wish = Hint(kind=HintKind.ORDER, ref=str(number))  # names no shop
    assert [delivery.hints for delivery in deliveries] == [(of_the_shop,), (of_the_shop,), (wish,), (of_the_shop,)]
    assert len({delivery.key for delivery in deliveries}) == 4
    assert shop.webhooks() == []


def test_a_repeat_has_the_key_of_the_first(shop: TokopediaSandbox, account: Account[TokopediaSettings]) -> None:
    shop.sell(shop.add("Kaos", "KS"))
    (request,) = shop.webhooks()

    first, again = (taken(account, received(request)) for _ in range(2))

    assert first.key == again.key


def test_a_hint_names_the_shop_that_check_account_names(
    shop: TokopediaSandbox, account: Account[TokopediaSettings]
) -> None:
    shop.sell(shop.add("Kaos", "KS"))

    (hint,) = taken(account, received(shop.webhooks()[0])).hints

    assert hint.shop_ref == plugin.check_account(account).shop_ref


def test_what_is_not_about_an_order_is_taken_and_hints_at_nothing(account: Account[TokopediaSettings]) -> None:
    request = signed(CALLBACK, b'{"fs_id":1,"product_changes_data":[]}', SECRET, utc_now())

    assert taken(account, received(request)).hints == ()


Change = Callable[[WebhookRequest], WebhookRequest]


def with_header(name: str, value: str) -> Change:
    return lambda request: msgspec.structs.replace(request, headers={**request.headers, name: value})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda request: msgspec.structs.replace(request, body=b'{"order_id":666}'), id="another body"),
        pytest.param(lambda request: msgspec.structs.replace(request, path="/webhooks/x"), id="another path"),
        pytest.param(lambda request: msgspec.structs.replace(request, method="PUT"), id="another method"),
        pytest.param(lambda request: msgspec.structs.replace(request, headers={}), id="no headers"),
        pytest.param(with_header("authorization", "TKPD Tokopedia:"), id="an empty signature"),
        pytest.param(with_header("authorization", "TKPD Tokopedia:é"), id="a signature of other signs"),
        pytest.param(with_header("authorization", "Bearer 1"), id="another scheme"),
        pytest.param(with_header("content-md5", "é"), id="a digest of other signs"),
        pytest.param(with_header("date", "Sun, 22 Nov 2026 13:00:00 +0000"), id="another date"),
        pytest.param(with_header("content-type", "text/plain"), id="another type"),
        pytest.param(
            lambda request: msgspec.structs.replace(request, received_at=request.received_at + timedelta(minutes=16)),
            id="recorded and sent again later",
        ),
        pytest.param(
            lambda request: msgspec.structs.replace(request, received_at=request.received_at - timedelta(minutes=16)),
            id="dated ahead",
        ),
    ],
)
def test_a_webhook_that_is_not_as_it_was_signed_is_refused(
    shop: TokopediaSandbox, account: Account[TokopediaSettings], change: Change
) -> None:
    shop.sell(shop.add("Kaos", "KS"))
    genuine = received(shop.webhooks()[0])
    taken(account, genuine)

    with pytest.raises(BadSignature):
        taken(account, change(genuine))


@pytest.mark.parametrize("secret", ["", "another"])
def test_a_webhook_is_refused_without_the_secret_that_was_registered(
    shop: TokopediaSandbox, account: Account[TokopediaSettings], secret: str
) -> None:
    request = received(signed(CALLBACK, b'{"order_id":1}', secret, utc_now()))

    with pytest.raises(BadSignature):
        taken(account, request)
    with pytest.raises(BadSignature):
        taken(an_account(shop, webhook_secret=""), request)


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026 13:00:00 +0000"])
def test_a_signed_webhook_without_a_date_is_refused(account: Account[TokopediaSettings], date: str) -> None:
    genuine = signed(CALLBACK, b'{"order_id":1}', SECRET, utc_now())
    mac = signed_with_date(genuine, date)

    with pytest.raises(BadSignature, match="when it was sent"):
        taken(account, mac)


@pytest.mark.parametrize("body", [b"", b"not json \xff", b"[1]", b'{"order_id":'])
def test_a_signed_body_that_cannot_be_read_is_refused(account: Account[TokopediaSettings], body: bytes) -> None:
    with pytest.raises(BadSignature):
        taken(account, received(signed(CALLBACK, body, SECRET, utc_now())))


def signed_with_date(request: httpx.Request, date: str) -> WebhookRequest:
    """Sign the request again, as one that was sent at `date`, whatever that is."""
    digest = request.headers["content-md5"]
    text = "\n".join(("POST", digest, "application/json", date, request.url.path))
    mac = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha1")).decode()
    genuine = received(request)
    return msgspec.structs.replace(
        genuine, headers={**genuine.headers, "date": date, "authorization": f"TKPD Tokopedia:{mac}"}
    )
