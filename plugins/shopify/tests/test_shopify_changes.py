"""What an update leaves out because the store shows it already, in whatever form people gave it there."""

from decimal import Decimal

import msgspec
import pytest
from hub_hookspecs import Money, Product
from hub_shopify import changes, inputs
from hub_shopify.payloads import pushed
from hub_shopify.payloads.catalogue import Count, Measurement, Weight

TEE = Product(
    key="0190-tee",
    sku="TEE-M",
    name="Batik tee",
    description="Soft cotton.\nWash cold & dry.",
    price=Money(amount=Decimal("149000"), currency="IDR"),
    barcode="8991234567890",
    weight_g=250,
    options={"Size": "M"},
    attributes={"vendor": "Larasati", "product_type": "Shirts", "colour_of_the_box": "red"},
)
BARE = Product(key="0190-bare", sku="", name="")


def there(**changes: object) -> pushed.ListedProduct:
    shown: dict[str, object] = {
        "id": "gid://shopify/Product/4",
        "title": "Batik tee",
        "vendor": "Larasati",
        "product_type": "Shirts",
        "description": "Soft cotton. Wash cold & dry.",
        "description_html": "<h2>Soft cotton.</h2><p>Wash <b>cold</b> &amp; dry.</p><img src='https://cdn.example/1'>",
        "variants_count": Count(count=1),
    }
    return pushed.ListedProduct(**{**shown, **changes})  # type: ignore[arg-type]  # the struct's own fields


def listed(**changes: object) -> pushed.ListedVariant:
    shown: dict[str, object] = {
        "id": "gid://shopify/ProductVariant/41",
        "product": there(),
        "sku": "TEE-M",
        "barcode": "8991234567890",
        "price": Decimal("149000.00"),
        "inventory_item": pushed.ListedItem(
            measurement=Measurement(weight=Weight(unit="KILOGRAMS", value=Decimal("0.25")))
        ),
    }
    return pushed.ListedVariant(**{**shown, **changes})  # type: ignore[arg-type]  # the struct's own fields


def test_nothing_is_left_to_write_where_the_store_shows_it_all() -> None:
    left = changes.unshown(TEE, listed())

    assert (inputs.variant_fields(left), inputs.product_fields(left)) == ({}, {})


@pytest.mark.parametrize(
    ("change", "variant", "product"),
    [
        pytest.param({"sku": "TEE-L"}, {"inventoryItem": {"sku": "TEE-L"}}, {}, id="SKU"),
        pytest.param({"barcode": "1"}, {"barcode": "1"}, {}, id="barcode"),
        pytest.param({"price": Money(amount=Decimal(1), currency="IDR")}, {"price": "1"}, {}, id="price"),
        pytest.param(
            {"weight_g": 260},
            {"inventoryItem": {"measurement": {"weight": {"unit": "GRAMS", "value": 260.0}}}},
            {},
            id="weight",
        ),
        pytest.param({"name": "Tee"}, {}, {"title": "Tee"}, id="name"),
        pytest.param({"description": "Soft."}, {}, {"descriptionHtml": "Soft."}, id="description"),
        pytest.param({"attributes": {"vendor": "Ayu"}}, {}, {"vendor": "Ayu"}, id="vendor"),
    ],
)
def test_what_differs_is_written_alone(
    change: dict[str, object], variant: dict[str, object], product: dict[str, object]
) -> None:
    left = changes.unshown(msgspec.structs.replace(TEE, **change), listed())

    assert (inputs.variant_fields(left), inputs.product_fields(left)) == (variant, product)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        pytest.param("Batik tee - M / Red", "", id="as it was imported"),
        pytest.param("Batik tee", "", id="as the hub wrote it"),
        pytest.param("Kaos batik - M / Red", "Kaos batik", id="renamed behind the choice"),
        pytest.param("Kaos batik", "Kaos batik", id="renamed"),
        pytest.param("Batik tee - L / Red", "Batik tee - L / Red", id="another choice is a name of its own"),
        pytest.param(" ", " ", id="blank: Shopify says no"),
    ],
)
def test_the_choice_of_a_variant_never_becomes_a_part_of_the_title(name: str, title: str) -> None:
    product = Product(key="k", sku="", name=name)

    assert changes.unshown(product, listed(title="M / Red")).name == title


@pytest.mark.parametrize(
    ("given", "text", "markup", "is_written"),
    [
        pytest.param("Soft.\nCool.", "Soft. Cool.", "<p>Soft.</p><p>Cool.</p>", False, id="as it was imported"),
        pytest.param("Soft.\nCool.", "Soft.Cool.", "Soft.<br>Cool.", False, id="as the hub wrote it"),
        pytest.param("Soft & cool", "Soft", "<i>Soft</i> &amp; cool", False, id="told in full, read cut short"),
        pytest.param("<p>Soft</p>", "Soft", "<p>Soft</p>\n", False, id="HTML as it stands there"),
        pytest.param("<p>Soft</p>", "Soft", "<b>Soft</b>", True, id="HTML of another form"),
        pytest.param("a <b> c", "a <b> c", "a &lt;b&gt; c", False, id="an imported text that looks like HTML"),
        pytest.param("Hard.", "Soft.", "<p>Soft.</p>", True, id="other words"),
        pytest.param("", "Soft.", "<p>Soft.</p>", False, id="nothing given"),
    ],
)
def test_a_description_is_written_only_where_it_says_something_else(
    given: str, text: str, markup: str, is_written: bool
) -> None:
    product = Product(key="k", sku="", name="", description=given)

    left = changes.unshown(product, listed(product=there(description=text, description_html=markup)))

    assert ("descriptionHtml" in inputs.product_fields(left)) is is_written


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param({}, True, id="everything, in Shopify's own spelling"),
        pytest.param({"sku": "TEE-L"}, False, id="another SKU"),
        pytest.param({"barcode": None}, False, id="no barcode"),
        pytest.param({"price": Decimal(1)}, False, id="another price"),
        pytest.param({"price": None}, False, id="no price"),
        pytest.param({"inventory_item": pushed.ListedItem()}, False, id="no weight"),
        pytest.param(
            {"product": there(title="Old name")},
            False,
            id="another title",
        ),
        pytest.param(
            {"product": there(title="Old name", variants_count=Count(count=2))},
            True,
            id="a title that belongs to siblings too",
        ),
    ],
)
def test_a_listing_shows_a_push_or_does_not(shown: dict[str, object], expected: bool) -> None:
    assert changes.shows(listed(**shown), TEE) is expected


def test_what_was_not_pushed_cannot_be_missing() -> None:
    assert changes.shows(listed(), BARE)
