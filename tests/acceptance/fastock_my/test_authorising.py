"""Rows F-01 to F-07, F-09, F-12 and F-13: the form, its limits, and an account that is proven before it is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hub_fastock_my.sandbox import FastockSandbox

from tests.world import Hub, Json, Merchant

TITLES = {
    "country": "Country/Region",
    "customer_code": "Customer code",
    "app_key": "AppKey",
    "secret_key": "secretKey",
    "warehouse_numbers": "Warehouse No",
}


def row(name: str) -> pytest.MarkDecorator:
    return pytest.mark.row(name)


@row("F-01")
def test_fastock_my_is_offered_for_fulfilment_with_one_form(hub: Hub) -> None:
    plugin = hub.call("GET", "/v1/plugins/fastock_my")

    assert (plugin["sheet"]["title"], plugin["sheet"]["kind"]) == ("Fastock MY", "fulfilment")
    asked = plugin["settings_schema"]["properties"]
    assert {name: asked[name]["title"] for name in TITLES} == TITLES


@row("F-13")
def test_fastock_my_says_that_it_serves_malaysia_and_what_it_needs(hub: Hub) -> None:
    sheet = hub.call("GET", "/v1/plugins/fastock_my")["sheet"]

    assert sheet["countries"] == ["MY"]
    assert sorted(sheet["needs"]) == ["awb", "label_pdf"]


WRONG = [
    pytest.param("country", "ID", "MY, Malaysia", marks=row("F-02"), id="Indonesia"),
    pytest.param("country", "", "MY, Malaysia", marks=row("F-02"), id="no country"),
    pytest.param("customer_code", "", "1 to 100", marks=row("F-03"), id="no customer code"),
    pytest.param("customer_code", "c" * 101, "1 to 100", marks=row("F-03"), id="a customer code of 101"),
    pytest.param("app_key", "", "1 to 50", marks=row("F-04"), id="no AppKey"),
    pytest.param("app_key", "a" * 51, "1 to 50", marks=row("F-04"), id="an AppKey of 51"),
    pytest.param("secret_key", "", "never shown again", marks=row("F-05"), id="no secretKey"),
    pytest.param("warehouse_numbers", "", "commas between", marks=row("F-06"), id="no warehouse"),
    pytest.param("warehouse_numbers", "A,,B", "a number is missing", marks=row("F-06"), id="an empty part"),
    pytest.param("warehouse_numbers", "A, B ,A", "'A' stands there twice", marks=row("F-06"), id="a repeat"),
]


@pytest.mark.parametrize(("field", "value", "cure"), WRONG)
def test_what_cannot_be_is_refused_at_its_field(
    merchant: Merchant, warehouse: FastockSandbox, field: str, value: str, cure: str
) -> None:
    problem = merchant.asks_to_connect(warehouse, "fastock_my", status=422, **{field: value})

    (error,) = problem["errors"]
    assert error["field"] == f"settings.{field}"
    assert cure in error["message"]
    assert not warehouse.seen


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("customer_code", "c" * 100, marks=row("F-03"), id="a customer code of 100"),
        pytest.param("app_key", "a" * 50, marks=row("F-04"), id="an AppKey of 50"),
        pytest.param("secret_key", "s" * 5_000, marks=row("F-05"), id="a long secretKey"),
        pytest.param("warehouse_numbers", "W" * 1_000, marks=row("F-06"), id="a long Warehouse No"),
    ],
)
def test_the_longest_value_passes_the_form_and_is_judged_by_fastock(
    merchant: Merchant, warehouse: FastockSandbox, field: str, value: str
) -> None:
    problem = merchant.asks_to_connect(warehouse, "fastock_my", status=422, **{field: value})

    assert problem["source"] == "channel"
    assert len(warehouse.seen) == 1


@row("F-06")
@row("F-07")
@pytest.mark.parametrize("dialect", ["qimen", "json"])
def test_every_warehouse_is_verified_and_named(merchant: Merchant, warehouse: FastockSandbox, dialect: str) -> None:
    connected = merchant.asks_to_connect(warehouse, "fastock_my", warehouse_numbers=" MYKL01 ,MYJB02", dialect=dialect)

    account = merchant.call("GET", f"/accounts/{connected['account']['id']}")
    assert account["state"] == "active"
    places = merchant.call("GET", f"/accounts/{account['id']}/places")["items"]
    named = {number: f"{number} {warehouse.consignor}" for number in ("MYKL01", "MYJB02")}
    assert {place["ref"]: place["name"] for place in places} == named
    assert {seen.door for seen in warehouse.seen} == {dialect}


@row("F-05")
def test_the_secret_is_never_shown_back(merchant: Merchant, warehouse: FastockSandbox) -> None:
    connected = merchant.asks_to_connect(warehouse, "fastock_my")

    secret = warehouse.settings()["secret_key"]
    shown: list[Json] = [connected, merchant.call("GET", f"/accounts/{connected['account']['id']}"), merchant.traces()]
    assert secret not in str(shown)
    assert warehouse.settings()["app_key"] in str(shown), "the search would find what is there"


@row("F-07")
@row("F-09")
@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        pytest.param("secret_key", "not-the-secret", "check AppKey and secretKey", id="secretKey"),
        pytest.param("customer_code", "SOMEBODY", "does not know this customer code", id="customer code"),
        pytest.param("warehouse_numbers", "MYKL01,MYPG09", "does not know the warehouse 'MYPG09'", id="one warehouse"),
    ],
)
def test_what_fastock_refuses_is_not_kept(
    merchant: Merchant, warehouse: FastockSandbox, field: str, value: str, reason: str
) -> None:
    before = merchant.traces()

    problem = merchant.asks_to_connect(warehouse, "fastock_my", status=422, **{field: value})

    assert reason in problem["detail"]
    assert merchant.traces() == before


@row("F-12")
def test_an_account_belongs_to_one_merchant_who_may_authorise_it_again(
    hub: Hub, merchant: Merchant, warehouse: FastockSandbox
) -> None:
    account = merchant.asks_to_connect(warehouse, "fastock_my", warehouse_numbers="MYKL01")["account"]
    other = hub.merchant("Kedai Lain", "fastock_my")
    refused = other.asks_to_connect(warehouse, "fastock_my", status=409)
    warehouse.rotate_secret("a-new-secret")

    found = hub.api.get(f"/v1/merchants/{merchant.id}/accounts/{account['id']}")
    given = {"settings": {"secret_key": "a-new-secret", "warehouse_numbers": "MYKL01,MYJB02"}}
    known = {"If-Match": found.headers["etag"]}
    again = merchant.call("PATCH", f"/accounts/{account['id']}", given, status=200, **known)

    assert refused["code"] == "identity_taken"
    assert other.traces()["accounts"] == []
    assert (again["id"], again["state"]) == (account["id"], "active")
    places = merchant.call("GET", f"/accounts/{account['id']}/places")["items"]
    assert [place["ref"] for place in places] == ["MYKL01", "MYJB02"]


@row("F-12")
def test_of_two_merchants_at_once_one_has_the_account(hub: Hub, warehouse: FastockSandbox) -> None:
    both = [hub.merchant(name, "fastock_my") for name in ("Kedai Ayu", "Kedai Lain")]
    wish = {"plugin": "fastock_my", "settings": warehouse.settings()}

    def connect(merchant: Merchant) -> int:
        return hub.api.post(f"/v1/merchants/{merchant.id}/accounts", json=wish).status_code

    with ThreadPoolExecutor(2) as people:
        answers = sorted(people.map(connect, both))

    assert answers == [201, 409]
    assert len([account for merchant in both for account in merchant.traces()["accounts"]]) == 1
