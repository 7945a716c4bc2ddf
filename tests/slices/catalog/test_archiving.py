"""Products that leave the catalogue without being lost, and the parents that people make."""

from __future__ import annotations

from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import merging
from tests.callers import a_merchant
from tests.slices.catalog.oracle import violations
from tests.slices.catalog.shelf import Client, confirm, events, made, named, take


def test_an_archived_product_leaves_the_lists_frees_its_sku_and_comes_back(
    platform: Client, database: Database, merchant: str, address: str
) -> None:
    product = made(platform, address)
    one = f"{address}/products/{product['id']}"
    waiting = take(database, merchant, "one", "KPS-1")

    archived = platform.post(f"{one}/archive").json()
    again = platform.post(f"{one}/archive").json()
    unmatched = platform.get(f"{address}/listings/{waiting}").json()["class"]
    edited = platform.patch(one, json={"name": "Ours"})
    listed = platform.get(f"{address}/products").json()["items"]
    restored = platform.post(f"{one}/restore").json()

    assert archived == again == product | {"gone_by": archived["gone_by"]}
    assert (unmatched, edited.status_code, edited.json()["code"], listed) == ("unmatched", 409, "product_gone", [])
    assert restored == product
    assert platform.get(f"{address}/listings/{waiting}").json()["class"] == "matched"
    assert violations(database) == []
    assert len(events(platform, address, "product.archived")) == len(events(platform, address, "product.restored")) == 1


def test_an_archived_product_does_not_come_back_while_another_has_its_sku(platform: Client, address: str) -> None:
    one = f"{address}/products/{made(platform, address)['id']}"
    platform.post(f"{one}/archive")
    made(platform, address)

    answer = platform.post(f"{one}/restore")

    assert (answer.status_code, answer.json()["code"], named(answer)) == (409, "sku_taken", ["sku"])


def test_what_is_used_is_not_archived(platform: Client, database: Database, merchant: str, address: str) -> None:
    confirm(database, merchant, take(database, merchant, "one", "LISTED"))
    (listed,) = platform.get(f"{address}/products").json()["items"]
    part = made(platform, address, sku="PART")
    bundle = made(platform, address, sku="SET", components=[{"product_id": part["id"], "quantity": 1}])

    answers = [platform.post(f"{address}/products/{each['id']}/archive") for each in (listed, part, bundle)]

    assert [answer.json()["code"] for answer in answers] == ["product_listed", "in_bundle", "product_is_bundle"]


def test_what_is_gone_is_no_component(platform: Client, address: str) -> None:
    part = made(platform, address, sku="PART")
    platform.post(f"{address}/products/{part['id']}/archive")

    wish = {"sku": "SET", "name": "Paket", "components": [{"product_id": part["id"], "quantity": 1}]}
    answer = platform.post(f"{address}/products", json=wish)

    assert (answer.status_code, named(answer)) == (422, ["components[0].product_id"])


def test_what_a_merge_took_out_is_no_archived_product(
    platform: Client, database: Database, merchant: str, address: str
) -> None:
    first, second = made(platform, address, sku="A"), made(platform, address, sku="B")
    with database.writing() as db:
        merging.merge(db, merchant, first["id"], second["id"], actor=CLI)

    answers = [platform.post(f"{address}/products/{first['id']}/{verb}") for verb in ("archive", "restore")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "product_gone")] * 2
    assert platform.get(f"{address}/products/{first['id']}").json()["merged_into"] == second["id"]


def test_a_parent_is_made_named_and_joined_by_hand(platform: Client, database: Database, address: str) -> None:
    parent = platform.post(f"{address}/parents", json={"name": "Kaos"}).json()
    product = made(platform, address)
    one = f"{address}/products/{product['id']}"
    theirs = platform.post(f"/v1/merchants/{a_merchant(database, 'Warung')}/parents", json={"name": "X"}).json()

    joined = platform.patch(one, json={"parent_id": parent["id"]}).json()
    stranger = platform.patch(one, json={"parent_id": theirs["id"]})
    left = platform.patch(one, json={"parent_id": None}).json()
    renamed = platform.patch(f"{address}/parents/{parent['id']}", json={"name": "Kaos Polos"}).json()

    assert (joined["parent_id"], left) == (parent["id"], product)
    assert (stranger.status_code, named(stranger)) == (422, ["parent_id"])
    assert renamed == parent | {"name": "Kaos Polos"}
    assert platform.get(f"{address}/parents").json()["items"] == [renamed]
    assert platform.get(f"{address}/parents/{theirs['id']}").status_code == 404
