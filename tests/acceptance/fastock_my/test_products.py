"""Rows F-15, F-16, F-23 and F-32 to F-43: products that Fastock is told of, by whichever way they come."""

from __future__ import annotations

import pytest
from hub_fastock_my.sandbox import FastockSandbox

from tests.acceptance.fastock_my.test_warehouses import at_fastock
from tests.world import Hub, Json, Merchant, a_shop

BOTH = pytest.mark.parametrize("dialect", ["qimen", "json"])


def row(name: str) -> pytest.MarkDecorator:
    return pytest.mark.row(name)


@pytest.fixture
def house(merchant: Merchant, warehouse: FastockSandbox) -> Json:
    """The merchant's warehouse at Fastock."""
    return moves_in(merchant, warehouse)


def moves_in(merchant: Merchant, warehouse: FastockSandbox, dialect: str = "qimen") -> Json:
    merchant.asks_to_connect(warehouse, "fastock_my", dialect=dialect)
    return at_fastock(merchant)["MYKL01"]


def makes(merchant: Merchant, sku: str, **more: object) -> str:
    measured = {"weight_g": 200, "size_mm": {"length": 300, "width": 200, "height": 20}}  # one dialect wants both
    wanted = {"sku": sku, "name": f"Baju {sku}", **measured, **more}
    return str(merchant.call("POST", "/products", wanted, status=201)["id"])


def adds(merchant: Merchant, house: Json, *product_ids: str, status: int = 202) -> Json:
    """Add to fulfilment warehouse; and, of what was added before, again."""
    return merchant.call("POST", f"/warehouses/{house['id']}/products", {"product_ids": product_ids}, status=status)


def there(merchant: Merchant, house: Json, query: str = "") -> dict[str, Json]:
    """The list of the warehouse's products, by SKU, once nothing is left to do."""
    merchant.settles()
    return {each["sku"]: each for each in merchant.all(f"/warehouses/{house['id']}/products?limit=200&{query}")}


