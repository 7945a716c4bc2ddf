"""Listings that are pushed again: what was not given is left as it is."""

from copy import deepcopy
from decimal import Decimal

import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Listing,
    Money,
    Product,
    Rejected,
)
from hub_shopify import plugin

from .goods import TEE, filled_in, imported, joined_by_a_sibling, variant, wide
from .steps import GONE, logged_in, small


def test_an_update_writes_what_was_given_and_nothing_else() -> None:
    sandbox = small()
    unit = next(one for one in sandbox.variants() if len(one.product.variants) == 1 and one.product.media)
    before, ref = deepcopy(unit), f"gid://shopify/ProductVariant/{unit.id}"

    with logged_in(sandbox) as account:
        given = Product(key="k", sku="", name="", listing_ref=ref, price=Money(amount=Decimal(77_000), currency="IDR"))
        plugin.push_product(account, given)

    after = variant(sandbox, ref)
    assert Decimal(after.price) == 77_000
    assert (after.sku, after.barcode, after.inventory_item.grams) == (
        before.sku,
        before.barcode,
        before.inventory_item.grams,
    )
    for kept in ("title", "handle", "status", "vendor", "description_html", "tags", "media", "metafields"):
        assert getattr(after.product, kept) == getattr(before.product, kept), kept


def test_a_listing_that_is_pushed_back_as_it_was_imported_keeps_the_form_of_its_texts() -> None:
    sandbox = small()
    ref = sandbox.add("Tee", "TEE-1", price="50000.00")
    markup = "<h2>Care</h2><ul><li>Wash <b>cold</b></li></ul><img src='https://cdn.example/1'>" + "<p>Long</p>" * 1000
    sandbox.change(ref, description_html=markup)

    with logged_in(sandbox) as account:
        plugin.push_product(account, filled_in(imported(account)[ref], price=60_000))

    after = variant(sandbox, ref)
    assert (after.product.description_html, after.price) == (markup, "60000.00")


def test_the_one_variant_of_a_product_with_options_is_not_renamed_by_its_own_name() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        ref = plugin.push_product(account, msgspec.structs.replace(TEE, options={"Size": "M"})).ref
        item = imported(account)[ref]
        for price in (60_000, 61_000):
            plugin.push_product(account, filled_in(item, price=price))

    assert item.name == "Hub tee - M"
    assert variant(sandbox, ref).product.title == "Hub tee"


def test_pictures_go_only_to_a_product_that_has_none() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, msgspec.structs.replace(TEE, image_urls=()))
        again = msgspec.structs.replace(TEE, listing_ref=listing.ref)
        plugin.push_product(account, again)
        plugin.push_product(account, again)

    assert [one.url for one in variant(sandbox, listing.ref).product.media] == list(TEE.image_urls)


def test_one_of_several_variants_is_updated_alone_as_it_was_imported() -> None:
    sandbox = small()
    product = wide(sandbox)
    ref = f"gid://shopify/ProductVariant/{product.variants[1].id}"

    with logged_in(sandbox) as account:
        changed = filled_in(imported(account)[ref], price=77_000)
        plugin.push_product(account, msgspec.structs.replace(changed, sku="HUB-1"))

    after = variant(sandbox, ref).product
    assert (after.title, after.description_html, len(after.media)) == (
        product.title,
        product.description_html,
        len(product.media),
    )
    assert [(one.sku, one.price) for one in after.variants] == [
        ("HUB-1", "77000.00") if f"/{one.id}" in ref else (one.sku, one.price) for one in product.variants
    ]


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        pytest.param({"name": "Kaos Baru"}, "name", "name: write 'Hub tee', with or without", id="name"),
        pytest.param({"description": "Baru"}, "description", "description: leave it empty", id="description"),
        pytest.param({"attributes": {"vendor": "Ayu"}}, "vendor", "vendor: write '", id="vendor"),
        pytest.param(
            {"attributes": {"product_type": "Tees"}}, "product_type", "product_type: leave it out", id="product type"
        ),
        pytest.param(
            {"options": {"Size": "XL"}}, "options", "those of this one are Size: M; put these back", id="options"
        ),
    ],
)
def test_what_one_variant_cannot_say_for_its_siblings_is_refused_before_anything_is_written(
    change: dict[str, object], field: str, says: str
) -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        product, ours, _ = joined_by_a_sibling(sandbox, account)
        update = msgspec.structs.replace(product, listing_ref=ours, price=Money(amount=Decimal(1), currency="IDR"))
        with pytest.raises(Rejected) as refused:
            plugin.push_product(account, msgspec.structs.replace(update, **change))
        plugin.push_product(account, msgspec.structs.replace(update, barcode="8990000000000"))

    after = variant(sandbox, ours)
    assert says in str(refused.value)
    assert refused.value.code == field
    assert (after.price, after.barcode, after.product.title) == ("1.00", "8990000000000", "Hub tee")
    assert sandbox.counts["HubUpdateVariant"] == 1


def test_a_listing_that_is_gone_is_refused_and_absent() -> None:
    gone = msgspec.structs.replace(TEE, listing_ref=GONE)

    with logged_in(small()) as account:
        assert plugin.find_listing(account, gone) == Absent(key=TEE.key)
        with pytest.raises(Rejected, match=r"no variant .* any more"):
            plugin.push_product(account, gone)


def test_an_update_that_did_not_arrive_is_absent_until_it_did() -> None:
    sandbox = small()

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, TEE)
        cheaper = Money(amount=Decimal(1), currency="IDR")
        update = msgspec.structs.replace(TEE, listing_ref=listing.ref, price=cheaper)

        assert plugin.find_listing(account, update) == Absent(key=TEE.key)
        plugin.push_product(account, update)
        assert plugin.find_listing(account, update) == Listing(ref=listing.ref, url=listing.url)
