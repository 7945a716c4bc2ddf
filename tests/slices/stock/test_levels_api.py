"""Levels and movements over the API."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel.db import Database
from tests.slices.stock.goods import Goods

Client = TestClient[Litestar]
Json = dict[str, Any]  # Any: answers of the API
ABSENT = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def address(goods: Goods) -> str:
    return f"/v1/merchants/{goods.merchant}"


def an_adjustment(goods: Goods, sku: str, quantity: int, **more: object) -> Json:
    line = {"product_id": goods.named[sku], "quantity": quantity}
    return {"warehouse_id": goods.named["main"], "lines": [line], "reason": "counted", **more}


def test_an_adjustment_is_answered_listed_and_told_who_made_it(platform: Client, goods: Goods, address: str) -> None:
    goods.sells("TEE-M")

    made = platform.post(f"{address}/stock/adjustments", json=an_adjustment(goods, "TEE-M", 7, note="first count"))

    assert made.status_code == 201, made.text
    (level,), (movement,) = made.json()["levels"], made.json()["movements"]
    assert (level["on_hand"], level["available"]) == (7, 7)
    assert (movement["quantity"], movement["reason"], movement["note"]) == (7, "counted", "first count")
    assert movement["actor"]["kind"] == "key"
    (shelf,) = platform.get(f"{address}/products/{goods.named['TEE-M']}/stock").json()["items"]
    assert (shelf["warehouse"], shelf["sku"], shelf["available"]) == ("Main warehouse", "TEE-M", 7)
    assert platform.get(f"{address}/warehouses/{goods.named['main']}/stock").json()["items"] == [shelf]
    assert platform.get(f"{address}/movements?kind=adjustment").json()["items"] == [movement]
    (event,) = platform.get(f"{address}/events?kind=stock.adjusted").json()["items"]
    assert [each["levels"][0]["on_hand"] for each in (event["before"], event["after"])] == [0, 7]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"warehouse_id": ABSENT}, "warehouse_id", id="no such warehouse"),
        pytest.param({"lines": [{"product_id": ABSENT, "quantity": 1}]}, "lines[0].product_id", id="no such product"),
        pytest.param({"lines": [{"product_id": "x", "quantity": 1}]}, "lines[0].product_id", id="no id"),
        pytest.param({"lines": [{"product_id": ABSENT, "quantity": 0}]}, "lines[0].quantity", id="no change"),
        pytest.param({"reason": "because"}, "reason", id="no reason that is known"),
    ],
)
def test_a_wrong_adjustment_names_the_field(
    platform: Client, goods: Goods, address: str, body: Json, field: str
) -> None:  # fmt: skip
    goods.sells("TEE-M")
    given = an_adjustment(goods, "TEE-M", 1) | body

    answer = platform.post(f"{address}/stock/adjustments", json=given)

    assert answer.status_code in (400, 422), answer.text
    assert field in [each["field"] for each in answer.json()["errors"]]


def test_goods_of_another_merchant_are_no_goods(platform: Client, goods: Goods, database: Database) -> None:
    goods.sells("TEE-M")
    other = Goods(database)

    answers = [
        platform.get(f"/v1/merchants/{other.merchant}/products/{goods.named['TEE-M']}/stock").status_code,
        platform.get(f"/v1/merchants/{other.merchant}/warehouses/{goods.named['main']}/stock").status_code,
        platform.post(
            f"/v1/merchants/{other.merchant}/stock/adjustments", json=an_adjustment(goods, "TEE-M", 1)
        ).status_code,
    ]

    assert answers == [404, 404, 422]


def test_a_transfer_is_answered_with_both_sides(platform: Client, goods: Goods, address: str) -> None:
    goods.sells("TEE-M")
    goods.builds("Gudang Bandung")
    goods.adjusts("TEE-M", 5)
    body = {"from_warehouse_id": goods.named["main"], "to_warehouse_id": goods.named["Gudang Bandung"]}
    line = {"product_id": goods.named["TEE-M"], "quantity": 2}

    made = platform.post(f"{address}/stock/transfers", json=body | {"lines": [line]})
    more = platform.post(f"{address}/stock/transfers", json=body | {"lines": [line | {"quantity": 9}]})

    assert made.status_code == 201, made.text
    assert {each["quantity"] for each in made.json()["movements"]} == {-2, 2}
    assert (more.status_code, more.json()["code"]) == (409, "not_enough")


def test_pages_follow_each_other(platform: Client, goods: Goods, address: str) -> None:
    goods.sells("A", "B", "C")
    goods.adjusts_all([("A", 1), ("B", 2), ("C", 3)])

    first = platform.get(f"{address}/warehouses/{goods.named['main']}/stock?limit=2").json()
    rest = platform.get(first["next"]).json()

    assert [each["sku"] for each in [*first["items"], *rest["items"]]] == ["A", "B", "C"]
    assert rest["next"] is None
