"""Webhook subscriptions of the app in this store."""

from hub_shopify.envelope import Wire
from hub_shopify.payloads.catalogue import Nodes
from hub_shopify.payloads.store import Installation


class Subscription(Wire, frozen=True):
    id: str
    topic: str = ""
    uri: str = ""


class Subscriptions(Wire, frozen=True):
    current_app_installation: Installation
    webhook_subscriptions: Nodes[Subscription]


class Unsubscribed(Wire, frozen=True):
    """Nothing of the answer is needed but that nothing was refused."""
