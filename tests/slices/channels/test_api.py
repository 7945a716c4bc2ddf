"""The routes of plugins, switches, accounts and access requests."""

from __future__ import annotations

import pytest
from hub_hookspecs import ActionRequired, RateLimited

from hub.channels.service.wiring import Channels
from hub.kernel import jobs
from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from tests.callers import a_key, bearer
from tests.slices.channels.conftest import Client, account_url, connect, run_jobs
from tests.slices.channels.shops import ANOTHER_SECRET, SECRET, Bazaar


def test_installed_plugins_are_listed_with_what_they_can_do_or_why_they_were_refused(client: Client) -> None:
    bazaar, broken = client.get("/v1/plugins").json()["items"]

    assert bazaar["offers"] == ["import_items", "parse_webhook"]
    assert bazaar["lacks"]["push_stock"] == "the Bazaar only lists"
    assert broken["refused"].startswith("it calls itself 'misnamed'")


def test_a_plugin_shows_its_checklist_and_a_form_without_what_the_host_makes(client: Client) -> None:
    found = client.get("/v1/plugins/bazaar").json()

    assert found["sheet"]["preconditions"] == ["The shop is open.", "SKU codes are tidy."]
    assert found["settings_schema"]["properties"].keys() == {"app", "app_secret", "shop", "language"}
    assert found["settings_schema"]["properties"]["app_secret"]["writeOnly"] is True


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        pytest.param("/v1/plugins/nowhere", 404, "not_found", id="not installed"),
        pytest.param("/v1/plugins/broken", 409, "plugin_refused", id="refused"),
    ],
)
def test_a_plugin_that_is_not_there_has_no_sheet(client: Client, path: str, status: int, code: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.row("T-08")
def test_an_account_is_authorised_shown_without_secrets_and_listed(client: Client, merchant: str) -> None:
    made = connect(client, merchant)

    account = made.json()["account"]
    assert made.status_code == 201
    assert account["settings"] == {"app": "app-1", "shop": "7"}
    assert client.get(made.headers["location"]).json() == account
    assert client.get(f"/v1/merchants/{merchant}/accounts").json()["items"] == [account]
    assert SECRET not in made.text


@pytest.mark.row("F-05")
def test_what_is_wrong_with_the_settings_is_named_by_its_place_in_the_body(client: Client, merchant: str) -> None:
    answer = connect(client, merchant, app="", colour="red", shop=None)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_settings")
    assert {each["field"] for each in problem["errors"]} == {"settings.app", "settings.colour", "settings.shop"}


@pytest.mark.row("F-09")
@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        pytest.param(ActionRequired("the shop is closed", code="closed"), 422, "closed", id="a person must act"),
        pytest.param(RateLimited("slow down"), 503, "channel_rate_limited", id="rate limited"),
        pytest.param(ZeroDivisionError("oops"), 502, "plugin_bug", id="a broken plugin"),
    ],
)
def test_a_refusal_of_the_channel_is_a_clear_problem(
    client: Client, bazaar: Bazaar, merchant: str, refusal: Exception, status: int, code: str
) -> None:
    bazaar.refusal = refusal

    answer = connect(client, merchant)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["source"] in {"channel", "plugin:bazaar"}
    assert client.get(f"/v1/merchants/{merchant}/accounts").json()["items"] == []


def test_an_unknown_plugin_is_a_wrong_field(client: Client, merchant: str) -> None:
    answer = client.post(f"/v1/merchants/{merchant}/accounts", json={"plugin": "nowhere", "settings": {}})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "plugin"


def test_the_same_request_sent_twice_under_one_key_connects_one_account(
    client: Client, bazaar: Bazaar, merchant: str
) -> None:
    first = connect(client, merchant, key="once")
    second = connect(client, merchant, key="once")

    assert first.content == second.content
    assert len(bazaar.logins) == 1


def test_settings_are_changed_only_by_who_has_read_them_as_they_are(client: Client, merchant: str) -> None:
    url = account_url(client, merchant)
    read = client.get(url).headers["etag"]

    changed = client.patch(url, json={"settings": {"language": "en"}}, headers={"If-Match": read})
    late = client.patch(url, json={"settings": {"language": "ms"}}, headers={"If-Match": read})

    assert changed.json()["settings"]["language"] == "en"
    assert changed.headers["etag"] != read
    assert (late.status_code, late.json()["code"]) == (412, "changed_since")


def test_a_wrong_new_secret_leaves_the_account_as_it_was(client: Client, merchant: str) -> None:
    url = account_url(client, merchant)

    answer = client.patch(url, json={"settings": {"app_secret": ANOTHER_SECRET}})

    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_secret")
    assert client.post(f"{url}/check").json()["state"] == "active"


