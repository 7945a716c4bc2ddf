"""A plugin that offers what it does not implement: it must be refused, and the others must not notice."""

from __future__ import annotations

from dataclasses import replace

from hub_hookspecs import Channel, hookimpl
from hub_tokopedia import plugin as tokopedia


@hookimpl
def describe_channel() -> Channel:
    return replace(tokopedia.describe_channel(), name="boastful")


# All of Tokopedia's but push_stock, which its declaration offers.
authenticate = tokopedia.authenticate
check_account = tokopedia.check_account
connect_account = tokopedia.connect_account
import_items = tokopedia.import_items
push_product = tokopedia.push_product
find_listing = tokopedia.find_listing
list_categories = tokopedia.list_categories
sync_stock = tokopedia.sync_stock
import_orders = tokopedia.import_orders
read_orders = tokopedia.read_orders
parse_webhook = tokopedia.parse_webhook
confirm_shipment = tokopedia.confirm_shipment
answer_cancellation = tokopedia.answer_cancellation
