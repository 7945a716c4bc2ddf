"""Products, parents and packs from the command line."""

from __future__ import annotations

from typing import Any

import pytest

from hub.cli.describing import body, parts
from tests.cli.conftest import Hub

ABSENT = "01900000-0000-7000-8000-000000000000"


def made(hub: Hub, merchant: str, sku: str, *more: str) -> Any:  # Any: JSON
    return hub("product", "create", *more, "-m", merchant, "--sku", sku, "--name", f"Barang {sku}", "--json").document


def test_a_product_is_described_changed_and_emptied(hub: Hub, merchant: str) -> None:
    product = made(
        hub, merchant, "KPS-1", "--price", "129000 IDR", "--weight", "250", "--size", "300x200x20",
        "--image", "https://toko.example/1.jpg", "--attribute", "Bahan=Katun", "--option", "Warna=Merah",
    )  # fmt: skip

    changed = hub(
        "product", "change", product["id"], "-m", merchant, "--name", "Kaos", "--unset", "size", "--unset", "price",
        "--json",
    ).document  # fmt: skip

    assert product["price"] == {"amount": "129000", "currency": "IDR"}
    assert product["size_mm"] == {"length": 300, "width": 200, "height": 20}
    assert (product["attributes"], product["options"]) == ({"Bahan": "Katun"}, {"Warna": "Merah"})
    assert changed == product | {"name": "Kaos", "size_mm": None, "price": None}
    assert hub("product", "show", product["id"], "-m", merchant, "--json").document == changed


def test_a_bundle_is_made_filled_listed_and_dissolved(hub: Hub, merchant: str) -> None:
    shirt, cap = (made(hub, merchant, sku)["id"] for sku in ("SHIRT", "CAP"))
    bundle = made(hub, merchant, "SET", f"{shirt}=2")

    filled = hub("product", "bundle", bundle["id"], f"{shirt}=2", cap, "-m", merchant, "--json").document
    listed = hub("product", "list", "--bundles", "-m", merchant, "--json").document["items"]
    circle = hub("product", "bundle", shirt, bundle["id"], "-m", merchant)
    dissolved = hub("product", "bundle", bundle["id"], "--dissolve", "-m", merchant, "--json").document

    assert [(each["product_id"], each["quantity"]) for each in filled["components"]] == [(shirt, 2), (cap, 1)]
    assert [each["id"] for each in listed] == [bundle["id"]]
    assert (circle.code, "contain itself" in circle.err) == (1, True)
    assert dissolved["components"] == []


def test_variants_are_put_under_a_parent(hub: Hub, merchant: str) -> None:
    parent = hub("parent", "create", "Kaos", "-m", merchant, "--json").document
    product = made(hub, merchant, "KPS-M", "--parent", parent["id"])
    made(hub, merchant, "OTHER")

    renamed = hub("parent", "rename", parent["id"], "Kaos Polos", "-m", merchant, "--json").document
    listed = hub("product", "list", "--parent", parent["id"], "-m", merchant, "--json").document["items"]

    assert [each["id"] for each in listed] == [product["id"]]
    assert hub("parent", "show", parent["id"], "-m", merchant, "--json").document == renamed
    assert hub("parent", "list", "-m", merchant, "--json").document["items"] == [renamed]


def test_a_product_is_archived_and_restored(hub: Hub, merchant: str) -> None:
    product = made(hub, merchant, "KPS-1")

    archived = hub("product", "archive", product["id"], "-m", merchant, "--json").document
    listed = hub("product", "list", "-m", merchant, "--json").document["items"]
    restored = hub("product", "restore", product["id"], "-m", merchant, "--json").document

    assert archived["gone_by"]
    assert (listed, restored) == ([], product)


def test_a_pack_of_no_listing_is_refused(hub: Hub, merchant: str) -> None:
    refused = hub("listing", "pack", ABSENT, "6", "-m", merchant)

    assert refused.code == 1
    assert "no such listing" in refused.err


@pytest.mark.parametrize(
    ("options", "field"),
    [
        pytest.param(("--size", "300x200"), "size", id="two sides"),
        pytest.param(("--price", "129000"), "price", id="no currency"),
        pytest.param(("--weight", "-1"), "weight_g", id="less than nothing"),
        pytest.param(("--attribute", "Katun"), "NAME=VALUE", id="no name"),
        pytest.param(("--barcode", "1", "--unset", "barcode"), "barcode", id="both given and emptied"),
        pytest.param(("--unset", "sku"), "sku", id="what must stay"),
    ],
)
def test_what_is_typed_wrongly_is_named(hub: Hub, merchant: str, options: tuple[str, ...], field: str) -> None:
    refused = hub("product", "change", ABSENT, "-m", merchant, *options)

    assert refused.code == 2
    assert field in refused.err


def test_what_was_not_typed_is_not_in_the_body() -> None:
    assert body(name="Kaos", price=None) == {"name": "Kaos"}
    assert parts(["a", "b=3"]) == [{"product_id": "a", "quantity": 1}, {"product_id": "b", "quantity": 3}]
