"""Row T-08: the form with its four fields, their limits, and a secret that never comes back."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.kernel.db import metadata
from tests.world import Hub, Merchant

pytestmark = pytest.mark.row("T-08")
FOUR = {"fs_id": "FS ID", "shop_id": "Shop ID", "client_id": "Client ID", "client_secret": "Client Secret"}
WRONG = [
    pytest.param("fs_id", "", id="FS ID blank"),
    pytest.param("fs_id", "13004x", id="FS ID with a letter"),
    pytest.param("fs_id", "9" * 20, id="FS ID too long"),
    pytest.param("fs_id", 13004, id="FS ID as a number"),
    pytest.param("fs_id", None, id="FS ID null"),
    pytest.param("shop_id", "larasati", id="Shop ID is a name"),
    pytest.param("shop_id", "-1", id="Shop ID negative"),
    pytest.param("shop_id", "479573\n", id="Shop ID with a line break"),
    pytest.param("shop_id", "٤٧٩", id="Shop ID in other digits"),
    pytest.param("shop_id", ["479573"], id="Shop ID as a list"),
    pytest.param("client_id", "", id="Client ID blank"),
    pytest.param("client_id", " ", id="Client ID of one space"),
    pytest.param("client_id", "a:b", id="Client ID with a colon"),
    pytest.param("client_id", "a" * 101, id="Client ID too long"),
    pytest.param("client_id", "a\x00b", id="Client ID with a NUL"),
    pytest.param("client_secret", "", id="Client Secret blank"),
    pytest.param("client_secret", "s" * 201, id="Client Secret too long"),
    pytest.param("client_secret", {"value": "s"}, id="Client Secret as an object"),
    pytest.param("accounts_url", "ftp://accounts.tokopedia.com", id="login address without http"),
    pytest.param("api_url", "https://", id="API address without a host"),
    pytest.param("api_url", "https://user:pass@fs.tokopedia.net", id="API address with a login in it"),
    pytest.param("api_url", f"https://fs.tokopedia.net/{'a' * 200}", id="API address too long"),
    pytest.param("webhook_url", "https://hub.example", id="a field that does not exist"),
]


def test_the_form_asks_four_fields_of_which_the_secret_is_write_only(hub: Hub) -> None:
    schema = hub.call("GET", "/v1/plugins/tokopedia")["settings_schema"]

    assert schema["required"] == [*FOUR]
    assert {name: schema["properties"][name]["title"] for name in FOUR} == FOUR
    write_only = [name for name, field in schema["properties"].items() if field.get("writeOnly")]
    assert write_only == ["client_secret"]


@pytest.mark.parametrize("field", [*FOUR])
def test_each_of_the_four_is_required(merchant: Merchant, shop: TokopediaSandbox, field: str) -> None:
    settings = shop.settings()
    del settings[field]

    problem = _refused(merchant, settings)

    assert problem["errors"][0]["field"] == f"settings.{field}"
    assert problem["errors"][0]["message"].startswith("is required")
    assert list(shop.requests) == []


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_value_is_refused_by_field_and_is_not_repeated(
    merchant: Merchant, shop: TokopediaSandbox, field: str, value: object
) -> None:
    before = merchant.traces()

    problem = _refused(merchant, shop.settings() | {field: value})

    assert [error["field"] for error in problem["errors"]] == [f"settings.{field}"]
    assert "s" * 201 not in str(problem)
    assert (list(shop.requests), merchant.traces()) == ([], before)


def test_all_wrong_fields_are_named_at_once(merchant: Merchant, shop: TokopediaSandbox) -> None:
    problem = _refused(merchant, dict.fromkeys(shop.settings(), ""))

    assert {error["field"] for error in problem["errors"]} == {f"settings.{field}" for field in shop.settings()}


@pytest.mark.parametrize(
    ("field", "length"),
    [pytest.param("client_id", 100, id="Client ID"), pytest.param("client_secret", 200, id="Client Secret")],
)
def test_the_longest_value_passes_the_form_and_is_judged_by_tokopedia(
    merchant: Merchant, shop: TokopediaSandbox, field: str, length: int
) -> None:
    problem = _refused(merchant, shop.settings() | {field: "x" * length})

    assert problem["detail"] == "Tokopedia refuses the login: check Client ID and Client Secret"
    assert [request.path for request in shop.requests] == ["/token"]


def test_the_secret_is_stored_sealed_and_never_shown_again(merchant: Merchant, shop: TokopediaSandbox) -> None:
    account = merchant.connects(shop)

    secret = shop.settings()["client_secret"]
    shown = merchant.call("GET", f"/accounts/{account['id']}")["settings"]
    assert shown == {name: value for name, value in shop.settings().items() if name != "client_secret"}
    assert secret not in str(merchant.traces())
    assert secret not in _everything_stored(merchant.hub)
    assert shop.settings()["client_id"] in str(shown), "the search would find what is there"


def test_a_new_secret_is_taken_in_place_and_not_shown_either(merchant: Merchant, shop: TokopediaSandbox) -> None:
    account = merchant.connects(shop)
    found = merchant.hub.api.get(f"/v1/merchants/{merchant.id}/accounts/{account['id']}")

    secret = {"settings": {"client_secret": shop.settings()["client_secret"]}}
    known = {"If-Match": found.headers["ETag"]}
    changed = merchant.call("PATCH", f"/accounts/{account['id']}", secret, status=200, **known)

    assert changed["settings"] == found.json()["settings"]
    assert [event["after"]["given"] for event in merchant.all("/events?kind=account.settings_changed")] == [
        ["client_secret"]
    ]


def _refused(merchant: Merchant, settings: dict[str, Any]) -> dict[str, Any]:  # Any: whatever was typed in
    wish = {"plugin": "tokopedia", "settings": settings, "preconditions_confirmed": True}
    return merchant.call("POST", "/accounts", wish, status=422)


def _everything_stored(hub: Hub) -> str:
    with hub.runtime.database.reading() as db:
        return "\n".join(str(db.execute(sa.select(table)).all()) for table in metadata.sorted_tables)
