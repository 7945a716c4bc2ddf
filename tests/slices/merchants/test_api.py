"""Merchants and keys over the API."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel import events, jobs
from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from tests.callers import a_key, a_merchant, bearer

Client = TestClient[Litestar]
ABSENT = "01900000-0000-7000-8000-000000000000"


def test_a_merchant_is_taken_in_with_a_plan_that_contains_everything(platform: Client) -> None:
    answer = platform.post("/v1/merchants", json={"name": "Toko Batik Ayu"})

    assert answer.status_code == 201
    made = answer.json()
    assert made["features"] == ["master_product", "warehouse_management"]
    assert platform.get(answer.headers["location"]).json() == made


def test_a_key_lists_only_the_merchants_that_it_reaches(platform: Client, database: Database) -> None:
    ours, _ = a_merchant(database), a_merchant(database, "Warung Sari")
    key = a_key(database, merchants=(ours,), access=Access.READ)

    listed = platform.get("/v1/merchants", headers=bearer(key)).json()

    assert [each["id"] for each in listed["items"]] == [ours]


def test_a_long_list_comes_in_pages_that_neither_skip_nor_repeat(platform: Client, database: Database) -> None:
    made = [a_merchant(database, f"Toko {n}") for n in range(5)]

    seen, address = [], "/v1/merchants?limit=2"
    while address:
        listed = platform.get(address).json()
        seen += [each["id"] for each in listed["items"]]
        address = listed["next"]

    assert seen == made


@pytest.mark.parametrize("merchant_id", [ABSENT, "not-an-id", ABSENT.upper(), "%00", "another"])
def test_another_merchant_and_an_absent_one_get_the_same_answer(
    platform: Client, database: Database, merchant_id: str
) -> None:
    other = a_merchant(database, "Warung Sari")
    key = a_key(database, merchants=(a_merchant(database),))
    asked = other if merchant_id == "another" else merchant_id

    answer = platform.get(f"/v1/merchants/{asked}", headers=bearer(key))

    assert answer.status_code == 404
    assert _said(answer.json()) == ("not_found", "no such merchant")


def test_a_platform_key_gets_404_for_what_belongs_to_an_absent_merchant(platform: Client) -> None:
    assert platform.get(f"/v1/merchants/{ABSENT}/events").status_code == 404


def test_a_change_decided_on_old_values_is_refused(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}"
    read = platform.get(path).headers["etag"]
    platform.patch(path, json={"name": "Renamed"}, headers={"If-Match": read})

    late = platform.patch(path, json={"name": "Renamed again"}, headers={"If-Match": read})

    assert late.status_code == 412
    assert platform.get(path).json()["name"] == "Renamed"


def test_a_merchants_own_key_cannot_widen_its_plan(platform: Client, database: Database) -> None:
    merchant_id = a_merchant(database)
    key = a_key(database, merchants=(merchant_id,))

    answer = platform.patch(f"/v1/merchants/{merchant_id}", json={"features": []}, headers=bearer(key))

    assert answer.status_code == 403


def test_a_merchant_says_whether_its_unpaid_orders_hold_stock_and_it_is_noted(
    platform: Client, database: Database
) -> None:
    merchant_id = a_merchant(database)
    key, path = a_key(database, merchants=(merchant_id,)), f"/v1/merchants/{merchant_id}"
    before = platform.get(path)

    changed = platform.patch(
        path, json={"reserve_unpaid": True}, headers={**bearer(key), "If-Match": before.headers["etag"]}
    )
    again = platform.patch(path, json={"reserve_unpaid": True}, headers=bearer(key))

    assert [answer.json()["reserve_unpaid"] for answer in (before, changed, again)] == [False, True, True]
    with database.reading() as db:
        told = events.listing(db, merchant_id, limit=10, kind="merchant.changed")
        asked = jobs.listing(db, merchant_id, limit=10)
    assert [((each.before or {})["reserve_unpaid"], (each.after or {})["reserve_unpaid"]) for each in told] == [
        (False, True)
    ]
    assert [job.kind for job in asked] == ["orders.recheck_unpaid"]


def test_a_new_key_works_and_its_secret_is_shown_this_once(platform: Client, database: Database) -> None:
    merchant_id = a_merchant(database)

    made = platform.post(f"/v1/merchants/{merchant_id}/keys", json={"name": "erp", "access": "read"}).json()

    assert made["secret"].startswith("hub_dev_")
    assert platform.get(f"/v1/merchants/{merchant_id}", headers=bearer(made["secret"])).status_code == 200
    assert made["secret"] not in platform.get(f"/v1/merchants/{merchant_id}/keys").text


def test_a_revoked_key_is_refused_at_once(platform: Client, database: Database) -> None:
    merchant_id = a_merchant(database)
    path = f"/v1/merchants/{merchant_id}"
    made = platform.post(f"{path}/keys", json={"name": "erp"}).json()
    before = platform.get(path, headers=bearer(made["secret"])).status_code

    platform.delete(f"{path}/keys/{made['key']['id']}")

    assert (before, platform.get(path, headers=bearer(made["secret"])).status_code) == (200, 401)


def test_during_rotation_two_keys_of_a_name_live_and_a_third_is_refused(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}/keys"
    old, new, third = (platform.post(path, json={"name": "erp"}) for _ in range(3))

    assert [old.status_code, new.status_code, third.status_code] == [201, 201, 409]
    assert third.json()["code"] == "two_live_keys"

    platform.delete(f"{path}/{old.json()['key']['id']}")
    assert platform.post(path, json={"name": "erp"}).status_code == 201


def test_a_merchant_cannot_end_a_key_that_serves_others_too(platform: Client, database: Database) -> None:
    ours, theirs = a_merchant(database), a_merchant(database, "Warung Sari")
    a_key(database, merchants=(ours, theirs), name="agency")
    admin = bearer(a_key(database, merchants=(ours,), name="own"))
    keys = platform.get(f"/v1/merchants/{ours}/keys", headers=admin).json()["items"]
    shared = next(each["id"] for each in keys if each["name"] == "agency")

    answer = platform.delete(f"/v1/merchants/{ours}/keys/{shared}", headers=admin)

    assert (answer.status_code, answer.json()["code"]) == (409, "key_shared")
    assert platform.delete(f"/v1/keys/{shared}").json()["revoked_at"]


def test_a_key_for_a_merchant_that_does_not_exist_is_refused_with_its_name(platform: Client) -> None:
    answer = platform.post("/v1/keys", json={"name": "agency", "merchants": [ABSENT]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "merchants"


def test_every_change_is_told_with_who_did_it_and_without_secrets(platform: Client, database: Database) -> None:
    path = f"/v1/merchants/{a_merchant(database)}"
    platform.patch(path, json={"name": "Renamed"})
    made = platform.post(f"{path}/keys", json={"name": "erp"}).json()

    told = platform.get(f"{path}/events")

    kinds = [(each["kind"], each["actor"]["kind"]) for each in told.json()["items"]]
    assert kinds == [("key.created", "key"), ("merchant.changed", "key"), ("merchant.created", "cli")]
    changed = told.json()["items"][1]
    assert (changed["before"]["name"], changed["after"]["name"]) == ("Toko Batik Ayu", "Renamed")
    assert made["secret"] not in told.text


def _said(problem: dict[str, Any]) -> tuple[str, str]:  # Any: JSON
    return problem["code"], problem["detail"]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \t", id="blanks"),
        pytest.param("\u200b\u202e", id="nothing that can be seen"),
        pytest.param("\u2066\u2069\u061c", id="marks of direction"),
        pytest.param("\u3164\u115f\u00ad\u2800", id="fillers"),
        pytest.param("\U000e0041\ufe0f", id="tags and variants"),
        pytest.param("Toko\nAyu", id="two lines"),
        pytest.param("Toko\n", id="a line break at the end"),
        pytest.param("Toko\u2028Ayu", id="two lines by another sign"),
        pytest.param("Toko\x1b[2J", id="an escape to the terminal"),
    ],
)
def test_a_merchant_needs_a_name_that_can_be_read_on_one_line(platform: TestClient[Litestar], name: str) -> None:
    answer = platform.post("/v1/merchants", json={"name": name})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "name"


@pytest.mark.parametrize("name", ["erp!", " erp", "erp\n"])
def test_a_wrong_name_of_a_key_is_refused_with_the_rule_in_words(platform: TestClient[Litestar], name: str) -> None:
    answer = platform.post("/v1/keys", json={"name": name, "merchants": None})

    assert answer.status_code == 422
    assert "a letter or digit, then letters" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("name", ["Toko Batik Ayu", "バティック", "\u200fמתכון", "Toko \U0001f455 & Co. – Jakarta"])
def test_a_merchants_name_may_have_any_script(platform: TestClient[Litestar], name: str) -> None:
    assert platform.post("/v1/merchants", json={"name": name}).json()["name"] == name
