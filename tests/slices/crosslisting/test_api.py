"""The routes of cross-listing: who may, what is refused, and a file that is taken as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from hub.crosslisting.api.crosslistings import LARGEST
from hub.kernel.workbooks import MEDIA_TYPE
from tests.bad_input.workbooks import BAD_FILES
from tests.callers import a_key, a_merchant, calling, the_app
from tests.slices.crosslisting.conftest import Market

XLSX = {"Content-Type": MEDIA_TYPE}
Client = TestClient[Any]  # Any: the app's own type


@pytest.fixture
def client(market: Market) -> Iterator[Client]:
    with the_app(market.runtime) as app, calling(app, a_key(market.database)) as client:
        client.base_url = httpx.URL(f"{client.base_url}/v1/merchants/{market.merchant_id}/")
        yield client


def began(client: Client, market: Market, *skus: str, plugin: str = "counter") -> dict[str, Any]:  # Any: JSON
    wish = {"account_id": market.accounts[plugin], "product_ids": market.makes(*skus or ("TEE-M",))}
    answer = client.post("crosslistings", json=wish)
    assert answer.status_code == 202, answer.text
    market.works()
    found: dict[str, Any] = client.get(f"crosslistings/{answer.json()['id']}").json()  # Any: JSON
    return found


def hand_in(client: Client, run_id: str, content: bytes, **headers: str | bytes) -> httpx.Response:
    sent = {name: value if isinstance(value, bytes) else value.encode() for name, value in (XLSX | headers).items()}
    raw = [(name.encode(), value) for name, value in sent.items()]
    return client.post(f"crosslistings/{run_id}/workbook", content=content, headers=raw)


def test_a_cross_listing_is_begun_filled_in_and_done_over_the_api(client: Client, market: Market) -> None:
    begun = began(client, market)
    workbook = client.get(f"{client.base_url.copy_with(path='')}{begun['workbook']}")
    assert workbook.headers["content-type"] == MEDIA_TYPE
    assert workbook.headers["content-disposition"].endswith('.xlsx"')

    handed = hand_in(client, begun["id"], market.fills(begun["id"]))
    market.settles()

    assert (handed.status_code, handed.json()["state"]) == (202, "checking")
    done = client.get(f"crosslistings/{begun['id']}").json()
    assert (done["state"], done["rows"], begun["state"]) == ("done", {"done": 1}, "ready")
    (row,) = client.get(f"crosslistings/{begun['id']}/rows?state=done").json()["items"]
    assert (row["number"], row["listing_ref"], row["errors"]) == (2, "L-1", [])
    assert [each["id"] for each in client.get("crosslistings").json()["items"]] == [begun["id"]]
    told = client.get("events?subject_kind=crosslisting").json()["items"]
    assert [each["kind"].partition(".")[2] for each in told] == [
        "finished", "workbook_handed_in", "workbook_ready", "begun",
    ]  # fmt: skip


def test_rows_are_counted_while_they_are_pushed_and_never_again(client: Client, market: Market) -> None:
    begun = began(client, market, "TEE-S", "TEE-M")
    content = market.fills(begun["id"])

    def listed() -> dict[str, int]:
        (only,) = client.get("crosslistings").json()["items"]
        one = client.get(f"crosslistings/{begun['id']}").json()
        assert only["rows"] == one["rows"]
        return dict(only["rows"])

    hand_in(client, begun["id"], content)
    market.works("default")
    assert listed() == {"queued": 2}
    market.settles()
    with market.database.writing() as db:
        db.connection.exec_driver_sql("DELETE FROM crosslisting_row")  # so that counting them would show
    assert listed() == {"done": 2}

    assert hand_in(client, begun["id"], content).json()["rows"] == {}
    market.works("default")
    assert listed() == {"queued": 2}


def test_the_same_workbook_under_one_key_is_handed_in_once(client: Client, market: Market) -> None:
    begun = began(client, market)
    content = market.fills(begun["id"])

    answers = [hand_in(client, begun["id"], content, **{"Idempotency-Key": "k-1"}) for _ in range(2)]
    market.settles()

    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert len(market.jobs("crosslisting.check")) == 1


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        pytest.param({"Content-Type": "application/json"}, b"{}", 415, id="JSON"),
        pytest.param({"Content-Type": "application/zip"}, b"PK", 415, id="a zip file"),
        pytest.param({"Content-Type": ""}, b"PK", 415, id="nothing said"),
        pytest.param({"Content-Encoding": "gzip"}, b"PK", 415, id="packed"),
        pytest.param({}, b"", 422, id="empty"),
        pytest.param({}, b"\0" * (LARGEST + 1), 413, id="too large"),
        pytest.param({"Idempotency-Key": "k"}, b"\0" * (LARGEST + 1), 413, id="too large, under a key"),
    ],
)
def test_what_is_no_workbook_is_refused_at_the_door(
    client: Client, market: Market, headers: dict[str, str], content: bytes, status: int
) -> None:
    begun = began(client, market)

    answer = hand_in(client, begun["id"], content, **headers)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert market.run(begun["id"]).state == "ready"


LENGTH, TYPE, ENCODING = "Content-Length", "Content-Type", "Content-Encoding"
HOSTILE_HEADERS: dict[str, tuple[str, str | bytes, set[int]]] = {
    "a length beyond every file": (LENGTH, "9" * 20, {413}),
    "a length of 5,000 digits": (LENGTH, "9" * 5_000, {400, 413}),
    "a length that is a word": (LENGTH, "many", {400}),
    "a length in other digits": (LENGTH, "\u0663".encode(), {400}),
    "a long type": (TYPE, "x" * 10_000, {415}),
    "a type of nothing": (TYPE, ";;;", {415}),
    "a type of bytes": (TYPE, b"\xff/\xfe; boundary=\xff", {415}),
    "a form without boundary": (TYPE, "multipart/form-data", {415}),
    "packed twice": (ENCODING, "identity, gzip", {415}),
    "packed in bytes": (ENCODING, b"\xff", {415}),
}


def test_no_header_of_an_upload_breaks_anything(client: Client, market: Market) -> None:
    begun = began(client, market)

    answers = {
        how: hand_in(client, begun["id"], b"PK", **{name: value}) for how, (name, value, _) in HOSTILE_HEADERS.items()
    }

    wrong = {how: answer for how, answer in answers.items() if answer.status_code not in HOSTILE_HEADERS[how][2]}
    assert wrong == {}
    assert {answer.headers["content-type"] for answer in answers.values()} == {"application/problem+json"}
    assert market.run(begun["id"]).state == "ready"


def test_every_bad_workbook_ends_in_a_clear_reason_that_the_route_tells(client: Client, market: Market) -> None:
    begun = began(client, market)
    files = {str(each.id): each.values[0] for each in BAD_FILES}
    told = {}

    for name, content in files.items():
        assert isinstance(content, bytes)
        handed = hand_in(client, begun["id"], content)
        market.works("default")
        found = client.get(f"crosslistings/{begun['id']}").json()
        told[name] = (handed.status_code, found["state"], bool(content) == bool(found["reason"]))
        assert not re.search(r"Traceback|Error\b|Exception|\bline \d+, column", found["reason"] or ""), name

    assert told == {name: (202 if content else 422, "ready", True) for name, content in files.items()}
    assert {job.state for job in market.jobs("crosslisting.check")} == {"failed"}
    assert client.get(f"crosslistings/{begun['id']}/rows").json()["items"] == []


def test_no_address_of_a_file_breaks_anything(client: Client) -> None:
    kinds = ("x", "crosslisting_workbook", "%2e%2e", "A", "a" * 65, "%00", "%ff", "a%0A", "'--", "a.b", "%F0%9F%A6%8A")
    digests = ("0" * 64, "0" * 63, "G" * 64, "%00", "%ff", "%2e%2e", "0" * 9_000, "0" * 64 + "%0A", "%D9%A0" * 64)

    answers = {(kind, digest): client.get(f"files/{kind}/{digest}") for kind in kinds for digest in digests}

    assert {each: answer.status_code for each, answer in answers.items() if answer.status_code != 404} == {}
    assert {answer.headers["content-type"] for answer in answers.values()} == {"application/problem+json"}
    assert {answer.json()["code"] for answer in answers.values()} == {"not_found"}


def test_a_workbook_larger_than_any_other_body_is_taken(client: Client, market: Market) -> None:
    begun = began(client, market)

    answer = hand_in(client, begun["id"], b"PK" + b"\0" * 2_000_000)
    market.settles()

    assert answer.status_code == 202
    assert client.get(f"crosslistings/{begun['id']}").json()["reason"]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        pytest.param({"account_id": "01900000-0000-7000-8000-000000000000"}, 422, "account_id", id="no account"),
        pytest.param({"product_ids": ["nobody"]}, 422, "product_ids[0]", id="no product"),
        pytest.param({"product_ids": None}, 422, "product_ids", id="nothing chosen"),
        pytest.param({"filter": {}}, 422, "product_ids", id="chosen twice"),
        pytest.param({"product_ids": []}, 422, "product_ids", id="an empty choice"),
        pytest.param({"filter": {"colour": "red"}}, 422, "filter", id="an unknown filter"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_by_field(
    client: Client, market: Market, changes: dict[str, object], status: int, field: str
) -> None:
    wish = {"account_id": market.accounts["counter"], "product_ids": market.makes("TEE-M")} | changes

    answer = client.post("crosslistings", json=wish)

    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (status, [field])


def test_a_channel_that_takes_no_products_says_why(client: Client, market: Market) -> None:
    with market.database.writing() as db:
        db.connection.exec_driver_sql("""UPDATE account SET lacks = '{"push_product": "the scope is missing"}'""")

    answer = client.post("crosslistings", json={"account_id": market.accounts["counter"], "filter": {}})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_supported")
    assert "the scope is missing" in answer.json()["detail"]


def test_another_merchants_cross_listing_is_absent(client: Client, market: Market) -> None:
    begun = began(client, market)
    theirs = f"{client.base_url.copy_with(path='')}/v1/merchants/{a_merchant(market.database, 'Warung Sari')}"

    asked = [
        client.get(f"{theirs}/crosslistings/{begun['id']}"),
        client.get(f"{theirs}/crosslistings/{begun['id']}/rows"),
        client.post(f"{theirs}/crosslistings/{begun['id']}/cancel"),
        client.post(
            f"{theirs}/crosslistings/{begun['id']}/workbook", content=b"PK", headers={"Content-Type": MEDIA_TYPE}
        ),
        client.get(f"{theirs}{begun['workbook'].partition(market.merchant_id)[2]}"),
        client.get(f"{theirs}/accounts/{market.accounts['stall']}/categories"),
        client.get(f"{theirs}/accounts/{market.accounts['stall']}/category-mappings"),
    ]

    assert {(each.status_code, each.json()["code"]) for each in asked} == {(404, "not_found")}


def test_categories_are_refreshed_searched_and_mapped_over_the_api(client: Client, market: Market) -> None:
    of = f"accounts/{market.accounts['stall']}"
    early = client.get(f"{of}/categories")
    assert (early.status_code, early.json()["code"]) == (409, "categories_not_fetched")

    assert client.post(f"{of}/categories/refresh").status_code == 202
    market.works()

    first = client.get(f"{of}/categories?leaf=true&limit=1").json()
    rest = client.get(f"{client.base_url.copy_with(path='')}{first['next']}").json()
    assert [each["ref"] for each in [*first["items"], *rest["items"]]] == ["11", "12"]
    mapping = {"field": "Jenis", "value": "Kaos", "category_ref": "11"}
    kept = client.put(f"{of}/category-mappings", json=mapping).json()
    assert client.put(f"{of}/category-mappings", json=mapping | {"category_ref": "1"}).status_code == 422
    for blank in ({"field": "  "}, {"value": " "}, {"value": "\u200b"}, {"field": "a\nb"}):
        assert client.put(f"{of}/category-mappings", json=mapping | blank).status_code == 422, blank
    assert [each["id"] for each in client.get(f"{of}/category-mappings").json()["items"]] == [kept["id"]]
    assert client.delete(f"{of}/category-mappings/{kept['id']}").json()["category_ref"] == "11"
    assert client.delete(f"{of}/category-mappings/{kept['id']}").status_code == 404
    refused = client.post(f"accounts/{market.accounts['counter']}/categories/refresh")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_supported")
