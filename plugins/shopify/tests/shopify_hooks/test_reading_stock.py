"""Levels that are read: every tracked variant at each of its open places, from any page on."""

import pytest
from hub_hookspecs import Rejected, StockReading
from hub_shopify import plugin
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.sandbox.fields import gid

from .steps import logged_in, small


def truth(sandbox: ShopifySandbox) -> set[tuple[str, str, int]]:
    return {
        (
            gid("ProductVariant", one.id),
            f"gid://shopify/Location/{level.location.id}",
            max(level.available, 0),
        )
        for one in sandbox.variants()
        if one.inventory_item.tracked
        for level in one.inventory_item.levels.values()
        if level.is_active and level.location.is_active
    }


def told(readings: list[StockReading]) -> set[tuple[str, str, int]]:
    return {(one.listing_ref, one.place_ref, one.good) for one in readings}


def test_every_level_is_read_once_with_its_place_and_sku() -> None:
    sandbox = small(600)
    sandbox.close_location("Kedai Bukit Bintang")

    with logged_in(sandbox) as account:
        pages = list(plugin.sync_stock(account, ""))

    readings = [one for page in pages for one in page.records]
    assert len(pages) == 3
    assert len(readings) == len(told(readings))
    assert told(readings) == truth(sandbox)
    by_ref = {gid("ProductVariant", one.id): one.sku or "" for one in sandbox.variants()}
    assert all(one.sku == by_ref[one.listing_ref] for one in readings)


def test_reading_goes_on_after_a_page_whatever_was_removed_meanwhile() -> None:
    sandbox = small(600)

    with logged_in(sandbox) as account:
        first = next(plugin.sync_stock(account, ""))
        sandbox.remove(first.records[-1].listing_ref)
        rest = [one for page in plugin.sync_stock(account, first.cursor) for one in page.records]

    read = told(list(first.records)) | told(rest)
    assert truth(sandbox) <= read


def test_a_store_without_variants_is_read_to_its_end() -> None:
    with logged_in(small(0)) as account:
        assert [page.records for page in plugin.sync_stock(account, "")] == [()]


def test_a_cursor_of_something_else_is_refused() -> None:
    with logged_in(small()) as account, pytest.raises(Rejected, match="cannot go on"):
        list(plugin.sync_stock(account, "updated_at:>2026"))
