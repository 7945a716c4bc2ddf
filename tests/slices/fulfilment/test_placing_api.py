"""Products in warehouses of 3PLs over the API: what is refused names its cure, and said twice is said once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hub.kernel.db import Database
from tests.slices.channels.conftest import Client, an_api, events_of
from tests.slices.fulfilment.keeper import Keeper, a_keeper

Json = dict[str, Any]  # Any: answers of the API
NOBODY = "0190a6e0-0000-7000-8000-000000000000"


@pytest.fixture
def keeper(database: Database) -> Iterator[Keeper]:
    with a_keeper(database) as keeper:
        yield keeper


@pytest.fixture
def client(keeper: Keeper) -> Iterator[Client]:
    with an_api(keeper.channels) as client:
        yield client


def url(keeper: Keeper, path: str) -> str:
    return f"/v1/merchants/{keeper.goods.merchant}{path}"


def house(keeper: Keeper, path: str = "/products") -> str:
    return url(keeper, f"/warehouses/{keeper.goods.named['KL1']}{path}")


def test_who_asks_twice_with_one_key_has_it_placed_once_and_noted_once(keeper: Keeper, client: Client) -> None:
    body, key = {"product_ids": [keeper.goods.named["TEE"]]}, {"Idempotency-Key": "a-key-of-ours"}

    first = client.post(house(keeper), json=body, headers=key)
    again = client.post(house(keeper), json=body, headers=key)
    keeper.works()

    assert (first.status_code, again.content) == (202, first.content)
    assert events_of(keeper.database, keeper.goods.merchant).count("warehouse.products_placed") == 1
    assert keeper.calls() == ["TEE"]
    job = client.get(url(keeper, f"/jobs/{first.json()['job_id']}")).json()
    assert (job["kind"], job["state"]) == ("fulfilment.push_product", "done")


def test_a_product_shows_where_it_was_placed_and_how_that_went(keeper: Keeper, client: Client) -> None:
    tee = url(keeper, f"/products/{keeper.goods.named['TEE']}/placements")
    for place in ("KL1", "JB2"):
        made = client.post(tee, json={"warehouse_id": keeper.goods.named[place]})
        assert made.status_code == 202, made.text
    keeper.works()

    shown = {each["warehouse"]: each for each in client.get(tee).json()["items"]}

    assert {name: (each["status"], each["known_as"]) for name, each in shown.items()} == {
        "KL1 CONS": ("pushed", "TEE"), "JB2 CONS": ("pushed", "TEE"),
    }  # fmt: skip


def test_what_cannot_be_placed_leaves_nothing_behind(keeper: Keeper, client: Client) -> None:
    before = events_of(keeper.database, keeper.goods.merchant)
    taken = {"product": {"sku": "TEE", "name": "Another"}}
    asked: list[tuple[str, Json, int, str]] = [
        (house(keeper), {}, 422, "product_ids"),
        (house(keeper), {"product_ids": [NOBODY]}, 422, "product_ids[0]"),
        (house(keeper), {"listing_ids": [NOBODY]}, 422, "listing_ids[0]"),
        (house(keeper, "/new-products"), taken, 409, "sku"),
    ]

    for path, body, status, field in asked:
        answer = client.post(path, json=body)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (status, [field])
    absent = [
        client.get(url(keeper, f"/warehouses/{NOBODY}/products")),
        client.get(url(keeper, f"/products/{NOBODY}/placements")),
        client.post(url(keeper, f"/products/{NOBODY}/placements"), json={"warehouse_id": keeper.goods.named["KL1"]}),
        client.post(url(keeper, f"/warehouses/{NOBODY}/products"), json={"product_ids": [keeper.goods.named["TEE"]]}),
    ]

    assert [answer.status_code for answer in absent] == [404] * 4
    assert events_of(keeper.database, keeper.goods.merchant) == before
    assert client.get(house(keeper)).json() == {"items": [], "next": None}


def test_the_list_of_a_warehouse_goes_page_by_page(keeper: Keeper, client: Client) -> None:
    ids = [keeper.goods.named[sku] for sku in ("TEE", "CAP", "MUG")]
    client.post(house(keeper), json={"product_ids": ids})

    found, following = [], house(keeper, "/products?limit=2&status=not_pushed")
    while following:
        page = client.get(following).json()
        found += page["items"]
        following = page["next"]

    assert [each["product_id"] for each in found] == sorted(ids)
