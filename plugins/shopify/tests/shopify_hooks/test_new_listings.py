"""Listings that are pushed for the first time: one for each key."""

from copy import deepcopy
from decimal import Decimal

import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Capability,
    Listing,
    Money,
    Rejected,
)
from hub_shopify import plugin, scopes
from hub_shopify.sandbox import ShopifySandbox

from .goods import TEE, in_size, joined_by_a_sibling, variant, wide
from .steps import logged_in, small


@pytest.mark.parametrize(("wanted", "status"), [("draft", "DRAFT"), ("active", "ACTIVE")])
def test_a_new_product_starts_as_the_settings_say(wanted: str, status: str) -> None:
    sandbox = small()

    with logged_in(sandbox, new_products=wanted) as account:
        listing = plugin.push_product(account, TEE)

    made = variant(sandbox, listing.ref)
    assert (made.product.status, made.product.title, made.sku, made.barcode) == (
        status,
        *(TEE.name, TEE.sku, TEE.barcode),
    )
    assert (made.price, made.inventory_item.grams, made.inventory_item.tracked) == ("149000.00", 250.0, True)
    assert len(made.product.media) == len(made.product.variants) == 1
    assert f"/products/{made.product.id}" in listing.url


def test_the_scopes_that_pushing_declares_are_enough_for_it() -> None:
    sandbox = ShopifySandbox(size=20, rate=None, scopes=scopes.NEEDS[Capability.PUSH_PRODUCT])

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, TEE)
        product = wide(sandbox)
        plugin.push_product(account, in_size(product, "Never", "HUB-NEVER"))
        update = msgspec.structs.replace(TEE, listing_ref=listing.ref)
        plugin.push_product(account, update)

        assert plugin.find_listing(account, update) == Listing(ref=listing.ref, url=listing.url)


def test_pushing_twice_lists_once_and_the_second_time_updates() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        first = plugin.push_product(account, TEE)
        second = plugin.push_product(account, msgspec.structs.replace(TEE, name="Hub tee, new"))

    assert first.ref == second.ref
    assert [one.product.title for one in sandbox.variants() if one.sku == TEE.sku] == ["Hub tee, new"]


def test_a_key_is_found_again_whatever_the_merchant_renames() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, TEE)
        sandbox.change(listing.ref, title="Kaos", handle="kaos-baru", sku="KAOS-1", status="ARCHIVED")

        assert plugin.find_listing(account, TEE) == Listing(ref=listing.ref, url=listing.url)
        assert plugin.find_listing(account, msgspec.structs.replace(TEE, key="another")) == Absent(key="another")


def test_a_variant_that_is_gone_is_added_anew_and_its_siblings_stay_as_they_are() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        product, ours, other = joined_by_a_sibling(sandbox, account)
        sandbox.remove(ours)
        before = deepcopy(variant(sandbox, other))
        lost = plugin.find_listing(account, product)
        anew = plugin.push_product(account, msgspec.structs.replace(product, price=None))
        found = plugin.find_listing(account, product)

    after = variant(sandbox, other)
    assert lost == Absent(key=TEE.key)
    assert found == Listing(ref=anew.ref, url=anew.url)
    assert (after.sku, after.price, after.values) == (before.sku, before.price, before.values) == (
        "OTHER", "149000.00", ("L",),
    )  # fmt: skip
    assert [(one.sku, one.values) for one in after.product.variants] == [("OTHER", ("L",)), (TEE.sku, ("M",))]


def test_a_variant_that_cannot_be_told_from_its_siblings_is_not_put_in_the_place_of_one() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        product, ours, other = joined_by_a_sibling(sandbox, account)
        sandbox.change(ours, sku="CHANGED")

        with pytest.raises(Rejected, match="has a variant with these options already; its SKU is 'CHANGED'"):
            plugin.push_product(account, product)
        with pytest.raises(Rejected, match="options are missing"):
            plugin.push_product(account, TEE)

    assert [variant(sandbox, ref).sku for ref in (ours, other)] == ["CHANGED", "OTHER"]


def test_our_variant_is_told_by_its_sku_among_siblings() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        product, ours, _ = joined_by_a_sibling(sandbox, account)

        assert plugin.push_product(account, product).ref == ours


@pytest.mark.parametrize("sku", ["TEE M", 'TEE 5" M', "TEE\\M", "TEE's", "TEE:M"])
def test_a_code_that_the_store_has_already_is_not_listed_anew(sku: str) -> None:
    sandbox = small()
    there = sandbox.add("Kaos", sku)

    with logged_in(sandbox) as account:
        with pytest.raises(Rejected, match="already, as ") as refused:
            plugin.push_product(account, msgspec.structs.replace(TEE, sku=f" {sku}"))
        plugin.push_product(account, msgspec.structs.replace(TEE, sku=sku.lower()))

    assert there in str(refused.value)
    assert [one.sku for one in sandbox.variants() if one.sku and one.sku.lower() == sku.lower()] == [sku, sku.lower()]


def test_nothing_is_found_where_no_key_was_ever_given() -> None:
    with logged_in(small()) as account:
        assert plugin.find_listing(account, TEE) == Absent(key=TEE.key)


def test_a_price_in_another_currency_is_refused_before_anything_is_written() -> None:
    sandbox = small()
    foreign = msgspec.structs.replace(TEE, price=Money(amount=Decimal(10), currency="MYR"))

    with logged_in(sandbox) as account:
        for product in (foreign, msgspec.structs.replace(foreign, listing_ref=next(sandbox.units()).ref)):
            with pytest.raises(Rejected, match="price is in MYR, the store sells in IDR"):
                plugin.push_product(account, product)

    assert not any("Create" in name or "Update" in name for name in sandbox.counts)


def test_what_shopify_does_not_take_is_said_with_its_field() -> None:
    with logged_in(small()) as account, pytest.raises(Rejected, match=r"title"):
        plugin.push_product(account, msgspec.structs.replace(TEE, name="x" * 300))
