"""A channel like JD.ID: what is inactive or sold out is imported as well; a declaration alone says so."""

from __future__ import annotations

from dataclasses import replace

from hub_hookspecs import Channel, hookimpl
from hub_tokopedia import plugin as tokopedia


@hookimpl
def describe_channel() -> Channel:
    channel = tokopedia.describe_channel()
    return replace(channel, name="jd_like", title="JD-like", imports_inactive=True, imports_sold_out=True)


authenticate = tokopedia.authenticate
check_account = tokopedia.check_account
connect_account = tokopedia.connect_account
import_items = tokopedia.import_items
push_product = tokopedia.push_product
find_listing = tokopedia.find_listing
list_categories = tokopedia.list_categories
push_stock = tokopedia.push_stock
sync_stock = tokopedia.sync_stock
import_orders = tokopedia.import_orders
read_orders = tokopedia.read_orders
parse_webhook = tokopedia.parse_webhook
confirm_shipment = tokopedia.confirm_shipment
answer_cancellation = tokopedia.answer_cancellation
