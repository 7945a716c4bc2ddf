"""Warehouses of 3PLs: made with their account, called as it says, out of people's hands, and gone with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hub_hookspecs import Kind, Place

from hub.channels import store
from hub.channels.host import load_hosts
from hub.channels.rules.places import Mapped
from hub.channels.rules.warehouses import Details
from hub.channels.service import amending, closing, mapping, places, standing, switching, warehouses
from hub.channels.service.authorising import Authorised, bind
from hub.channels.service.hearing import RETELL
from hub.channels.service.proving import Wish, prove
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.store.warehouses import Warehouse
from hub.channels.tables import place_map
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.errors import HubError, Invalid, Refused
from hub.kernel.events import CLI
from hub.kernel.http import ChannelHttp
from hub.kernel.sealing import parse_ring
from tests.slices.channels.conftest import (
    RING,
    Client,
    a_merchant_with,
    authorise,
    count,
    events_of,
    settings,
    together,
)
from tests.slices.channels.shops import Bazaar, a_plugin

KL = Place(ref="MYKL01", name="MYKL01 CONS88", country="MY", timezone="Asia/Kuala_Lumpur")
JB = Place(ref="MYJB02", name="MYJB02 CONS88")


@pytest.fixture
def keeper(database: Database) -> Bazaar:
    """The 3PL."""
    keeper = Bazaar(database.clock.now)
    keeper.places = (KL, JB)
    return keeper


@pytest.fixture
def channels(database: Database, bazaar: Bazaar, keeper: Bazaar) -> Iterator[Channels]:
    http = ChannelHttp(database)
    at_3pl = a_plugin(keeper, "keeper", kind=Kind.FULFILMENT, lacks_papers={}, countries=frozenset({"ID"}))
    hosts = load_hosts({"bazaar": a_plugin(bazaar), "keeper": at_3pl})
    assert not hosts.refused, hosts.refused
    yield Channels(database=database, hosts=hosts, ring=parse_ring(RING), http=http, public_url="https://hub.example/")
    http.close()


@pytest.fixture
def merchant(channels: Channels) -> str:
    merchant = a_merchant_with(channels)
    with channels.database.writing() as db:
        switching.turn(channels, db, merchant, "keeper", enabled=True, actor=CLI)
    return merchant


@pytest.fixture
def account(channels: Channels, merchant: str) -> AccountRow:
    return connected(channels, merchant).account


def connected(channels: Channels, merchant: str, plugin: str = "keeper", **changes: Any) -> Authorised:  # Any: settings
    wish = Wish(
        merchant_id=merchant, plugin=plugin, settings=settings(**changes), preconditions_confirmed=True
    )  # fmt: skip
    proof = prove(channels, wish)
    with channels.database.writing() as db:
        return bind(channels, db, proof, actor=CLI, starts_import=False)


def check(channels: Channels, account: AccountRow) -> AccountRow:
    checked = standing.ask_channel(channels, account.merchant_id, account.id, actor=CLI)
    with channels.database.writing() as db:
        return standing.note_check(db, checked, actor=CLI)


def amend(channels: Channels, account: AccountRow) -> AccountRow:
    with channels.database.reading() as db:
        row = standing.account(db, account.merchant_id, account.id)
    change = amending.prove_change(channels, row, {"language": "en"})
    with channels.database.writing() as db:
        return amending.amend(channels, db, change, actor=CLI)


def close(channels: Channels, account: AccountRow) -> AccountRow:
    closing.prepare_closing(channels, account.merchant_id, account.id, actor=CLI)
    with channels.database.writing() as db:
        return closing.close(channels, db, account.merchant_id, account.id, actor=CLI)


def houses(channels: Channels, account: AccountRow) -> dict[str, Warehouse]:
    """The account's open warehouses, by what the 3PL calls them."""
    with channels.database.reading() as db:
        return {each.place_ref: each for each in store.warehouses.of_accounts(db, [account.id])}


def refusal(act: Any) -> HubError:  # Any: whatever is to be refused
    with pytest.raises(HubError) as refused:
        act()
    return refused.value


