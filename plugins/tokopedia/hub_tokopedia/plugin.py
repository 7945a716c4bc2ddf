"""Tokopedia, as the hub sees it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    ActionRequired,
    Category,
    Channel,
    Connection,
    Delivery,
    Item,
    Label,
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
    Waiting,
    WebhookRequest,
    hookimpl,
)

from hub_tokopedia import acting, categories, labelling, publishing, refusals, stock, translate, webhooks
from hub_tokopedia.buyers import Buyers
from hub_tokopedia.client import WEBHOOKS, TokopediaClient
from hub_tokopedia.declaration import TOKOPEDIA
from hub_tokopedia.ordering import Ordering
from hub_tokopedia.settings import TokopediaSettings
from hub_tokopedia.walking import walk


@hookimpl
def describe_channel() -> Channel:
    return TOKOPEDIA


@hookimpl
def authenticate(account: Account[TokopediaSettings], old: Token | None) -> Token:
    return translate.token(TokopediaClient(account).token(), datetime.now(UTC))


@hookimpl
def check_account(account: Account[TokopediaSettings]) -> AccountCheck:
    """One call proves token, FS ID, IP whitelist and the link to the shop at once."""
    shops = TokopediaClient(account).shops()
    shop = next((shop for shop in shops if str(shop.shop_id) == account.settings.shop_id), None)
    if shop is None:
        raise ActionRequired(refusals.NOT_LINKED)
    closed = translate.closed_because(shop)
    if closed:
        raise ActionRequired(closed)
    return translate.account_check(shop)


@hookimpl
def connect_account(account: Account[TokopediaSettings], callback_url: str) -> Connection:
    """Register the public key, without which every buyer stays masked, and where webhooks about orders go.

    Both replace what was registered before, for the whole app.
    """
    client, settings = TokopediaClient(account), account.settings
    public_key = Buyers(settings.buyer_key).public_key
    if not (public_key and settings.webhook_secret):
        raise ActionRequired("the hub has made no keys for this account yet: enter its settings once more")
    client.register_key(public_key)
    client.register_webhooks(callback_url, settings.webhook_secret)
    return Connection(webhooks=WEBHOOKS)


@hookimpl
def import_items(account: Account[TokopediaSettings], cursor: str) -> Iterator[Page[Item]]:
    for products, progress, pause in walk(TokopediaClient(account), cursor):
        yield Page(records=translate.items(products), cursor=progress, resume_after=pause)


@hookimpl
def list_categories(account: Account[TokopediaSettings]) -> Iterator[Category]:
    yield from categories.categories(TokopediaClient(account).shelves())


@hookimpl
def push_product(account: Account[TokopediaSettings], product: Product, resume: str) -> Listing:
    """Synchronous: v3 answers with the product's id, so there is nothing to resume."""
    return publishing.publish(TokopediaClient(account), product)


@hookimpl
def find_listing(account: Account[TokopediaSettings], product: Product) -> Listing | Absent:
    return publishing.find(TokopediaClient(account), product)


@hookimpl
def push_stock(account: Account[TokopediaSettings], targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
    yield from stock.push(TokopediaClient(account), targets)


@hookimpl
def sync_stock(account: Account[TokopediaSettings], cursor: str) -> Iterator[Page[StockReading]]:
    """Read the catalogue as an import does: there is no other way to be told the levels of a whole shop."""
    for products, progress, pause in walk(TokopediaClient(account), cursor):
        yield Page(records=translate.readings(products), cursor=progress, resume_after=pause)


@hookimpl
def import_orders(account: Account[TokopediaSettings], cursor: str) -> Iterator[Page[Order]]:
    yield from _ordering(account).since(cursor)


@hookimpl
def read_orders(account: Account[TokopediaSettings], refs: Sequence[str]) -> Iterator[Order | Absent]:
    yield from _ordering(account).each(refs)


@hookimpl
def parse_webhook(account: Account[TokopediaSettings], request: WebhookRequest) -> Delivery:
    return webhooks.delivery(request, account.settings.webhook_secret)


@hookimpl
def create_label(account: Account[TokopediaSettings], shipment: Shipment, resume: str) -> Label | Waiting:
    """Accept, call the courier, wait for his AWB, and read the page; it stays unprinted in the seller's centre."""
    return labelling.create(TokopediaClient(account), shipment, resume)


@hookimpl
def confirm_shipment(account: Account[TokopediaSettings], shipment: Shipment) -> Receipt:
    return acting.confirm_shipment(TokopediaClient(account), shipment)


@hookimpl
def answer_cancellation(account: Account[TokopediaSettings], order_ref: str, accept: bool, reason: str) -> Receipt:
    return acting.answer_cancellation(TokopediaClient(account), order_ref, accept=accept, reason=reason)


def _ordering(account: Account[TokopediaSettings]) -> Ordering:
    return Ordering(TokopediaClient(account), Buyers(account.settings.buyer_key))
