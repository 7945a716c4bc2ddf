"""Shopify, as the hub sees it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Channel,
    Connection,
    Delivery,
    Item,
    Listing,
    Order,
    Page,
    Product,
    Receipt,
    Shipment,
    StockOutcome,
    StockReading,
    StockTarget,
    Token,
    WebhookRequest,
    hookimpl,
)

from hub_shopify import checking, connecting, importing, orders, shipping, stock, translate, webhooks
from hub_shopify.client import ShopifyClient
from hub_shopify.declaration import SHOPIFY
from hub_shopify.files import Files
from hub_shopify.pushing import Pushing
from hub_shopify.settings import ShopifySettings


@hookimpl
def describe_channel() -> Channel:
    return SHOPIFY


@hookimpl
def authenticate(account: Account[ShopifySettings], old: Token | None) -> Token:
    """Get a token for a day; a pasted one is taken as it is and holds until Shopify refuses it."""
    if account.settings.access_token:
        return Token(value=account.settings.access_token)
    return translate.token(ShopifyClient(account).token(), datetime.now(UTC))


@hookimpl
def check_account(account: Account[ShopifySettings]) -> AccountCheck:
    return checking.check(ShopifyClient(account), account.settings)


@hookimpl
def connect_account(account: Account[ShopifySettings], callback_url: str) -> Connection:
    """Subscribe; with a pasted token alone nothing could be verified, so nothing is asked for."""
    if not account.settings.client_secret:
        return Connection()
    here = bool(account.settings.sandbox_url)
    return connecting.connect(ShopifyClient(account), callback_url, on_this_machine=here)


@hookimpl
def import_items(account: Account[ShopifySettings], cursor: str) -> Iterator[Page[Item]]:
    files = Files(account.http, account.settings.sandbox_url)
    return importing.pages(ShopifyClient(account), files, cursor)


@hookimpl
def push_product(account: Account[ShopifySettings], product: Product) -> Listing:
    return Pushing(ShopifyClient(account), account.settings, product).push()


@hookimpl
def find_listing(account: Account[ShopifySettings], product: Product) -> Listing | Absent:
    return Pushing(ShopifyClient(account), account.settings, product).find()


@hookimpl
def push_stock(account: Account[ShopifySettings], targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
    return stock.tell(ShopifyClient(account), targets)


@hookimpl
def sync_stock(account: Account[ShopifySettings], cursor: str) -> Iterator[Page[StockReading]]:
    return stock.pages(ShopifyClient(account), cursor)


@hookimpl
def import_orders(account: Account[ShopifySettings], cursor: str) -> Iterator[Page[Order]]:
    return orders.pages(ShopifyClient(account), cursor)


@hookimpl
def read_orders(account: Account[ShopifySettings], refs: Sequence[str]) -> Iterator[Order | Absent]:
    return orders.by_id(ShopifyClient(account), refs)


@hookimpl
def parse_webhook(account: Account[ShopifySettings], request: WebhookRequest) -> Delivery:
    return webhooks.parse(account.settings, request)


@hookimpl
def confirm_shipment(account: Account[ShopifySettings], shipment: Shipment) -> Receipt:
    return shipping.confirm(ShopifyClient(account), shipment)
