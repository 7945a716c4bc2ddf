"""The sandbox's v3 create and edit: strict about every field, row by row."""

import base64
from typing import Any

import httpx
import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

Json = dict[str, Any]  # Any: JSON
ROW: Json = {
    "name": "Kaos Polos",
    "category_id": 1828,
    "price_currency": "IDR",
    "price": 50_000,
    "status": "LIMITED",
    "min_order": 1,
    "weight": 180,
    "weight_unit": "GR",
    "condition": "NEW",
    "sku": "TEE-M",
    "stock": 5,
}


def send(shop: TokopediaSandbox, method: str, verb: str, body: object, **params: object) -> httpx.Response:
    settings = shop.settings()
    pair = base64.b64encode(f"{settings['client_id']}:{settings['client_secret']}".encode()).decode()
    login = httpx.Request(
        "POST", f"{shop.base_url}/token?grant_type=client_credentials", headers={"Authorization": f"Basic {pair}"}
    )
    return shop.handle(
        httpx.Request(
            method,
            f"{shop.base_url}/v3/products/fs/{shop.fs_id}/{verb}",
            params={"shop_id": str(shop.shop_id), **{name: str(value) for name, value in params.items()}},
            json=body,
            headers={"Authorization": f"Bearer {shop.handle(login).json()['access_token']}"},
        )
    )


def create(shop: TokopediaSandbox, *rows: Json) -> httpx.Response:
    return send(shop, "POST", "create", {"products": rows})


def without(name: str) -> Json:
    return {key: value for key, value in ROW.items() if key != name}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"products": []}, "PRD_DLV_018", id="no row"),
        pytest.param({"products": [ROW] * 26}, "PRD_DLV_018", id="too many rows"),
        pytest.param({"products": [{**ROW, "colour": "red"}]}, "PRD_DLV_042", id="an unknown field"),
        pytest.param({"products": [{**ROW, "price": "50000"}]}, "PRD_DLV_042", id="a price in words"),
        pytest.param({"products": [{**ROW, "price": 50_000.5}]}, "PRD_DLV_042", id="half a rupiah"),
        pytest.param({"products": [{**ROW, "id": 1}]}, "PRD_DLV_038", id="a new product with an id"),
        pytest.param([ROW], "PRD_DLV_042", id="a bare array"),
        *(pytest.param({"products": [without(name)]}, "PRD_DLV_045", id=f"no {name}") for name in (*ROW,)[:9]),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_as_a_whole(body: object, code: str) -> None:
    shop = TokopediaSandbox(size=0)

    answer = send(shop, "POST", "create", body)

    assert (answer.status_code, answer.json()["header"]["error_code"]) == (400, code)
    assert list(shop.units()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"name": ""}, "1-70 characters", id="no name"),
        pytest.param({"name": "x" * 71}, "1-70 characters", id="a long name"),
        pytest.param({"category_id": 2501}, "deepest child", id="a category that has children"),
        pytest.param({"category_id": 1}, "not found", id="a category that does not exist"),
        pytest.param({"price": 99}, "between 100 and", id="too cheap"),
        pytest.param({"price": 100_000_001}, "between 100 and", id="too dear"),
        pytest.param({"price_currency": "USD"}, "must be IDR", id="dollars"),
        pytest.param({"status": "EMPTY"}, "must be LIMITED", id="an old status"),
        pytest.param({"weight": 0}, "Weight", id="no weight"),
        pytest.param({"weight_unit": "KG"}, "must be GR", id="kilograms"),
        pytest.param({"condition": "OLD"}, "NEW or USED", id="a condition of its own"),
        pytest.param({"min_order": 0}, "Minimum order", id="nothing at least"),
        pytest.param({"dimension": {"height": 1, "width": 2}}, "must all be filled", id="two dimensions"),
        pytest.param({"description": "x" * 2001}, "2000", id="a long description"),
        pytest.param({"sku": "x" * 51}, "50", id="a long code"),
        pytest.param({"stock": 0}, "between 1 and 1000", id="no stock"),
        pytest.param({"stock": 1001}, "between 1 and 1000", id="too much stock"),
        pytest.param({"pictures": [{"file_path": "https://i.example/a"}] * 6}, "Maximum pictures", id="six pictures"),
        pytest.param({"pictures": [{"file_path": "tee.jpg"}]}, "must be a URL", id="a picture without an address"),
    ],
)
def test_a_row_beyond_its_limits_fails_alone_with_its_reason(change: Json, said: str) -> None:
    shop = TokopediaSandbox(size=0)

    data = create(shop, {**ROW, **change}, ROW).json()["data"]

    assert (data["total_data"], data["success_data"], data["fail_data"]) == (2, 1, 1)
    assert said in data["failed_rows_data"][0]["error"][0]
    assert [unit.ref for unit in shop.units()] == [row["product_id"] for row in data["success_rows_data"]]


def test_an_answer_in_which_every_row_failed_has_the_status_that_a_test_wants() -> None:
    shop = TokopediaSandbox(size=0)
    shop.failing_status = 500

    answer = create(shop, {**ROW, "price": 1})

    assert answer.status_code == 500
    assert answer.json()["data"]["fail_data"] == 1


def test_edit_changes_only_what_it_is_told_and_wants_id_code_and_status() -> None:
    shop = TokopediaSandbox(size=0)
    ref = create(shop, ROW).json()["data"]["success_rows_data"][0]["product_id"]

    bare = send(shop, "PATCH", "edit", {"products": [{"id": ref, "price": 60_000}]})
    done = send(
        shop, "PATCH", "edit", {"products": [{"id": ref, "sku": "TEE-M", "status": "LIMITED", "price": 60_000}]}
    )

    assert bare.json()["header"]["error_code"] == "PRD_DLV_045"
    assert done.json()["data"]["success_rows_data"] == [{"product_id": ref, "product_sku": "TEE-M"}]
    (unit,) = shop.units()
    assert (unit.price, unit.name, unit.stock, unit.grams) == (60_000, "Kaos Polos", 5, 180)


def test_each_verb_has_its_method_and_each_shop_its_own_door() -> None:
    shop = TokopediaSandbox(size=0)

    assert send(shop, "PATCH", "create", {"products": [ROW]}).status_code == 405
    assert send(shop, "POST", "edit", {"products": [ROW]}).status_code == 405
    assert send(shop, "POST", "create", {"products": [ROW]}, shop_id=1).status_code == 403
    assert send(shop, "POST", "create", {"products": [ROW]}, dry_run=1).status_code == 400


def test_any_code_of_the_shop_finds_exactly_who_carries_it() -> None:
    shop = TokopediaSandbox(size=400)
    units = list(shop.units())
    codes = {unit.sku for unit in units if unit.sku and unit.sku.strip()}

    for code in codes:
        found = {unit.ref for unit in shop._catalogue.by_sku(code)}
        assert found == {unit.ref for unit in units if unit.sku == code}, code
