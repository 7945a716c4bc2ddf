"""Has the store tell the hub of what changes: subscribes to what is missing, and ends what told an earlier address."""

from collections.abc import Iterator, Mapping

from hub_hookspecs import Connection, Rejected, Temporary

from hub_shopify import documents, scopes
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads.webhooks import Subscription, Subscriptions, Unsubscribed

# Each with the scope without which Shopify refuses it. Levels are left out: each of the hub's own pushes would echo.
TOPICS: Mapping[str, str] = {
    "ORDERS_CREATE": "read_orders",
    "ORDERS_UPDATED": "read_orders",
    "ORDERS_CANCELLED": "read_orders",
    "ORDERS_PAID": "read_orders",
    "REFUNDS_CREATE": "read_orders",
    "PRODUCTS_CREATE": "read_products",
    "PRODUCTS_UPDATE": "read_products",
    "PRODUCTS_DELETE": "read_products",
    "APP_UNINSTALLED": "",
    "APP_SCOPES_UPDATE": "",
}
_MOST_PAGES = 4  # of 250


def connect(client: ShopifyClient, callback_url: str, *, on_this_machine: bool) -> Connection:
    """Leave one subscription for each topic; Shopify deletes those that failed for hours, so it is repeated daily."""
    if not callback_url.startswith("https://") and not on_this_machine:  # a sandbox is lenient there
        raise Rejected(
            "Shopify calls only https addresses, and the hub's own is none: give the hub a public address with https"
        )
    pages = list(_pages(client))
    held = {scope.handle for page in pages for scope in page.current_app_installation.access_scopes}
    wanted = [topic for topic, scope in TOPICS.items() if not scope or scopes.holds(held, scope)]
    there = [one for page in pages for one in page.webhook_subscriptions.nodes]
    ours = {one.topic for one in there if one.uri == callback_url}
    for topic in wanted:
        if topic not in ours:
            client.mutate(
                documents.SUBSCRIBE,
                "webhookSubscriptionCreate",
                Unsubscribed,
                topic=topic,
                input={"uri": callback_url, "format": "JSON"},
            )
    for one in there:  # only now: in between nothing is missed
        if _is_former(one, callback_url):
            client.mutate(documents.UNSUBSCRIBE, "webhookSubscriptionDelete", Unsubscribed, id=one.id)
    return Connection(webhooks=tuple(wanted))


def _pages(client: ShopifyClient) -> Iterator[Subscriptions]:
    after = None
    for _ in range(_MOST_PAGES):
        page = client.query(documents.SUBSCRIPTIONS, Subscriptions, after=after)
        yield page
        if not page.webhook_subscriptions.page_info.has_next_page:
            return
        after = page.webhook_subscriptions.page_info.end_cursor
    raise Temporary("Shopify lists ever more webhook subscriptions of this app")


def _is_former(one: Subscription, callback_url: str) -> bool:
    """Whether it told this hub under another token: the same address but for its last part."""
    return one.uri != callback_url and one.uri.rpartition("/")[0] == callback_url.rpartition("/")[0]
