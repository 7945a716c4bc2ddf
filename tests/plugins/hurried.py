"""Tokopedia's catalogue at another pace: the rate differs, so that a run lasts as long as its faults need."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import ModuleType

from hub_hookspecs import Capability, Channel, Rate, hookimpl
from hub_tokopedia import plugin as tokopedia

CATALOGUE = frozenset({Capability.IMPORT_ITEMS, Capability.PUSH_PRODUCT, Capability.LIST_CATEGORIES})


def hurried(name: str, requests: int | None) -> ModuleType:
    """Make a channel that allows so many requests a second per endpoint; None lifts the rate altogether."""
    rate = None if requests is None else Rate(requests=requests, per=timedelta(seconds=1), scope="endpoint")

    @hookimpl
    def describe_channel() -> Channel:
        whole = tokopedia.describe_channel()
        lacks = {**whole.lacks, **dict.fromkeys(whole.offers - CATALOGUE, "only the catalogue is tried")}
        return replace(whole, name=name, title=name.title(), rate=rate, offers=CATALOGUE, lacks=lacks)

    plugin = ModuleType(name, f"Tokopedia with {requests or 'any number of'} requests a second.")
    plugin.__dict__.update(
        describe_channel=describe_channel,
        authenticate=tokopedia.authenticate,
        check_account=tokopedia.check_account,
        import_items=tokopedia.import_items,
        push_product=tokopedia.push_product,
        find_listing=tokopedia.find_listing,
        list_categories=tokopedia.list_categories,
    )
    return plugin
