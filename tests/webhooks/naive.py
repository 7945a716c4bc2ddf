"""The control: plugins that believe whatever comes and know nothing again. A storm over them must be noticed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from importlib.metadata import entry_points
from typing import Any

import msgspec
from hub_hookspecs import Account, Channel, Delivery, Hint, HintKind, WebhookRequest, hookimpl

from hub.channels.host import Hosts, load_hosts
from tests.world import declared_as


def hosts() -> Hosts:
    """Both marketplaces, at no pace of their own."""
    installed = {entry.name: entry.load() for entry in entry_points(group="hub.plugins")}
    plugins = {name: declared_as(installed[name], _hurried) for name in ("tokopedia", "shopify")}
    for plugin in plugins.values():
        vars(plugin)["parse_webhook"] = parse_webhook
    return load_hosts(plugins)


@hookimpl
def parse_webhook(account: Account[Any], request: WebhookRequest) -> Delivery:  # Any: settings of either
    """Ask neither who sent it nor when, and call each delivery a new one."""
    told = msgspec.json.decode(request.body, type=dict[str, Any])  # Any: JSON
    ref, shop = told.get("admin_graphql_api_id") or str(told["order_id"]), getattr(account.settings, "shop", "")
    hint = Hint(kind=HintKind.ORDER, ref=ref, shop_ref=shop or str(told["shop_id"]))
    return Delivery(key=str(uuid.uuid4()), hints=(hint,))


def _hurried(channel: Channel) -> Channel:
    return replace(channel, rate=None)
