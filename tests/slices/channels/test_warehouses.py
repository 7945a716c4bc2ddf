"""Warehouses through the API: one is always the default, the others are made, changed and archived."""

from __future__ import annotations

from typing import Any

import pytest

from hub.channels.service import warehouses
from hub.channels.tables import warehouse
from hub.kernel.api.policy import Access
from hub.kernel.db import Database
from tests.callers import a_key, bearer
from tests.slices.channels.conftest import Client, account_url, count, events_of, together

Json = dict[str, Any]  # Any: answers of the API
JAKARTA = {
    "name": "Gudang Jakarta",
    "code": "JKT-1",
    "country": "ID",
    "timezone": "Asia/Jakarta",
    "address": {"name": "Ayu", "phone": "+62 811", "lines": ["Jl. Melati 1"], "city": "Jakarta", "postcode": "10110"},
}


def url_of(merchant: str) -> str:
    return f"/v1/merchants/{merchant}/warehouses"


def listed(client: Client, merchant: str) -> list[Json]:
    rows: list[Json] = client.get(url_of(merchant)).json()["items"]
    return rows


def a_warehouse(client: Client, merchant: str, **changes: object) -> Json:
    answer = client.post(url_of(merchant), json=JAKARTA | changes)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def test_every_merchant_has_one_default_warehouse_from_the_first_look(
    client: Client, database: Database, merchant: str, rival: str
) -> None:
    first, again, theirs = listed(client, merchant), listed(client, merchant), listed(client, rival)

    assert first == again
    assert [(each["name"], each["kind"], each["is_default"]) for each in first] == [("Main warehouse", "own", True)]
    assert first[0]["id"] != theirs[0]["id"]
    assert events_of(database, merchant).count("warehouse.created") == 1


def test_many_who_ask_first_at_the_same_moment_find_one_default(database: Database, merchant: str) -> None:
    def ask() -> str:
        with database.writing() as db:
            return warehouses.default_of(db, merchant).id

    found = together([ask] * 6)

    assert len(set(found)) == 1
    assert count(database, warehouse) == [1]
    assert events_of(database, merchant).count("warehouse.created") == 1


def test_a_warehouse_is_made_shown_and_listed_after_the_default(client: Client, merchant: str) -> None:
    answer = client.post(url_of(merchant), json=JAKARTA)

    made = answer.json()
    assert answer.status_code == 201
    assert made.items() >= {"name": "Gudang Jakarta", "code": "JKT-1", "is_default": False, "archived_at": None}.items()
    assert made["address"]["country"] == "ID"
    shown = client.get(answer.headers["location"])
    assert (shown.json(), shown.headers["etag"]) == (made, answer.headers["etag"])
    assert [each["name"] for each in listed(client, merchant)] == ["Main warehouse", "Gudang Jakarta"]


def test_what_is_wrong_with_a_warehouse_is_named_by_its_field(
    client: Client, database: Database, merchant: str
) -> None:
    wrong: list[tuple[Json, str]] = [
        ({"name": " "}, "name"),
        ({"name": "Gudang\nJakarta"}, "name"),
        ({"country": "id"}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": "IDN"}, "country"),
        ({"timezone": "Asia/Jakata"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"code": "a\nb"}, "code"),
        ({"address": {"country": "MY"}}, "address.country"),
        ({"address": {"lines": ["a\x1b[2J"]}}, "address.lines[0]"),
        ({"is_default": True}, "is_default"),
    ]

    answers = [client.post(url_of(merchant), json=JAKARTA | changes) for changes, _ in wrong]

    assert [each.status_code for each in answers] == [422] * len(wrong)
    assert [[error["field"] for error in each.json()["errors"]] for each in answers] == [[field] for _, field in wrong]
    assert count(database, warehouse) == [0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"code": "JKT-2", "name": "GUDANG  jakarta"}, "name", id="the same name, as people read it"),
        pytest.param({"name": "Gudang Bandung"}, "code", id="the same code"),
    ],
)
def test_a_name_and_a_code_are_taken_once_per_merchant_while_open(
    client: Client, merchant: str, rival: str, changes: Json, field: str
) -> None:
    made = a_warehouse(client, merchant)
    a_warehouse(client, rival)

    refused = client.post(url_of(merchant), json=JAKARTA | changes)
    client.post(f"{url_of(merchant)}/{made['id']}/archive")
    allowed = client.post(url_of(merchant), json=JAKARTA | changes)

    assert (refused.status_code, refused.json()["code"]) == (409, "warehouse_exists")
    assert [each["field"] for each in refused.json()["errors"]] == [field]
    assert allowed.status_code == 201


def test_one_name_asked_for_twice_at_the_same_moment_is_given_once(client: Client, merchant: str) -> None:
    answers = together([lambda: client.post(url_of(merchant), json=JAKARTA).status_code] * 4)

    assert sorted(map(str, answers)) == ["201", "409", "409", "409"]