def test_an_account_at_a_3pl_has_a_warehouse_for_each_of_its_places(
    client: Client, channels: Channels, merchant: str, account: AccountRow
) -> None:
    listed = client.get(f"/v1/merchants/{merchant}/warehouses").json()["items"]

    assert [(each["name"], each["kind"], each["place_ref"]) for each in listed if each["account_id"] == account.id] == [
        ("MYKL01 CONS88", "third_party", "MYKL01"), ("MYJB02 CONS88", "third_party", "MYJB02"),
    ]  # fmt: skip
    by_ref = houses(channels, account)
    assert (by_ref["MYKL01"].country, by_ref["MYKL01"].timezone) == ("MY", "Asia/Kuala_Lumpur")
    assert (by_ref["MYJB02"].country, by_ref["MYJB02"].timezone) == ("ID", ""), "the account's country, where no other"
    assert events_of(channels.database, merchant).count("warehouse.created") == 2 + 1  # and the default
    shown = client.get(f"/v1/merchants/{merchant}/accounts/{account.id}/places").json()["items"]
    assert [([one["name"] for one in each["warehouses"]], each["note"]) for each in shown] == [
        (["MYKL01 CONS88"], ""), (["MYJB02 CONS88"], ""),
    ]  # fmt: skip


def test_nothing_is_mapped_to_the_places_of_a_3pl_and_nobody_can_map_them(
    channels: Channels, merchant: str, account: AccountRow
) -> None:
    def map_it() -> None:
        with channels.database.writing() as db:
            row = mapping.locked(db, merchant, account.id)
            house = warehouses.default_of(db, merchant)
            mapping.map_places(db, row, [Mapped(place_ref="MYKL01", warehouses=(house.id,))], actor=CLI)

    error = refusal(map_it)

    assert (error.code, count(channels.database, place_map)) == ("third_party_account", [0])


def test_a_name_that_another_warehouse_has_is_numbered(channels: Channels, keeper: Bazaar, merchant: str) -> None:
    with channels.database.writing() as db:
        details = Details(name="mykl01  cons88", country="MY")
        warehouses.create(db, merchant, details, actor=CLI)
    long = "W" * 300
    keeper.places = (KL, replace_name(JB, KL.name), Place(ref="L1", name=long), Place(ref="L2", name=long + "2"))

    account = connected(channels, merchant).account
    check(channels, account)

    names = {ref: house.name for ref, house in houses(channels, account).items()}
    assert names == {"MYKL01": "MYKL01 CONS88 (2)", "MYJB02": "MYKL01 CONS88 (3)", "L1": long, "L2": f"(2) {long}2"}


def test_a_check_makes_what_is_new_follows_what_changed_and_archives_what_is_gone(
    channels: Channels, keeper: Bazaar, merchant: str, account: AccountRow
) -> None:
    before = houses(channels, account)
    keeper.places = (replace_name(KL, "MYKL01 NEW"), Place(ref="MYPG03", name="", country="XX", timezone="Nowhere"))

    check(channels, account)
    check(channels, account)

    after = houses(channels, account)
    assert (after["MYKL01"].id, after["MYKL01"].name) == (before["MYKL01"].id, "MYKL01 NEW")
    assert (after["MYPG03"].name, after["MYPG03"].country, after["MYPG03"].timezone) == ("MYPG03", "", "")
    assert set(after) == {"MYKL01", "MYPG03"}
    told = events_of(channels.database, merchant)
    assert [told.count(f"warehouse.{each}") for each in ("created", "changed", "archived")] == [4 - 1, 1, 1]


def test_checks_at_the_same_moment_make_each_warehouse_once(
    channels: Channels, keeper: Bazaar, merchant: str, account: AccountRow
) -> None:
    keeper.places = (KL, JB, Place(ref="MYPG03", name="MYPG03 CONS88"))

    together([lambda: check(channels, account)] * 6)

    with channels.database.reading() as db:
        found = store.warehouses.third_party_of(db, merchant)
    assert sorted(each.name for each in found) == ["MYJB02 CONS88", "MYKL01 CONS88", "MYPG03 CONS88"]


def test_a_place_whose_documents_are_open_keeps_its_warehouse_and_nobody_can_take_it_away(
    channels: Channels, keeper: Bazaar, account: AccountRow
) -> None:
    busy = houses(channels, account)["MYJB02"]
    open_ = replace(channels, open_documents=lambda db, one: ["outbound OB-1 is pushed"] if one == busy.id else [])
    keeper.places = (KL,)

    check(open_, account)
    taken_away = refusal(lambda: amend(open_, account))
    closed = refusal(lambda: close(open_, account))

    assert (taken_away.code, closed.code) == ("work_open", "work_open")
    assert "MYJB02 CONS88 still has open documents: outbound OB-1 is pushed" in str(taken_away)
    assert set(houses(channels, account)) == {"MYKL01", "MYJB02"}
    amend(channels, account)
    assert set(houses(channels, account)) == {"MYKL01"}


