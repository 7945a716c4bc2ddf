"""Rows T-01…T-07: what a merchant is told, confirms and may ask for before a Tokopedia shop is connected."""

from __future__ import annotations

import pytest
from hub_hookspecs import Capability
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.world import Hub, Merchant

CHECKLIST = [
    pytest.param("The same product carries the same SKU code in every store", marks=pytest.mark.row("T-01"), id="SKU"),
    pytest.param("Official Store or a Power Merchant", marks=pytest.mark.row("T-03"), id="sort of store"),
    pytest.param("not connected to another system", marks=pytest.mark.row("T-04"), id="no other system"),
    pytest.param("active and not on holiday", marks=pytest.mark.row("T-05"), id="open"),
]
A_REQUEST = {
    "plugin": "tokopedia",
    "store_name": "Larasati Batik",
    "store_link": "https://www.tokopedia.com/larasati-batik",
    "email": "ayu@larasati.example",
}


@pytest.mark.row("T-07")
def test_tokopedia_is_found_among_the_integrations_with_everything_it_can_and_cannot_do(hub: Hub) -> None:
    found = {plugin["name"]: plugin for plugin in hub.call("GET", "/v1/plugins")["items"]}
    sheet = hub.call("GET", "/v1/plugins/tokopedia")["sheet"]

    assert (found["tokopedia"]["title"], found["tokopedia"]["refused"]) == ("Tokopedia", "")
    assert (sheet["kind"], sheet["countries"]) == ("marketplace", ["ID"])
    assert {*sheet["lacks"]} == {"push_inbound", "push_outbound", "cancel_outbound"}
    assert {*sheet["offers"], *sheet["lacks"]} == {capability.value for capability in Capability}
    assert all(reason.strip() for reason in (*sheet["lacks"].values(), *sheet["lacks_papers"].values()))
    assert any("closed this API on 30 September 2025" in line for line in sheet["advice"])


@pytest.mark.parametrize("line", CHECKLIST)
def test_the_checklist_is_shown_before_anything_is_connected(hub: Hub, line: str) -> None:
    sheet = hub.call("GET", "/v1/plugins/tokopedia")["sheet"]

    assert any(line in precondition for precondition in sheet["preconditions"])


@pytest.mark.parametrize("line", CHECKLIST)
def test_a_shop_whose_checklist_is_not_confirmed_is_refused_with_the_line_to_confirm(
    merchant: Merchant, shop: TokopediaSandbox, line: str
) -> None:
    before = merchant.traces()

    unconfirmed = {"plugin": "tokopedia", "settings": shop.settings()}
    problem = merchant.call("POST", "/accounts", unconfirmed, status=422)

    assert problem["code"] == "preconditions_unconfirmed"
    assert [error["field"] for error in problem["errors"]] == ["preconditions_confirmed"]
    assert line in problem["errors"][0]["message"]
    assert (list(shop.requests), merchant.traces()) == ([], before)


@pytest.mark.row("T-01")
def test_the_merchant_is_advised_to_tidy_up_sku_codes_first(hub: Hub) -> None:
    advice = hub.call("GET", "/v1/plugins/tokopedia")["sheet"]["advice"]

    assert advice[0] == "Tidy up SKU codes first: products are linked by them, variants included."


@pytest.mark.row("T-06")
def test_a_request_for_api_data_is_recorded_and_listed_with_store_name_and_link(merchant: Merchant) -> None:
    made = merchant.call("POST", "/access-requests", A_REQUEST, status=201)

    listed = merchant.all("/access-requests")
    told = merchant.all("/events?kind=access.requested")
    assert listed == [made]
    assert {name: made[name] for name in A_REQUEST} == A_REQUEST
    assert [event["subject"]["id"] for event in told] == [made["id"]]


@pytest.mark.row("T-06")
def test_a_request_is_seen_by_its_own_merchant_only(hub: Hub, merchant: Merchant) -> None:
    merchant.call("POST", "/access-requests", A_REQUEST, status=201)

    assert hub.merchant("Toko Sebelah").all("/access-requests") == []


@pytest.mark.row("T-06")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"store_name": ""}, "store_name", id="no name"),
        pytest.param({"store_name": "x" * 5_000}, "store_name", id="a name that never ends"),
        pytest.param({"store_link": "www.tokopedia.com/larasati"}, "store_link", id="a link without https"),
        pytest.param({"store_link": "javascript:alert(1)"}, "store_link", id="a link that is a script"),
        pytest.param({"email": "ayu at larasati"}, "email", id="no e-mail address"),
        pytest.param({"plugin": "lazada"}, "plugin", id="a channel that is not installed"),
    ],
)
def test_a_request_that_our_team_could_not_use_is_refused_by_field(
    merchant: Merchant, change: dict[str, str], field: str
) -> None:
    problem = merchant.call("POST", "/access-requests", A_REQUEST | change, status=422)

    assert [error["field"] for error in problem["errors"]] == [field]
    assert merchant.all("/access-requests") == []


@pytest.mark.row("T-06")
@pytest.mark.parametrize("name", [*A_REQUEST])
def test_a_request_needs_store_name_link_and_address(merchant: Merchant, name: str) -> None:
    incomplete = {key: value for key, value in A_REQUEST.items() if key != name}

    problem = merchant.call("POST", "/access-requests", incomplete, status=422)

    assert name in f"{problem['detail']} {problem['errors']}"
    assert merchant.all("/access-requests") == []
