"""Makes and ends webhook subscriptions."""

import re
from typing import Any

from hub_shopify.sandbox.answers import Json, user_error
from hub_shopify.sandbox.fields import Context, gid, id_of, resolves
from hub_shopify.sandbox.mutations.wrongs import built
from hub_shopify.sandbox.outbox import Subscription
from hub_shopify.sandbox.paging import Connection, short

_AT = ["webhookSubscription", "uri"]
_KNOWN = frozenset({"uri", "format"})
_LOOPBACK = r"http://(127\.0\.0\.1|localhost)(:\d+)?/.*"  # Shopify refuses these too; a hub under trial has no other
Given = Any  # Any: coerced inputs


@resolves("Mutation", "webhookSubscriptionCreate")
def create(_: None, context: Context, topic: str, webhookSubscription: Given) -> Json:  # noqa: N803 - the wire's
    built(webhookSubscription, _KNOWN, "webhookSubscriptionCreate")
    uri = webhookSubscription.get("uri") or ""
    known = context.outbox.subscriptions
    wrong = ""
    if not uri.startswith("https://") and not re.fullmatch(_LOOPBACK, uri):
        wrong = f"Address protocol {uri.partition('//')[0]}// is not supported"
    elif any((one.topic, one.uri) == (topic, uri) for one in known.values()):
        wrong = "Address for this topic has already been taken"
    if wrong:
        return {"webhookSubscription": None, "userErrors": [user_error(_AT, wrong)]}
    made = Subscription(context.shop.new_id(), topic, uri, context.now())
    known[made.id] = made
    return {"webhookSubscription": made, "userErrors": []}


@resolves("Mutation", "webhookSubscriptionDelete")
def delete(_: None, context: Context, id: str) -> Json:  # noqa: A002 - the wire's name
    found = context.outbox.subscriptions.pop(id_of(id, "WebhookSubscription") or 0, None)
    errors = [] if found else [user_error(["id"], "Webhook subscription does not exist")]
    gone = gid("WebhookSubscription", found.id) if found else None
    return {"deletedWebhookSubscriptionId": gone, "userErrors": errors}


@resolves("QueryRoot", "webhookSubscriptions")
def listed(_: None, context: Context, **arguments: Given) -> Connection:
    return short(context.outbox.subscriptions.values(), arguments)
