"""A plugin that offers what it does not implement: it must be refused, and the others must not notice."""

from __future__ import annotations

from dataclasses import replace

from hub_hookspecs import Capability, Channel, hookimpl
from hub_tokopedia import plugin as tokopedia


@hookimpl
def describe_channel() -> Channel:
    channel = tokopedia.describe_channel()
    lacks = dict(channel.lacks)
    del lacks[Capability.PUSH_STOCK]
    return replace(channel, name="boastful", offers=channel.offers | {Capability.PUSH_STOCK}, lacks=lacks)


authenticate = tokopedia.authenticate
check_account = tokopedia.check_account
import_items = tokopedia.import_items
push_product = tokopedia.push_product
find_listing = tokopedia.find_listing
list_categories = tokopedia.list_categories
