"""What a product of the hub becomes in Shopify's words; what was not given is not written."""

from decimal import Decimal

import pytest
from hub_hookspecs import Money, Product
from hub_shopify import inputs
from hub_shopify.payloads import pushed
from hub_shopify.payloads.catalogue import Count, Measurement, Weight

TEE = Product(
    key="0190-tee",
    sku="TEE-M",
    name="Batik tee",
    description="Soft cotton.\nWash cold & dry.",
    price=Money(amount=Decimal("149000"), currency="IDR"),
    quantity=9,
    barcode="8991234567890",
    weight_g=250,
    image_urls=("https://cdn.example/tee.jpg",),
    options={"Size": "M"},
    attributes={"vendor": "Larasati", "product_type": "Shirts", "colour_of_the_box": "red"},
)
BARE = Product(key="0190-bare", sku="", name="")


def listed(**changes: object) -> pushed.ListedVariant:
    shown: dict[str, object] = {
        "id": "gid://shopify/ProductVariant/41",
        "product": pushed.ListedProduct(id="gid://shopify/Product/4", title="Batik tee", variants_count=Count(count=1)),
        "sku": "TEE-M",
        "barcode": "8991234567890",
        "price": Decimal("149000.00"),
        "inventory_item": pushed.ListedItem(
            measurement=Measurement(weight=Weight(unit="KILOGRAMS", value=Decimal("0.25")))
        ),
    }
    return pushed.ListedVariant(**{**shown, **changes})  # type: ignore[arg-type]  # the struct's own fields


def test_a_new_product_carries_the_hubs_key_and_one_counted_variant() -> None:
    assert inputs.created(TEE, status="draft") == {
        "title": "Batik tee",
        "descriptionHtml": "Soft cotton.<br>Wash cold &amp; dry.",
        "vendor": "Larasati",
        "productType": "Shirts",
        "status": "DRAFT",
        "metafields": [{"namespace": "integration_hub", "key": "product_key", "type": "id", "value": "0190-tee"}],
        "productOptions": [{"name": "Size", "values": [{"name": "M"}]}],
        "variants": [
            {
                "sku": "TEE-M",
                "barcode": "8991234567890",
                "price": "149000",
                "inventoryItem": {"measurement": {"weight": {"unit": "GRAMS", "value": 250.0}}, "tracked": True},
                "optionValues": [{"optionName": "Size", "name": "M"}],
            }
        ],
        "files": [{"originalSource": "https://cdn.example/tee.jpg", "contentType": "IMAGE"}],
    }


def test_a_product_without_options_gets_the_one_that_shopify_demands() -> None:
    made = inputs.created(BARE, status="active")

    assert made["productOptions"] == [{"name": "Title", "values": [{"name": "Default Title"}]}]
    assert made["variants"] == [
        {"inventoryItem": {"tracked": True}, "optionValues": [{"optionName": "Title", "name": "Default Title"}]}
    ]
    assert made["status"] == "ACTIVE"


def test_a_further_variant_has_its_sku_at_its_inventory_item() -> None:
    assert inputs.added(TEE)["inventoryItem"]["sku"] == "TEE-M"
    assert "sku" not in inputs.added(TEE)


def test_what_was_not_given_is_not_written() -> None:
    assert inputs.variant_fields(BARE) == {}
    assert inputs.product_fields(BARE) == {}
    assert inputs.media(BARE) == []


def test_html_stays_html() -> None:
    described = Product(key="k", sku="", name="", description="<p>Soft &amp; warm</p>")

    assert inputs.product_fields(described) == {"descriptionHtml": "<p>Soft &amp; warm</p>"}


@pytest.mark.parametrize(
    ("changes", "shows"),
    [
        pytest.param({}, True, id="everything, in Shopify's own spelling"),
        pytest.param({"sku": "TEE-L"}, False, id="another SKU"),
        pytest.param({"barcode": None}, False, id="no barcode"),
        pytest.param({"price": Decimal(1)}, False, id="another price"),
        pytest.param({"price": None}, False, id="no price"),
        pytest.param({"inventory_item": pushed.ListedItem()}, False, id="no weight"),
        pytest.param(
            {"product": pushed.ListedProduct(id="p", title="Old name", variants_count=Count(count=1))},
            False,
            id="another title",
        ),
        pytest.param(
            {"product": pushed.ListedProduct(id="p", title="Old name", variants_count=Count(count=2))},
            True,
            id="a title that belongs to siblings too",
        ),
    ],
)
def test_a_listing_shows_a_push_or_does_not(changes: dict[str, object], shows: bool) -> None:
    assert inputs.shows(listed(**changes), TEE) is shows


def test_what_was_not_pushed_cannot_be_missing() -> None:
    assert inputs.shows(listed(), BARE)
