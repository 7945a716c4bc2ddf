"""From Shopify's variants to items, and what is made of odd ones."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hub_hookspecs import Item, Money
from hub_shopify import envelope, translate
from hub_shopify.payloads import catalogue

LEVEL = {
    "id": "gid://shopify/InventoryLevel/1?inventory_item_id=7",
    "isActive": True,
    "location": {"id": "gid://shopify/Location/1", "isActive": True},
    "quantities": [{"name": "available", "quantity": 5}],
}
VARIANT: dict[str, Any] = {  # Any: JSON
    "id": "gid://shopify/ProductVariant/41",
    "title": "M / Indigo",
    "sku": "TEE-M",
    "barcode": "8991234567890",
    "price": "149000.00",
    "updatedAt": "2026-11-20T07:15:00Z",
    "selectedOptions": [{"name": "Size", "value": "M"}, {"name": "Colour", "value": "Indigo"}],
    "media": {"nodes": [{"preview": {"image": {"url": "https://cdn.shopify.com/m.jpg"}}}]},
    "inventoryItem": {
        "id": "gid://shopify/InventoryItem/7",
        "tracked": True,
        "duplicateSkuCount": 0,
        "measurement": {"weight": {"unit": "KILOGRAMS", "value": 0.25}},
        "inventoryLevels": {"nodes": [LEVEL], "pageInfo": {"hasNextPage": False, "endCursor": None}},
    },
    "product": {
        "id": "gid://shopify/Product/4",
        "title": "Batik tee",
        "status": "ACTIVE",
        "updatedAt": "2026-11-20T07:15:00Z",
        "onlineStoreUrl": "https://toko.example/products/batik-tee",
        "hasOnlyDefaultVariant": False,
        "description": "Soft cotton.",
        "featuredMedia": {"preview": {"image": {"url": "https://cdn.shopify.com/tee.jpg"}}},
    },
}


def read(changes: dict[str, object] | None = None) -> catalogue.Variant:
    """The variant above, with other values at dotted paths."""
    wire = deepcopy(VARIANT)
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        place = wire
        for name in parents:
            place = place[name]
        place[last] = value
    return envelope.read(json.dumps(wire).encode(), catalogue.Variant)


def item(changes: dict[str, object] | None = None) -> Item:
    variant = read(changes)
    return translate.item(variant, variant.inventory_item.inventory_levels.nodes, "IDR")


def test_a_variant_becomes_an_item_of_its_product() -> None:
    assert item() == Item(
        ref="gid://shopify/ProductVariant/41",
        parent_ref="gid://shopify/Product/4",
        sku="TEE-M",
        name="Batik tee - M / Indigo",
        active=True,
        quantity=5,
        price=Money(amount=Decimal("149000.00"), currency="IDR"),
        barcode="8991234567890",
        image_urls=("https://cdn.shopify.com/m.jpg", "https://cdn.shopify.com/tee.jpg"),
        options={"Size": "M", "Colour": "Indigo"},
        weight_g=250,
        description="Soft cotton.",
        url="https://toko.example/products/batik-tee",
        raw_status="active",
        updated_at=datetime(2026, 11, 20, 7, 15, tzinfo=UTC),
    )


def test_a_product_without_options_is_named_by_its_title_alone() -> None:
    default = [{"name": "Title", "value": "Default Title"}]

    found = item({"title": "Default Title", "selectedOptions": default, "product.hasOnlyDefaultVariant": True})

    assert (found.name, found.options) == ("Batik tee", {})


@pytest.mark.parametrize(
    ("status", "active"),
    [
        ("ACTIVE", True),
        ("UNLISTED", True),
        ("DRAFT", False),
        ("ARCHIVED", False),
        pytest.param("RESTING", False, id="a status that is new"),
        pytest.param("", False, id="none"),
    ],
)
def test_only_what_can_be_bought_is_active(status: str, active: bool) -> None:
    found = item({"product.status": status})

    assert found.active is active
    assert found.raw_status == status.lower()


@pytest.mark.parametrize(
    ("changes", "quantity"),
    [
        pytest.param({}, 5, id="at one location"),
        pytest.param({"isActive": False}, 0, id="no longer kept at the location"),
        pytest.param({"location": {"isActive": False}}, 0, id="the location is closed"),
        pytest.param({"quantities": [{"name": "available", "quantity": -3}]}, 0, id="oversold"),
        pytest.param({"quantities": [{"name": "on_hand", "quantity": 9}]}, 0, id="another figure alone"),
        pytest.param({"quantities": [{"name": "available", "quantity": 2**40}]}, 2**31 - 1, id="beyond any shelf"),
    ],
)
def test_the_quantity_is_what_can_be_sold(changes: dict[str, object], quantity: int) -> None:
    assert item({"inventoryItem.inventoryLevels.nodes": [{**LEVEL, **changes}]}).quantity == quantity


def test_the_stock_of_all_locations_counts() -> None:
    assert item({"inventoryItem.inventoryLevels.nodes": [LEVEL, LEVEL]}).quantity == 10


def test_stock_that_is_not_tracked_is_unknown_and_said_so() -> None:
    found = item({"inventoryItem.tracked": False})

    assert found.quantity is None
    assert found.raw_status == "active, stock not tracked"


def test_a_sku_that_others_have_too_is_said_so() -> None:
    assert item({"inventoryItem.duplicateSkuCount": 2}).raw_status == "active, SKU shared with 2 more"


def test_a_missing_sku_is_no_duplicate() -> None:
    assert item({"sku": None, "inventoryItem.duplicateSkuCount": 9}).raw_status == "active"


@pytest.mark.parametrize(
    ("weight", "grams"),
    [
        pytest.param({"unit": "GRAMS", "value": 120}, 120, id="grams"),
        pytest.param({"unit": "KILOGRAMS", "value": 1.2345}, 1235, id="kilograms, rounded"),
        pytest.param({"unit": "POUNDS", "value": 1}, 454, id="pounds"),
        pytest.param({"unit": "OUNCES", "value": 1.0}, 28, id="ounces"),
        pytest.param({"unit": "STONES", "value": 1.0}, None, id="a unit that is new"),
        pytest.param({"unit": "GRAMS", "value": 0.0}, None, id="not entered"),
        pytest.param({"unit": "KILOGRAMS", "value": 1e12}, None, id="beyond any scale"),
        pytest.param(None, None, id="none"),
    ],
)
def test_weights_are_whole_grams(weight: object, grams: int | None) -> None:
    assert item({"inventoryItem.measurement.weight": weight}).weight_g == grams


def test_what_is_missing_is_left_empty() -> None:
    found = item(
        {
            "sku": None,
            "barcode": None,
            "price": None,
            "updatedAt": None,
            "media": {"nodes": []},
            "product.featuredMedia": None,
            "product.onlineStoreUrl": None,
            "inventoryItem.measurement": None,
        }
    )

    assert (found.sku, found.barcode, found.price, found.updated_at) == ("", "", None, None)
    assert (found.image_urls, found.url, found.weight_g) == ((), "", None)


def test_pictures_that_shopify_still_works_on_are_left_out() -> None:
    found = item({"media.nodes": [{"preview": {"image": None}}], "product.featuredMedia": {"preview": None}})

    assert found.image_urls == ()


@pytest.mark.parametrize(
    ("seconds", "lasting"),
    [pytest.param(86_399, True, id="a day"), pytest.param(0, False, id="none"), pytest.param(10**12, False, id="ages")],
)
def test_a_token_holds_as_long_as_shopify_says(seconds: int, lasting: bool) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)

    token = translate.token(envelope.Token(access_token="shpat_x", expires_in=seconds), now)

    assert token.expires_at == (now + timedelta(seconds=seconds) if lasting else None)
