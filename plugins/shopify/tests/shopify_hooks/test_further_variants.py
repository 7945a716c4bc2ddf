"""Variants that join a product which is there, and remove none of its others."""

import msgspec
import pytest
from hub_hookspecs import (
    Listing,
    Rejected,
)
from hub_shopify import plugin

from .goods import in_size, variant, wide
from .steps import logged_in, small


def test_a_variant_joins_its_product_and_removes_none() -> None:
    sandbox = small()
    product = wide(sandbox)
    wanted = in_size(product, "Giant", "HUB-GIANT")

    with logged_in(sandbox) as account:
        listing = plugin.push_product(account, wanted)
        again = plugin.push_product(account, wanted)
        found = plugin.find_listing(account, wanted)

    after = variant(sandbox, listing.ref).product
    assert listing.ref == again.ref == (found.ref if isinstance(found, Listing) else None)
    assert [one.sku for one in after.variants] == [*(one.sku for one in product.variants), "HUB-GIANT"]
    assert after.title == product.title


def test_the_variant_that_stood_alone_stays_beside_the_new_one() -> None:
    sandbox = small()
    alone = sandbox.add("Sarung", "SARUNG")
    wanted = in_size(variant(sandbox, alone).product, "Second", "SARUNG-2")

    with logged_in(sandbox) as account:
        plugin.push_product(account, wanted)

    assert [one.sku for one in variant(sandbox, alone).product.variants] == ["SARUNG", "SARUNG-2"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"options": {}}, "options are missing", id="nothing tells it apart"),
        pytest.param({"attributes": {"parent_ref": "gid://shopify/Product/1"}}, "no product", id="no such product"),
        pytest.param({"sku": "OTHER"}, "has a variant with these options already", id="the place is taken"),
    ],
)
def test_a_variant_that_cannot_join_says_why(change: dict[str, object], says: str) -> None:
    sandbox = small()
    wanted = in_size(wide(sandbox), "Giant", "HUB-GIANT")

    with logged_in(sandbox) as account:
        plugin.push_product(account, wanted)
        with pytest.raises(Rejected, match=says):
            plugin.push_product(account, msgspec.structs.replace(wanted, **change))


def test_a_variant_does_not_join_under_a_name_and_a_text_that_its_product_has_not() -> None:
    sandbox = small()
    product = wide(sandbox)
    wanted = msgspec.structs.replace(in_size(product, "Giant", "HUB-GIANT"), name="Celana", description="Baru")

    with logged_in(sandbox) as account, pytest.raises(Rejected, match=r"name: write .*; description: leave it empty"):
        plugin.push_product(account, wanted)

    assert len(wide(sandbox).variants) == len(product.variants)