@pytest.mark.parametrize("given", [{"name": "Ours"}, {"country": "ID"}, {"timezone": "Asia/Jakarta"}])
def test_people_change_only_its_code_and_address(
    client: Client, channels: Channels, account: AccountRow, given: dict[str, str]
) -> None:
    house = houses(channels, account)["MYKL01"]
    url = f"/v1/merchants/{account.merchant_id}/warehouses/{house.id}"

    changed = client.patch(url, json={"code": "KL", "address": {"city": "Kuala Lumpur"}})
    refused = client.patch(url, json=given)

    assert (changed.status_code, changed.json()["code"], changed.json()["address"]["country"]) == (200, "KL", "MY")
    assert (refused.status_code, refused.json()["code"]) == (409, "third_party_warehouse")
    assert [each["field"] for each in refused.json()["errors"]] == list(given)
    check(channels, account)
    assert houses(channels, account)["MYKL01"].code == "KL"


def test_it_is_never_the_default_nor_archived_by_hand_nor_where_stock_is_opened(
    client: Client, channels: Channels, merchant: str, account: AccountRow
) -> None:
    house = houses(channels, account)["MYKL01"]
    url = f"/v1/merchants/{merchant}/warehouses/{house.id}"
    shop = authorise(channels, merchant, starts_import=False)

    default = client.patch(url, json={"is_default": True})
    archived = client.post(f"{url}/archive")
    opening = client.put(f"/v1/merchants/{merchant}/accounts/{shop.id}/opening-warehouse", json={"warehouse": house.id})

    assert [answer.status_code for answer in (default, archived, opening)] == [409, 409, 422]
    assert "take 'MYKL01' out of the settings of account" in archived.json()["detail"]
    assert "say none, and an inbound or a sync brings it" in opening.json()["errors"][0]["message"]


def test_closing_the_account_archives_its_warehouses_and_takes_them_from_behind_places(
    channels: Channels, merchant: str, account: AccountRow
) -> None:
    house = houses(channels, account)["MYKL01"]
    shop = authorise(channels, merchant, starts_import=False)
    with channels.database.writing() as db:
        row = mapping.locked(db, merchant, shop.id)
        mapping.map_places(db, row, [Mapped(place_ref="W1", warehouses=(house.id,))], actor=CLI)
        assert places.behind(db, row) == {"W1": (house.id,)}
        for job in jobs.listing(db, merchant, account_id=shop.id):
            jobs.cancel(db, job.id)

    close(channels, account)

    with channels.database.reading() as db:
        assert places.behind(db, store.accounts.expect(db, shop.id)) == {}
        assert [job.kind for job in jobs.listing(db, merchant, account_id=shop.id, states=["ready"])] == [RETELL.name]
        kept = warehouses.warehouse(db, merchant, house.id)
    assert kept.archived_at is not None
    again = connected(channels, merchant).account
    assert houses(channels, again)["MYKL01"].name == "MYKL01 CONS88"
    assert houses(channels, again)["MYKL01"].id != house.id


def test_who_connects_is_told_of_rules_and_of_stores_in_other_countries(
    channels: Channels, keeper: Bazaar, merchant: str
) -> None:
    authorise(channels, merchant, starts_import=False)
    keeper.places = (KL,)

    told = connected(channels, merchant).advice
    later = connected(channels, merchant, "bazaar", shop="8").advice

    warning = "sells in ID, so its orders are flagged and not sent from MYKL01 CONS88 (MY)."
    assert told == (
        "Set up shipping rules that name MYKL01 CONS88: without one no order is sent from there.", f"Toko 7 {warning}",
    )  # fmt: skip
    assert later == (f"Toko 8 {warning}",)


def test_a_place_that_no_index_could_hold_is_refused(channels: Channels, keeper: Bazaar, merchant: str) -> None:
    keeper.places = (Place(ref="W" * 1001, name="W"),)

    error = refusal(lambda: connected(channels, merchant))

    assert (type(error), error.code) == (Refused, "place_ref_too_long")
    with channels.database.reading() as db:
        assert store.warehouses.third_party_of(db, merchant) == []


def test_a_mapping_may_name_a_warehouse_of_a_3pl_for_an_account_that_sells(
    channels: Channels, merchant: str, account: AccountRow
) -> None:
    house = houses(channels, account)["MYKL01"]
    shop = authorise(channels, merchant, starts_import=False)
    close(channels, account)

    def map_it() -> None:
        with channels.database.writing() as db:
            row = mapping.locked(db, merchant, shop.id)
            mapping.map_places(db, row, [Mapped(place_ref="W1", warehouses=(house.id,))], actor=CLI)

    error = refusal(map_it)

    assert isinstance(error, Invalid)
    assert "is archived" in error.errors[0].message


def replace_name(place: Place, name: str) -> Place:
    return Place(ref=place.ref, name=name, country=place.country, timezone=place.timezone)