def test_an_account_is_paused_resumed_and_closed(client: Client, merchant: str) -> None:
    url = account_url(client, merchant)

    states = [client.post(f"{url}/{verb}").json()["state"] for verb in ("check", "pause", "resume", "close")]

    assert states == ["active", "paused", "active", "closed"]
    assert client.post(f"{url}/resume").json()["code"] == "account_closed"
    assert client.get(url).json()["settings"] is None


def test_an_account_with_a_running_job_is_not_closed(client: Client, channels: Channels, merchant: str) -> None:
    url = account_url(client, merchant)
    running = jobs.claim_next(channels.database, "default", "tests")

    answer = client.post(f"{url}/close")

    assert running is not None
    assert (answer.status_code, answer.json()["code"]) == (409, "work_open")


@pytest.mark.row("K-05")
def test_ops_turn_a_plugin_off_and_on_for_a_merchant(client: Client, merchant: str) -> None:
    url = f"/v1/merchants/{merchant}/plugins/bazaar"

    off = client.put(url, json={"enabled": False})
    refused = connect(client, merchant)
    on = client.put(url, json={"enabled": True})

    assert (off.json()["enabled"], off.json()["draining"]) == (False, False)
    assert (refused.status_code, refused.json()["code"]) == (409, "plugin_disabled")
    assert client.get(url).json() == on.json()
    assert [each["enabled"] for each in client.get(f"/v1/merchants/{merchant}/plugins").json()["items"]] == [
        True,
        False,
    ]


def test_only_who_may_administer_turns_switches_and_closes_accounts(
    client: Client, database: Database, merchant: str
) -> None:
    url = account_url(client, merchant)
    writer = bearer(a_key(database, merchants=(merchant,), access=Access.WRITE))

    refused = [
        client.put(f"/v1/merchants/{merchant}/plugins/bazaar", json={"enabled": False}, headers=writer),
        client.post(f"{url}/close", headers=writer),
    ]

    assert [answer.status_code for answer in refused] == [403, 403]
    assert client.post(f"{url}/check", headers=writer).status_code == 200


def test_another_merchants_account_and_an_absent_one_look_alike(client: Client, merchant: str, rival: str) -> None:
    url = account_url(client, merchant)
    theirs = url.replace(merchant, rival)
    nobodys = f"/v1/merchants/{rival}/accounts/01890000-0000-7000-8000-000000000000"

    answers = [client.get(theirs), client.get(nobodys), client.post(f"{theirs}/pause"), client.post(f"{theirs}/close")]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["detail"] for answer in answers} == {"no such account"}


@pytest.mark.row("T-06")
def test_our_team_is_asked_for_the_api_data_of_a_store(client: Client, merchant: str) -> None:
    wanted = {
        "plugin": "bazaar",
        "store_name": "Toko Batik",
        "store_link": "https://bazaar.example/toko-batik",
        "email": "ayu@toko.example",
    }

    made = client.post(f"/v1/merchants/{merchant}/access-requests", json=wanted)

    assert made.status_code == 201
    assert made.json().items() >= wanted.items()
    assert client.get(f"/v1/merchants/{merchant}/access-requests").json()["items"] == [made.json()]
    told = client.get(f"/v1/merchants/{merchant}/events").json()["items"][0]
    assert told["kind"] == "access.requested"


@pytest.mark.row("T-06")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("store_name", "  ", id="a blank name"),
        pytest.param("store_link", "javascript:alert(1)", id="not a web address"),
        pytest.param("store_link", "https://toko", id="an address without a domain"),
        pytest.param("email", "ayu", id="not an e-mail address"),
        pytest.param("email", "ayu@toko.example\nBcc: all@toko.example", id="a header smuggled in"),
        pytest.param("email", "ayu@toko.example\n", id="a line break at the end"),
        pytest.param("plugin", "nowhere", id="not installed"),
    ],
)
def test_an_access_request_names_what_is_wrong_with_it(client: Client, merchant: str, field: str, value: str) -> None:
    good = {
        "plugin": "bazaar",
        "store_name": "Toko",
        "store_link": "https://bazaar.example/t",
        "email": "a@toko.example",
    }

    answer = client.post(f"/v1/merchants/{merchant}/access-requests", json={**good, field: value})

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_administrators_learn_where_a_channel_is_to_call_back(
    client: Client, database: Database, bazaar: Bazaar, channels: Channels, merchant: str
) -> None:
    address = f"{account_url(client, merchant)}/callback"
    run_jobs(channels)

    told = client.get(address)
    withheld = client.get(address, headers=bearer(a_key(database, access=Access.WRITE)))

    assert (told.status_code, told.json()) == (200, {"url": bazaar.callbacks[0]})
    assert withheld.status_code == 403
