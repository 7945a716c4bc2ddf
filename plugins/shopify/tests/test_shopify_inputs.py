"""What a product of the hub becomes in Shopify's words; what was not given is not written."""

from decimal import Decimal

from hub_hookspecs import Money, Product
from hub_shopify import inputs

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