def test_the_same_request_sent_twice_under_one_key_makes_one_warehouse(client: Client, merchant: str) -> None:
    first, second = (client.post(url_of(merchant), json=JAKARTA, headers={"Idempotency-Key": "once"}) for _ in "12")

    assert first.content == second.content
    assert len(listed(client, merchant)) == 2


def test_a_change_is_decided_on_what_was_read_and_is_in_the_audit_trail(
    client: Client, database: Database, merchant: str
) -> None:
    made = client.post(url_of(merchant), json=JAKARTA)
    url, read = made.headers["location"], {"If-Match": made.headers["etag"]}

    changed = client.patch(url, json={"country": "MY", "timezone": "Asia/Kuala_Lumpur"}, headers=read)
    late = client.patch(url, json={"name": "Gudang Bandung"}, headers=read)
    same = client.patch(url, json={"country": "MY"})

    assert (changed.json()["country"], changed.json()["address"]["country"]) == ("MY", "MY")
    assert changed.json()["address"]["lines"] == ["Jl. Melati 1"]
    assert (late.status_code, late.json()["code"]) == (412, "changed_since")
    assert same.json() == changed.json()
    assert events_of(database, merchant).count("warehouse.changed") == 1
    told = client.get(f"/v1/merchants/{merchant}/events?kind=warehouse.changed").json()["items"][0]
    assert (told["before"]["country"], told["after"]["country"]) == ("ID", "MY")
    assert "+62 811" not in str(told)


def test_the_mark_of_the_default_moves_and_is_never_lost(client: Client, database: Database, merchant: str) -> None:
    made, (main, _) = a_warehouse(client, merchant), listed(client, merchant)

    moved = client.patch(f"{url_of(merchant)}/{made['id']}", json={"is_default": True})
    dropped = client.patch(f"{url_of(merchant)}/{made['id']}", json={"is_default": False})

    assert moved.json()["is_default"] is True
    assert (dropped.status_code, dropped.json()["code"]) == (409, "default_warehouse")
    assert [each["id"] for each in listed(client, merchant) if each["is_default"]] == [made["id"]]
    assert events_of(database, merchant).count("warehouse.changed") == 2
    assert client.post(f"{url_of(merchant)}/{main['id']}/archive").status_code == 200


def test_two_who_move_the_mark_at_the_same_moment_leave_one(client: Client, merchant: str) -> None:
    made = [a_warehouse(client, merchant, name=f"Gudang {n}", code="")["id"] for n in range(4)]

    answers = together(
        [
            lambda one=one: client.patch(f"{url_of(merchant)}/{one}", json={"is_default": True}).status_code  # type: ignore[misc]  # mypy cannot type a lambda with a default
            for one in made
        ]
    )

    assert answers == [200] * 4
    assert len([each for each in listed(client, merchant) if each["is_default"]]) == 1


def test_an_archived_warehouse_is_kept_and_is_changed_no_more(
    client: Client, database: Database, merchant: str
) -> None:
    url = f"{url_of(merchant)}/{a_warehouse(client, merchant)['id']}"

    first, second = (client.post(f"{url}/archive").json() for _ in "12")

    assert first["archived_at"] is not None
    assert second == first == client.get(url).json() == listed(client, merchant)[1]
    assert client.patch(url, json={"name": "Gudang"}).json()["code"] == "warehouse_archived"
    assert events_of(database, merchant).count("warehouse.archived") == 1


def test_a_warehouse_in_use_is_not_archived_and_says_by_whom(client: Client, merchant: str) -> None:
    account, made = account_url(client, merchant), a_warehouse(client, merchant)
    url, main = url_of(merchant), listed(client, merchant)[0]
    client.put(f"{account}/places", json={"places": [{"ref": "W1", "warehouses": [made["id"]]}]})
    client.put(f"{account}/opening-warehouse", json={"warehouse": made["id"]})

    answers = [client.post(f"{url}/{one}/archive") for one in (main["id"], made["id"])]
    client.post(f"{account}/close")
    freed = client.post(f"{url}/{made['id']}/archive")

    assert [each.json()["code"] for each in answers] == ["default_warehouse", "warehouse_used"]
    assert "place 'W1' of account 'Toko 7' is mapped to it" in answers[1].json()["detail"]
    assert "it is the opening warehouse of account 'Toko 7'" in answers[1].json()["detail"]
    assert freed.status_code == 200


def test_another_merchants_warehouse_and_an_absent_one_look_alike(
    client: Client, database: Database, merchant: str, rival: str
) -> None:
    made = a_warehouse(client, merchant)
    theirs = f"{url_of(rival)}/{made['id']}"
    nobodys = f"{url_of(rival)}/01890000-0000-7000-8000-000000000000"
    reader = bearer(a_key(database, merchants=(merchant,), access=Access.READ))

    answers = [client.get(theirs), client.get(nobodys), client.patch(theirs, json={}), client.post(f"{theirs}/archive")]
    refused = client.post(url_of(merchant), json=JAKARTA, headers=reader)

    assert {(each.status_code, each.json()["detail"]) for each in answers} == {(404, "no such warehouse")}
    assert refused.status_code == 403
