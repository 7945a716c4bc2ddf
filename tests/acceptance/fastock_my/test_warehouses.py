"""Rows F-08, F-10, F-11, F-14, F-26 and B-29: the warehouses that come with an account at Fastock."""

from __future__ import annotations

import pytest
from hub_fastock_my.sandbox import FastockSandbox

from tests.world import Hub, Json, Merchant, a_shop

BOTH = pytest.mark.parametrize("dialect", ["qimen", "json"])


def at_fastock(merchant: Merchant) -> dict[str, Json]:
    """The merchant's warehouses at Fastock in the list of warehouses, by number."""
    listed = merchant.all("/warehouses")
    return {each["place_ref"]: each for each in listed if each["kind"] == "third_party" and not each["archived_at"]}


@pytest.mark.row("F-08")
@pytest.mark.row("F-10")
@pytest.mark.row("F-11")
@pytest.mark.row("F-26")
@BOTH
def test_each_number_becomes_a_warehouse_of_the_hub_in_the_same_step(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    account = merchant.asks_to_connect(warehouse, "fastock_my", warehouse_numbers="MYKL01, MYJB02", dialect=dialect)[
        "account"
    ]

    made = at_fastock(merchant)
    assert {number: each["name"] for number, each in made.items()} == {
        number: f"{number} {warehouse.consignor}" for number in ("MYKL01", "MYJB02")
    }
    assert {(each["account_id"], each["country"], each["timezone"]) for each in made.values()} == {
        (account["id"], "MY", "Asia/Kuala_Lumpur")
    }
    saved = merchant.call("GET", f"/accounts/{account['id']}")["settings"]
    assert saved["warehouse_numbers"] == "MYKL01, MYJB02"


@pytest.mark.row("F-08")
def test_what_is_refused_makes_no_warehouse(merchant: Merchant, warehouse: FastockSandbox) -> None:
    merchant.asks_to_connect(warehouse, "fastock_my", status=422, warehouse_numbers="MYKL01,MYPG09")

    assert at_fastock(merchant) == {}


@pytest.mark.row("F-14")
def test_who_authorises_is_told_of_rules_and_of_stores_in_other_countries(hub: Hub, warehouse: FastockSandbox) -> None:
    merchant = hub.merchant("Kedai Ayu", "fastock_my", "tokopedia")
    with a_shop() as shop:
        store = merchant.connects(shop)

        told = merchant.asks_to_connect(warehouse, "fastock_my", warehouse_numbers="MYKL01")

    assert store["country"] == "ID"
    rules, warning = told["advice"]
    assert rules.startswith(f"Set up shipping rules that name MYKL01 {warehouse.consignor}")
    assert warning.startswith(f"{store['name']} sells in ID, so its orders are flagged")
    assert warning.endswith("(MY).")
    assert any("shipping-warehouse rules" in note for note in told["account"]["notes"])


@pytest.mark.row("B-29")
@BOTH
def test_a_further_number_needs_no_new_authorisation_and_one_can_be_taken_away(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    account = merchant.asks_to_connect(warehouse, "fastock_my", warehouse_numbers="MYKL01", dialect=dialect)["account"]
    first = at_fastock(merchant)["MYKL01"]

    numbered(merchant, account, "MYKL01, MYJB02")
    both = at_fastock(merchant)
    numbered(merchant, account, "MYJB02")
    left = at_fastock(merchant)

    assert (set(both), both["MYKL01"]["id"]) == ({"MYKL01", "MYJB02"}, first["id"])
    assert set(left) == {"MYJB02"}
    assert merchant.call("GET", f"/warehouses/{first['id']}")["archived_at"] is not None


def numbered(merchant: Merchant, account: Json, numbers: str) -> Json:
    found = merchant.hub.api.get(f"/v1/merchants/{merchant.id}/accounts/{account['id']}")
    changed = {"settings": {"warehouse_numbers": numbers}}
    known = {"If-Match": found.headers["etag"]}
    return merchant.call("PATCH", f"/accounts/{account['id']}", changed, status=200, **known)


@pytest.mark.row("F-11")
def test_its_stock_is_moved_by_nobody_s_hand(merchant: Merchant, warehouse: FastockSandbox) -> None:
    account = merchant.asks_to_connect(warehouse, "fastock_my", warehouse_numbers="MYKL01")["account"]
    house = at_fastock(merchant)["MYKL01"]
    own = next(each for each in merchant.all("/warehouses") if each["is_default"])
    product = merchant.call("POST", "/products", {"sku": "TEE-M", "name": "Tee"}, status=201)
    lines = [{"product_id": product["id"], "quantity": 1}]
    said = {"reason": "counted", "lines": lines}

    adjusted = merchant.call("POST", "/stock/adjustments", said | {"warehouse_id": house["id"]}, status=422)
    moved = merchant.call(
        "POST", "/stock/transfers",
        {"lines": lines, "from_warehouse_id": own["id"], "to_warehouse_id": house["id"]}, status=422,
    )  # fmt: skip
    counted = merchant.call("POST", "/stocktakes", {"warehouse_ids": [house["id"]]}, status=422)
    archived = merchant.call("POST", f"/warehouses/{house['id']}/archive", status=409)

    for problem in (adjusted, moved, counted):
        assert "it changes by inbounds and syncs" in problem["errors"][0]["message"]
    assert account["id"] in archived["detail"]
