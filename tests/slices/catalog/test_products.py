"""Products over the API: made by hand, read, changed, listed; whose SKU they hold and what they tell."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hub_hookspecs import Money

from hub.catalog.service.intake import Source, take_page
from hub.catalog.store import pages, products
from hub.kernel.db import Database
from tests.callers import a_merchant
from tests.slices.catalog.oracle import violations
from tests.slices.catalog.shelf import ABSENT, Client, Json, confirm, events, made, named, take
from tests.slices.catalog.test_intake import NOW, an_item
from tests.slices.catalog.test_rules import CHANNEL

REFUSED = [
    ("sku", "\u200b "),
    ("sku", "S" * 101),
    ("name", "two\nlines"),
    ("price", {"amount": 9.9, "currency": "IDR"}),
    ("price", {"amount": "-1", "currency": "IDR"}),
    ("price", {"amount": "NaN", "currency": "IDR"}),
    ("price", {"amount": "1", "currency": "idr"}),
    ("weight_g", 1.5),
    ("weight_g", -1),
    ("size_mm", {"length": 1, "width": 1}),
    ("size_mm", {"length": 0, "width": 1, "height": 1}),
    ("image_urls", ["javascript:alert(1)"]),
    ("image_urls", ["https://a.example/x"] * 51),
    ("attributes", {"": "x"}),
    ("attributes", {f"a{n}": "" for n in range(101)}),
    ("options", {"Warna": ""}),
    ("description", "x" * 50_001),
    ("barcode", "8991\n"),
    ("parent_id", ABSENT),
    ("components", [{"product_id": ABSENT, "quantity": 0}]),
    ("components", [{"product_id": ABSENT}] * 51),
    ("bundle", True),
]
WHOLE: Json = {
    "sku": "KPS-1", "name": "Kaos Polos", "price": {"amount": "129000.50", "currency": "IDR"},
    "barcode": "8991234567890", "weight_g": 250, "size_mm": {"length": 300, "width": 200, "height": 20},
    "image_urls": ["https://cdn.toko.example/2.jpg", "https://cdn.toko.example/1.jpg"], "description": "Katun\n30s",
    "attributes": {"Bahan": "Katun"}, "options": {"Warna": "Merah"},
}  # fmt: skip


def test_a_product_made_by_hand_is_what_was_said_of_it(platform: Client, address: str) -> None:
    answer = platform.post(f"{address}/products", json=WHOLE)

    assert answer.status_code == 201
    product = answer.json()
    assert product | WHOLE == product
    assert (product["bundle"], product["components"], product["listings"]) == (False, [], [])
    assert platform.get(answer.headers["location"]).json() == product
    (event,) = events(platform, address, "product.created")
    assert (event["before"], event["after"]["sku"], event["after"]["size_mm"]) == (None, "KPS-1", [300, 200, 20])


def test_many_products_come_by_id_with_everything_in_one_statement(
    platform: Client, database: Database, merchant: str, address: str
) -> None:
    ids = [made(platform, address, **WHOLE | {"sku": f"S-{n}"})["id"] for n in range(3)]
    stranger = made(platform, f"/v1/merchants/{a_merchant(database, 'Warung')}")["id"]
    statements: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    with database.reading() as db:
        found = products.of_ids(db, merchant, [*ids, stranger, ABSENT])

    assert len([each for each in statements if "product" in each]) == 1
    assert sorted(found) == sorted(ids)
    one = found[ids[0]]
    assert (one.size_mm, one.weight_g, one.attributes) == ((300, 200, 20), 250, {"Bahan": "Katun"})
    assert one.price == Money(amount=Decimal("129000.50"), currency="IDR")


def test_only_what_is_given_changes_and_the_event_tells_just_that(platform: Client, address: str) -> None:
    product = made(platform, address, **WHOLE)

    answer = platform.patch(f"{address}/products/{product['id']}", json={"name": "Kaos Baru", "size_mm": None})

    assert answer.json() == product | {"name": "Kaos Baru", "size_mm": None}
    (event,) = events(platform, address, "product.changed")
    assert event["before"] == {"name": "Kaos Polos", "size_mm": [300, 200, 20]}
    assert event["after"] == {"name": "Kaos Baru", "size_mm": None}


def test_a_change_to_the_same_tells_nothing(platform: Client, address: str) -> None:
    product = made(platform, address, **WHOLE)

    answer = platform.patch(f"{address}/products/{product['id']}", json=WHOLE)

    assert answer.json() == product
    assert events(platform, address, "product.changed") == []


def test_a_change_decided_on_old_values_is_refused(platform: Client, address: str) -> None:
    product = made(platform, address)
    one = f"{address}/products/{product['id']}"
    etag = platform.get(one).headers["etag"]

    first = platform.patch(one, json={"name": "A"}, headers={"If-Match": etag})
    second = platform.patch(one, json={"name": "B"}, headers={"If-Match": etag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert platform.get(one).json()["name"] == "A"
    assert platform.patch(one, json={"name": "B"}, headers={"If-Match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize("sku", ["KPS-1", " KPS-1\u00a0"], ids=["the same", "the same but for blanks"])
def test_two_products_of_a_merchant_cannot_share_a_sku(platform: Client, address: str, sku: str) -> None:
    first, other = made(platform, address), made(platform, address, sku="KPS-2")

    again = platform.post(f"{address}/products", json={"sku": sku, "name": "Kaos"})
    renamed = platform.patch(f"{address}/products/{other['id']}", json={"sku": sku})

    for answer in (again, renamed):
        assert (answer.status_code, answer.json()["code"], named(answer)) == (409, "sku_taken", ["sku"])
        assert first["id"] in answer.json()["errors"][0]["message"]
    assert platform.get(f"{address}/products?sku=KPS-1").json()["items"][0]["id"] == first["id"]


def test_another_merchant_may_use_the_sku(platform: Client, database: Database, address: str) -> None:
    made(platform, address)

    assert made(platform, f"/v1/merchants/{a_merchant(database, 'Warung')}")["sku"] == "KPS-1"


def test_another_merchants_product_looks_absent(platform: Client, database: Database, address: str) -> None:
    theirs = made(platform, f"/v1/merchants/{a_merchant(database, 'Warung')}")["id"]

    assert platform.get(f"{address}/products/{theirs}").status_code == 404
    assert platform.patch(f"{address}/products/{theirs}", json={"name": "Mine"}).status_code == 404


def test_a_changed_sku_reclassifies_what_shares_the_old_and_the_new(
    platform: Client, database: Database, merchant: str, address: str
) -> None:
    product = made(platform, address, sku="OLD")
    old, new = take(database, merchant, "one", "OLD", 1), take(database, merchant, "one", "NEW", 2)

    def classes() -> list[str]:
        return [platform.get(f"{address}/listings/{each}").json()["class"] for each in (old, new)]

    before = classes()
    platform.patch(f"{address}/products/{product['id']}", json={"sku": "NEW"})

    assert (before, classes()) == (["matched", "unmatched"], ["unmatched", "matched"])
    assert violations(database) == []


def test_what_was_edited_in_the_hub_stays_whatever_is_imported_later(
    platform: Client, database: Database, merchant: str, address: str
) -> None:
    confirm(database, merchant, take(database, merchant, "one", "A"))
    (product,) = platform.get(f"{address}/products").json()["items"]
    platform.patch(f"{address}/products/{product['id']}", json={"name": "Ours", "sku": "OURS"})

    source = Source(merchant_id=merchant, account_id="one", channel=CHANNEL)
    with database.writing() as db:
        take_page(db, source, [an_item(1, "A", name="theirs, later")], run="later", seen_at=NOW)

    kept = platform.get(f"{address}/products/{product['id']}").json()
    assert (kept["name"], kept["sku"]) == ("Ours", "OURS")
    assert kept["listings"][0]["state"] == "linked"


def test_a_product_read_singly_tells_where_it_is_listed(
    platform: Client, database: Database, merchant: str, address: str
) -> None:
    ids = [take(database, merchant, account, "A") for account in ("one", "two")]
    confirm(database, merchant, *ids)
    (product,) = platform.get(f"{address}/products").json()["items"]
    platform.patch(f"{address}/listings/{ids[1]}", json={"pack": 12})

    told = platform.get(f"{address}/products/{product['id']}").json()["listings"]

    assert [(each["account_id"], each["ref"], each["state"], each["pack"]) for each in told] == [
        ("one", "1", "linked", 1),
        ("two", "1", "linked", 12),
    ]


def test_lists_narrow_by_search_parent_and_kind_and_come_in_pages(platform: Client, address: str) -> None:
    parent = platform.post(f"{address}/parents", json={"name": "Kaos"}).json()["id"]
    variants = [made(platform, address, sku=f"V-{n}", parent_id=parent)["id"] for n in range(3)]
    single = made(platform, address, sku="S-1", name="Topi")["id"]
    parts = [{"product_id": single, "quantity": 2}]
    bundle = made(platform, address, sku="B-1", components=parts)["id"]

    def listed(query: str) -> list[str]:
        ids, following = [], f"{address}/products?limit=2&{query}"
        while following:
            page = platform.get(following).json()
            ids += [each["id"] for each in page["items"]]
            following = page["next"]
        return ids

    assert listed(f"parent_id={parent}") == variants
    assert listed("bundle=true") == [bundle]
    assert listed("bundle=false") == [*variants, single]
    assert listed("q=top") == [single]
    assert listed("") == [*variants, single, bundle]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [({"bundle": True}, "ix_product_bundle"), ({"parent_id": "p"}, "ix_product_parent")],
    ids=["bundles", "variants"],
)
def test_rare_products_are_found_by_an_index_of_their_own(sqlite_url: str, wanted: Json, index: str) -> None:
    database = Database(sqlite_url)
    asked: list[tuple[str, Any]] = []  # Any: the driver's parameters
    sa.event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))

    with database.reading() as db:
        pages.products(db, "merchant", **wanted, limit=50, after="")
        plan = str(db.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1][0]}", asked[-1][1]).all())
    database.dispose()

    assert index in plan


def test_what_no_product_can_be_is_refused_by_its_field(platform: Client, address: str) -> None:
    product = made(platform, address)

    for field, value in REFUSED:
        answers = [
            platform.post(f"{address}/products", json={"sku": "X", "name": "X"} | {field: value}),
            platform.patch(f"{address}/products/{product['id']}", json={field: value}),
        ]

        for answer in answers:
            assert answer.status_code == 422, answer.text
            assert all(each.startswith(field) for each in named(answer)), answer.text
    assert platform.get(f"{address}/products").json()["items"] == [
        {name: value for name, value in product.items() if name not in ("components", "listings")}
    ]
