"""What a store says of itself: signed over the raw bytes, and never more than a hint at what is to be read again."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
from hub_hookspecs import BadSignature, Delivery, Hint, HintKind, WebhookRequest

from hub_shopify.settings import ShopifySettings

Body = Mapping[str, object]
_LONGEST_KEY = 100
_FRESH = timedelta(days=2)


def parse(settings: ShopifySettings, request: WebhookRequest) -> Delivery:
    """Verify a delivery and say what it hints at; raises `BadSignature`.

    The headers are not signed, so they are believed only where a lie does no harm: another id or topic makes the hub
    read again what it may read anyway. What would erase buyers' data names the store within the signed body as well.
    """
    _verify(settings, request)
    headers = request.headers
    if headers.get("x-shopify-shop-domain", "").lower() != settings.shop:
        raise BadSignature("the delivery names another store than this account's")
    _require_fresh(headers.get("x-shopify-triggered-at", ""), request.received_at)
    topic, body = headers.get("x-shopify-topic", "").lower(), _body(request.body)
    return Delivery(key=_key(headers, topic, body, request.body), hints=_hints(topic, body, settings.shop))


def _key(headers: Mapping[str, str], topic: str, body: Body, raw: bytes) -> str:
    """What a repeat has in common with the first: Shopify's id of the delivery, but that is not signed.

    So where the body itself says when it happened, it is known by that: under another id it is still the same.
    """
    given = headers.get("x-shopify-webhook-id", "")[:_LONGEST_KEY]
    if given and not (topic in _TOPICS and isinstance(body.get("updated_at"), str) and not topic.startswith("app/")):
        return given
    return hashlib.sha256(topic.encode() + b"\n" + raw).hexdigest()


def _require_fresh(triggered_at: str, received_at: datetime) -> None:
    """Refuse what happened longer ago than Shopify repeats a delivery, or is late with one; a day, it says."""
    if not triggered_at:
        return  # older deliveries had no such header, and leaving it out gains nobody anything: it is not signed
    try:
        triggered = msgspec.convert(triggered_at, datetime, strict=False)
    except msgspec.ValidationError as error:
        raise BadSignature("the delivery does not say when it was triggered") from error
    if triggered.tzinfo is None or abs(received_at - triggered) > _FRESH:
        raise BadSignature("the delivery was triggered too long ago", code="stale")


def _verify(settings: ShopifySettings, request: WebhookRequest) -> None:
    """Take the app's secret, or for a while after a rotation the one before it: Shopify signs with that for an hour."""
    try:
        given = base64.b64decode(request.headers.get("x-shopify-hmac-sha256", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("the signature is no base64") from error
    secrets = [secret for secret in (settings.client_secret, settings.former_client_secret) if secret]
    signed = [hmac.new(secret.encode(), request.body, hashlib.sha256).digest() for secret in secrets]
    if not any(hmac.compare_digest(given, one) for one in signed):
        raise BadSignature("the signature does not fit the body and the app's client secret")


def _body(raw: bytes) -> Body:
    """Read what was signed; a body that is no object hints at nothing, and another try would not change that."""
    try:
        return msgspec.json.decode(raw, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        return {}


def _hints(topic: str, body: Body, shop: str) -> tuple[Hint, ...]:
    finder = _TOPICS.get(topic)
    refs = finder(body, shop) if finder else ()
    kind = _KINDS.get(topic) or _KINDS.get(topic.partition("/")[0])
    return tuple(Hint(kind=kind, ref=ref, shop_ref=shop) for ref in dict.fromkeys(refs)) if kind else ()


Refs = tuple[str, ...]


def _of(kind: str, field: str = "id") -> Callable[[Body, str], Refs]:
    """Make the finder of one number in the body, as the id that the API knows."""

    def find(body: Body, shop: str) -> Refs:
        return _gids(kind, [body.get(field)])

    return find


def _store(body: Body, shop: str) -> Refs:
    return (shop,)


def _redacted_orders(body: Body, shop: str) -> Refs:
    listed = body.get("orders_to_redact") if body.get("shop_domain") == shop else ()
    return _gids("Order", listed if isinstance(listed, list) else ())


def _redacted_store(body: Body, shop: str) -> Refs:
    """Everybody's data: the reference is the store itself."""
    only = body.keys() <= {"shop_id", "shop_domain"}  # not one of a single customer under another topic
    return (shop,) if only and body.get("shop_domain") == shop else ()


def _gids(kind: str, numbers: object) -> Refs:
    listed = numbers if isinstance(numbers, list | tuple) else ()
    return tuple(f"gid://shopify/{kind}/{one}" for one in listed if type(one) is int and 0 < one < 10**18)


_TOPICS: Mapping[str, Callable[[Body, str], Refs]] = {
    **dict.fromkeys(
        ("orders/create", "orders/updated", "orders/cancelled", "orders/paid", "orders/fulfilled"), _of("Order")
    ),
    "refunds/create": _of("Order", "order_id"),
    **dict.fromkeys(("products/create", "products/update", "products/delete"), _of("Product")),
    **dict.fromkeys(
        ("inventory_levels/update", "inventory_levels/connect", "inventory_levels/disconnect"),
        _of("InventoryItem", "inventory_item_id"),
    ),
    **dict.fromkeys(("app/uninstalled", "app/scopes_update"), _store),
    "customers/redact": _redacted_orders,
    "shop/redact": _redacted_store,
}
_KINDS = {
    "orders": HintKind.ORDER,
    "refunds": HintKind.ORDER,
    "products": HintKind.ITEM,
    "inventory_levels": HintKind.STOCK,
    "app": HintKind.ACCOUNT,
    "customers/redact": HintKind.ERASE_BUYER,
    "shop/redact": HintKind.ERASE_BUYER,
}
