"""Rows I on a second channel: what an import of a Shopify store brings, and what joins it with Tokopedia."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hub_hookspecs.testing import serve
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.world import Hub

_seeds = itertools.count(10_000)
SIZE = 60


@pytest.fixture
def store() -> Iterator[ShopifySandbox]:
    sandbox = ShopifySandbox(seed=next(_seeds), size=SIZE, rate=None)
    with serve(sandbox):
        yield sandbox
    assert sandbox.exceptions == []


@pytest.mark.row("I-15")
def test_drafts_archived_and_sold_out_variants_are_counted_and_left_out(hub: Hub, store: ShopifySandbox) -> None:
    merchant = hub.merchant("Larasati", "shopify")
    draft, archived, sold_out, kept = (store.add(f"Kaos {n}", f"KAOS-{n}") for n in range(4))
    store.change(draft, status="DRAFT")
    store.change(archived, status="ARCHIVED")
    store.stock(sold_out, 0)

    account = merchant.connects(store, "shopify")
    seen = merchant.imports(account)

    assert seen["skipped"] == store.expected().skipped
    assert {listing["ref"] for listing in merchant.listings()}.isdisjoint({draft, archived, sold_out})
    assert merchant.listing("KAOS-3")["ref"] == kept
    expected = store.expected()
    assert len(merchant.listings()) == expected.admitted
    assert seen["items_seen"] == expected.seen


@pytest.mark.row("I-18")
def test_importing_a_store_again_creates_no_second_entry(hub: Hub, store: ShopifySandbox) -> None:
    merchant = hub.merchant("Larasati", "shopify")

    account = merchant.connects(store, "shopify")
    before = {listing["ref"]: listing["id"] for listing in merchant.listings()}
    merchant.imports(account)

    assert {listing["ref"]: listing["id"] for listing in merchant.listings()} == before
    assert len(before) == store.expected().admitted


@pytest.mark.row("I-14")
def test_a_code_that_both_channels_carry_joins_their_listings(
    hub: Hub, store: ShopifySandbox, shop: TokopediaSandbox
) -> None:
    merchant = hub.merchant("Larasati", "shopify", "tokopedia")
    shop.add("Kaos Polos Hitam M", "KPS-HTM-M")
    store.add("Kaos Polos Hitam, M", "KPS-HTM-M")

    first, second = merchant.connects(shop), merchant.connects(store, "shopify")
    merchant.confirms(merchant.listing("KPS-HTM-M", first))
    merchant.confirms(merchant.listing("KPS-HTM-M", second))

    linked = [merchant.listing("KPS-HTM-M", account) for account in (first, second)]
    assert linked[0]["product_id"] == linked[1]["product_id"] is not None
    assert {listing["state"] for listing in linked} == {"linked"}