@row("F-15")
@BOTH
def test_nothing_can_be_pushed_before_account_and_warehouse_are_authorised(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    product = makes(merchant, "TEE-M")

    form = merchant.hub.call("GET", "/v1/plugins/fastock_my")["settings_schema"]["required"]
    merchant.asks_to_connect(warehouse, "fastock_my", status=422, secret_key="wrong", dialect=dialect)
    before = at_fastock(merchant)
    house = moves_in(merchant, warehouse, dialect)
    adds(merchant, house, product)
    merchant.settles()

    assert ("warehouse_numbers" in form, before) == (True, {})
    told = [event["kind"] for event in reversed(merchant.all("/events?limit=200"))]
    assert [told.index(each) for each in ("warehouse.created", "account.authorised", "warehouse.products_placed")] == (
        sorted(told.index(each) for each in ("warehouse.created", "account.authorised", "warehouse.products_placed"))
    ), "the warehouses are there, then the account, then what is pushed"
    assert warehouse.known("MYKL01", "TEE-M") is not None


@row("F-16")
@row("F-32")
@row("F-33")
@row("F-34")
@row("F-38")
@BOTH
def test_picked_products_reach_fastock_and_the_list_of_its_warehouse(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    house = moves_in(merchant, warehouse, dialect)
    tee = makes(merchant, "TEE-M", barcode="899000111")
    cap, left = makes(merchant, "CAP"), makes(merchant, "MUG")

    answer = adds(merchant, house, tee, cap)

    assert {each["status"] for each in answer["items"]} <= {"not_pushed", "pushing", "pushed"}
    rows = there(merchant, house)
    assert {sku: each["status"] for sku, each in rows.items()} == {"TEE-M": "pushed", "CAP": "pushed"}
    assert {each["warehouse"] for each in rows.values()} == {house["name"]}
    known = warehouse.known("MYKL01", "TEE-M")
    assert known is not None
    assert (known.name, known.barcode, known.weight_g, known.size_mm) == (
        "Baju TEE-M", "899000111", 200, (300, 200, 20),
    )  # fmt: skip
    assert (warehouse.known("MYKL01", "MUG"), warehouse.known("MYJB02", "TEE-M")) == (None, None)
    assert merchant.call("GET", f"/products/{left}/placements")["items"] == []


@row("F-35")
@row("F-36")
@BOTH
def test_what_fastock_refuses_has_failed_for_a_reason_and_is_pushed_again_once_it_is_cured(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    house = moves_in(merchant, warehouse, dialect)
    odd = "TEE\ufffeM"  # no document can carry that
    product = makes(merchant, odd)
    adds(merchant, house, product)

    refused = there(merchant, house, "status=failed")[odd]
    found = merchant.hub.api.get(f"/v1/merchants/{merchant.id}/products/{product}")
    cured = {"If-Match": found.headers["etag"]}
    merchant.call("PATCH", f"/products/{product}", {"sku": "WIDE"}, status=200, **cured)
    still = there(merchant, house)["WIDE"]
    adds(merchant, house, product)
    pushed = there(merchant, house)["WIDE"]

    assert "SKU" in refused["reason"]
    assert (still["status"], pushed["status"], pushed["reason"]) == ("failed", "pushed", "")
    assert warehouse.known("MYKL01", "WIDE") is not None


@row("F-37")
@pytest.mark.parametrize("features", [["master_product"], ["warehouse_management"], []])
def test_a_plan_without_products_and_warehouses_cannot_use_fastock(
    hub: Hub, merchant: Merchant, warehouse: FastockSandbox, house: Json, features: list[str]
) -> None:
    product = makes(merchant, "TEE-M")
    plan = hub.api.patch(f"/v1/merchants/{merchant.id}", json={"features": features})

    refused = adds(merchant, house, product, status=409)

    assert plan.status_code == 200
    assert refused["code"] == "plan_lacks_fulfilment"
    assert "the plan does not contain" in refused["detail"]
    assert there(merchant, house) == {}


@row("F-39")
@row("F-40")
def test_what_a_store_sells_becomes_a_product_and_is_added(hub: Hub, warehouse: FastockSandbox) -> None:
    merchant = hub.merchant("Kedai Ayu", "fastock_my", "tokopedia")
    house = moves_in(merchant, warehouse)
    with a_shop(6) as shop:
        merchant.connects(shop)
    unmatched = merchant.listings("class=unmatched")[:2]

    confirmed = merchant.confirms(unmatched[0])
    merchant.call(
        "POST", f"/products/{confirmed['product_id']}/placements", {"warehouse_id": house["id"]}, status=202
    )  # fmt: skip
    added = {"listing_ids": [unmatched[1]["id"]]}
    merchant.call("POST", f"/warehouses/{house['id']}/products", added, status=202)

    rows = there(merchant, house)
    assert {sku: each["status"] for sku, each in rows.items()} == {each["sku"]: "pushed" for each in unmatched}
    assert all(warehouse.known("MYKL01", each["sku"]) for each in unmatched)


@row("F-41")
@row("F-32")
def test_a_product_is_made_from_the_list_of_the_warehouse(
    merchant: Merchant, warehouse: FastockSandbox, house: Json
) -> None:
    new = {"product": {"sku": "SCARF", "name": "Tudung"}}

    answer = merchant.call("POST", f"/warehouses/{house['id']}/new-products", new, status=202)

    assert [each["sku"] for each in answer["items"]] == ["SCARF"]
    assert there(merchant, house)["SCARF"]["status"] == "pushed"
    assert [each["sku"] for each in merchant.products()] == ["SCARF"]


@row("F-42")
@row("F-43")
@row("F-44")
@BOTH
def test_a_new_product_is_submitted_and_its_goods_are_announced_at_once(
    merchant: Merchant, warehouse: FastockSandbox, dialect: str
) -> None:
    house = moves_in(merchant, warehouse, dialect)
    size = {"length": 300, "width": 200, "height": 20}
    product = {"sku": "SCARF", "name": "Tudung", "weight_g": 90, "size_mm": size}
    goods = {"quantity": 40, "unit_cost": {"amount": "7.50", "currency": "MYR"}}

    unpriced = {"product": product, "inbound": {"quantity": 40}}
    refused = merchant.call("POST", f"/warehouses/{house['id']}/new-products", unpriced, status=422)
    nothing = merchant.products()
    new = {"product": product, "inbound": goods}
    answer = merchant.call("POST", f"/warehouses/{house['id']}/new-products", new, status=202)

    assert ([each["field"] for each in refused["errors"]], nothing) == (["inbound.unit_cost"], [])
    assert answer["inbound_id"] is not None
    assert there(merchant, house)["SCARF"]["status"] == "pushed"
    (announced,) = warehouse.inbounds().values()
    assert [(line.code, line.quantity) for line in announced.wish.lines] == [("SCARF", 40)]
    (listed,) = merchant.all("/inbounds")
    assert (listed["id"], listed["push_status"], listed["state"]) == (answer["inbound_id"], "pushed", "pending")


@row("F-23")
def test_who_mixes_a_sku_across_warehouses_is_warned_and_not_stopped(
    hub: Hub, merchant: Merchant, warehouse: FastockSandbox, house: Json
) -> None:
    own = next(each for each in merchant.all("/warehouses") if each["is_default"])
    product = makes(merchant, "TEE-M")
    counted = {"warehouse_id": own["id"], "reason": "counted", "lines": [{"product_id": product, "quantity": 5}]}
    merchant.call("POST", "/stock/adjustments", counted, status=201)

    answer = adds(merchant, house, product)

    assert answer["notes"] == [
        f"TEE-M is in {own['name']} too: keep what lies in {house['name']} apart from other warehouses, as only one "
        "of them is told what the other has"
    ]
    assert there(merchant, house)["TEE-M"]["status"] == "pushed"
    advice = hub.call("GET", "/v1/plugins/fastock_my")["sheet"]["advice"]
    assert any("apart from those of other warehouses" in each for each in advice)
