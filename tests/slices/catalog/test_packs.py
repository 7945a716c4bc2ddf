"""How many units of its product one unit of a listing is."""

from __future__ import annotations

from hub.kernel.db import Database
from tests.slices.catalog.shelf import ABSENT, Client, events, named, take


def test_a_pack_is_set_told_and_set_back(platform: Client, database: Database, merchant: str, address: str) -> None:
    one = f"{address}/listings/{take(database, merchant, 'one', 'A')}"
    etag = platform.get(one).headers["etag"]

    first = platform.patch(one, json={"pack": 6}, headers={"If-Match": etag})
    late = platform.patch(one, json={"pack": 7}, headers={"If-Match": etag})
    take(database, merchant, "one", "A2")
    kept = platform.get(one).json()
    back = platform.patch(one, json={"pack": 1})

    assert (first.json()["pack"], late.status_code, back.json()["pack"]) == (6, 412, 1)
    assert (kept["sku"], kept["pack"]) == ("A2", 6)
    told = [(event["before"], event["after"]) for event in events(platform, address, "listing.pack_changed")]
    assert told == [({"pack": 6}, {"pack": 1}), ({"pack": 1}, {"pack": 6})]


def test_a_pack_that_cannot_be_is_refused(platform: Client, database: Database, merchant: str, address: str) -> None:
    one = f"{address}/listings/{take(database, merchant, 'one', 'A')}"

    answers = [platform.patch(one, json={"pack": pack}) for pack in (0, -1, 10_001, 1.5, "6", None)]

    assert [(answer.status_code, named(answer)) for answer in answers] == [(422, ["pack"])] * 6


def test_a_pack_of_a_listing_that_is_not_there_is_no_pack(platform: Client, address: str) -> None:
    assert platform.patch(f"{address}/listings/{ABSENT}", json={"pack": 2}).status_code == 404
