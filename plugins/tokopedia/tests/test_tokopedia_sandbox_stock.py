"""The sandbox's stock/update: strict about the call, patient with its rows."""

from typing import Any

import httpx
import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

Json = dict[str, Any]  # Any: JSON


def send(shop: TokopediaSandbox, body: object, **params: object) -> httpx.Response:
    settings = shop.settings()
    login = httpx.Request("POST", f"{shop.base_url}/token?grant_type=client_credentials")
    auth = httpx.BasicAuth(settings["client_id"], settings["client_secret"])
    token = shop.handle(next(auth.auth_flow(login))).json()["access_token"]
    given = {"shop_id": str(shop.shop_id), **{name: str(value) for name, value in params.items()}}
    path = f"{shop.base_url}/inventory/v1/fs/{shop.fs_id}/stock/update"
    headers = {"Authorization": f"Bearer {token}"}
    return shop.handle(httpx.Request("POST", path, params=given, json=body, headers=headers))


@pytest.fixture
def shop() -> TokopediaSandbox:
    return TokopediaSandbox(rate=None, size=0, warehouses=1)


@pytest.mark.parametrize(
    ("body", "params", "code"),
    [
        pytest.param([], {}, "PRD_DLV_018", id="no row"),
        pytest.param([{"product_id": 1, "new_stock": 1}] * 101, {}, "PRD_DLV_018", id="too many rows"),
        pytest.param({"rows": []}, {}, "PRD_DLV_042", id="an object around the rows"),
        pytest.param([{"product_id": 1}], {}, "PRD_DLV_042", id="a row without stock"),
        pytest.param([{"product_id": "1", "new_stock": 1}], {}, "PRD_DLV_042", id="an id in words"),
        pytest.param([{"product_id": 1, "stock": 1}], {}, "PRD_DLV_042", id="an unknown field"),
        pytest.param([{"product_id": 1, "new_stock": 1}], {"bypass": 1}, "PRD_DLV_038", id="an unknown parameter"),
        pytest.param(
            [{"product_id": 1, "new_stock": 1}],
            {"bypass_update_product_status": 1},
            "PRD_DLV_042",
            id="a bypass that is neither true nor false",
        ),
        pytest.param([{"product_id": 1, "new_stock": 1}], {"warehouse_id": 5}, "PRD_USC_021", id="a foreign warehouse"),
        pytest.param([{"product_id": 1, "new_stock": 1}], {"shop_id": 5}, "RBAC_MDLW_001", id="a foreign shop"),
    ],
)
def test_a_call_of_the_wrong_form_is_refused_whole(
    shop: TokopediaSandbox, body: object, params: Json, code: str
) -> None:
    assert send(shop, body, **params).json()["header"]["error_code"] == code


def test_a_shop_with_several_warehouses_wants_one_named() -> None:
    shop = TokopediaSandbox(rate=None, size=0)

    assert send(shop, [{"product_id": 1, "new_stock": 1}]).json()["header"]["error_code"] == "PRD_USC_008"


def test_rows_fail_one_by_one_under_http_200(shop: TokopediaSandbox) -> None:
    ref = shop.add("Kaos", "KS")
    shop.add("Kaos lain", "TWICE")
    shop.add("Kaos lagi", "TWICE")

    answer = send(
        shop,
        [
            {"product_id": ref, "new_stock": 4},
            {"product_id": 1, "new_stock": 4},
            {"sku": "TWICE", "new_stock": 4},
            {"sku": "KS" * 30, "new_stock": 4},
            {"product_id": ref, "new_stock": -1},
        ],
    )

    data = answer.json()["data"]
    assert (answer.status_code, data["failed_rows"], data["succeed_rows"]) == (200, 4, 1)
    assert [row["message"] for row in data["failed_rows_data"]] == [
        "Invalid Product ID.",
        "Invalid SKU.",
        "Invalid SKU.",
        "Invalid Stock.",
    ]


def test_the_code_wins_over_the_id(shop: TokopediaSandbox) -> None:
    meant, named = shop.add("Kaos", "KS"), shop.add("Topi", "TP")

    send(shop, [{"sku": "KS", "product_id": named, "new_stock": 4}])

    assert {unit.ref: unit.stock for unit in shop.units()} == {meant: 4, named: 10}


@pytest.mark.parametrize(
    ("bypass", "left", "again"),
    [pytest.param({}, 3, 1, id="by itself"), pytest.param({"bypass_update_product_status": "true"}, 1, 1, id="not")],
)
def test_a_product_that_is_sold_out_goes_inactive(shop: TokopediaSandbox, bypass: Json, left: int, again: int) -> None:
    ref = shop.add("Kaos", "KS")

    send(shop, [{"product_id": ref, "new_stock": 0}], **bypass)
    then = next(shop.units()).status
    send(shop, [{"product_id": ref, "new_stock": 1}], **bypass)

    assert (then, next(shop.units()).status) == (left, again)
