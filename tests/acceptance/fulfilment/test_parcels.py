"""Row B-07: an order in several parcels, each with its AWB, its label and its items; none is mixed up with another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.fulfilment.conftest import Opens
from tests.acceptance.fulfilment.harbour import Harbour, digest
from tests.world import Json

HOUR = timedelta(hours=1)
Packed = dict[tuple[str, str], dict[str, int]]  # AWB and digest of the label, and what is in it by SKU


def packs(harbour: Harbour, order: str, *packages: dict[str, int]) -> None:
    """The market says in which packages an order travels, by SKU."""
    wanted = [{harbour.listed[sku]: count for sku, count in each.items()} for each in packages]
    harbour.pasar.pack(harbour.order(order)["ref"], *wanted)
    harbour.hears()


def at_market(harbour: Harbour, order: str) -> Packed:
    """The parcels that may leave, or have, by the market's own books."""
    sold = harbour.at_market(order)
    skus = {line.id: line.goods.sku for line in sold.lines}
    return {
        (one.awb, digest(one.label)): {skus[line]: units for line, units in one.lines.items()} for one in sold.live()
    }


def at_fastock(harbour: Harbour) -> Packed:
    """What Fastock was asked to send, but for what was stopped."""
    wishes = [one.wish for one in harbour.fastock.outbounds().values() if one.status != "CANCELED"]
    return {(wish.awb, wish.label): {line.code: line.quantity for line in wish.lines} for wish in wishes}


def current(harbour: Harbour, order: str) -> list[Json]:
    return [one for one in harbour.outbounds(order) if one["current"]]


@pytest.mark.row("B-07")
def test_each_parcel_is_sent_by_itself_with_its_own_papers(harbour: Harbour) -> None:
    ref = harbour.sells(TEE=3, CAP=1)
    tee, cap = harbour.listed["TEE"], harbour.listed["CAP"]
    harbour.pasar.pack(ref, {tee: 2}, {tee: 1, cap: 1})
    order = str(harbour.taken_in(ref)["id"])
    first, second = current(harbour, order)
    labels = [digest(harbour.label(each)) for each in (first, second)]

    harbour.fastock.ship(second["code"])
    harbour.hears()
    partly = harbour.stock("TEE"), harbour.stock("CAP"), harbour.at_market(order).state
    left = {each["awb"]: each["confirmation"] for each in harbour.parcels(order)}
    harbour.fastock.ship(first["code"])
    harbour.hears()

    assert at_fastock(harbour) == at_market(harbour, order)
    assert labels == [harbour.there(each).wish.label for each in (first, second)]
    assert [{line["sku"]: line["quantity"] for line in each["lines"]} for each in (first, second)] == [
        {"TEE": 2}, {"TEE": 1, "CAP": 1},
    ]  # fmt: skip
    assert partly == ((19, 2, 17), (19, 0, 19), "paid")
    assert left == {first["awb"]: "nobody", second["awb"]: "confirmed"}
    assert (harbour.stock("TEE"), harbour.is_balanced(), harbour.at_market(order).state) == (
        (17, 0, 17),
        True,
        "shipped",
    )
    assert [(each["awb"], each["confirmation"]) for each in harbour.parcels(order)] == [
        (first["awb"], "confirmed"), (second["awb"], "confirmed"),
    ]  # fmt: skip
    assert [{line["sku"]: line["quantity"] for line in each["lines"]} for each in harbour.parcels(order)] == [
        {"TEE": 2}, {"TEE": 1, "CAP": 1},
    ]  # fmt: skip
    assert harbour.order(order)["state"] == "shipped"


@pytest.mark.row("B-07")
@pytest.mark.row("B-10")
def test_an_order_that_is_packed_otherwise_after_the_push_is_stopped_and_sent_as_it_is_packed(
    harbour: Harbour,
) -> None:
    order = harbour.sold(TEE=3)
    whole = harbour.outbound(order)

    packs(harbour, order, {"TEE": 2}, {"TEE": 1})
    harbour.passes(HOUR)
    split = at_fastock(harbour)
    packs(harbour, order, {"TEE": 3})
    harbour.passes(HOUR)

    assert harbour.there(whole).status == "CANCELED"
    assert sorted(each["TEE"] for each in split.values()) == [1, 2]
    assert at_fastock(harbour) == at_market(harbour, order)
    assert [each["TEE"] for each in at_fastock(harbour).values()] == [3]
    assert (harbour.stock("TEE"), harbour.is_balanced()) == ((20, 3, 17), True)
    assert len(harbour.parcels(order)) == 1, "the others will never leave"


@pytest.mark.row("B-07")
def test_a_parcel_that_waits_for_its_papers_holds_no_other_back(opens: Opens) -> None:
    harbour = opens()
    harbour.pasar.arranging = None
    ref = harbour.sells(TEE=1, CAP=1)
    harbour.pasar.pack(ref, {harbour.listed["TEE"]: 1}, {harbour.listed["CAP"]: 1})
    order = str(harbour.taken_in(ref)["id"])

    harbour.pasar.find_couriers(harbour.listed["CAP"])
    harbour.passes(HOUR)
    ready = {one["lines"][0]["sku"]: one for one in current(harbour, order)}
    harbour.fastock.ship(ready["CAP"]["code"])
    harbour.hears()
    alone = at_fastock(harbour), harbour.order(order)["state"]
    harbour.pasar.find_couriers()
    harbour.passes(HOUR)

    assert (ready["CAP"]["push_status"], ready["TEE"]["push_status"]) == ("pushed", "not_pushed")
    assert ([*alone[0].values()], alone[1]) == ([{"CAP": 1}], "ready")
    assert at_fastock(harbour) == at_market(harbour, order)


@pytest.mark.row("B-07")
def test_what_is_cancelled_of_one_parcel_leaves_the_other_as_it_is(harbour: Harbour) -> None:
    ref = harbour.sells(TEE=3, CAP=2)
    harbour.pasar.pack(ref, {harbour.listed["TEE"]: 3}, {harbour.listed["CAP"]: 2})
    order = str(harbour.taken_in(ref)["id"])
    before = {each["lines"][0]["sku"]: each for each in current(harbour, order)}

    harbour.pasar.cancel_units(ref, harbour.listed["CAP"], 1)
    harbour.hears()
    harbour.passes(HOUR)

    after = {each["lines"][0]["sku"]: each for each in current(harbour, order)}
    assert after["TEE"]["id"] == before["TEE"]["id"]
    assert harbour.there(before["CAP"]).status == "CANCELED"
    assert after["CAP"]["lines"][0]["quantity"] == 1
    assert at_fastock(harbour) == at_market(harbour, order)
    assert (harbour.stock("CAP"), harbour.is_balanced()) == ((20, 1, 19), True)


@pytest.mark.row("B-07")
@pytest.mark.row("B-10")
def test_who_moves_house_gets_all_his_parcels_there(opens: Opens) -> None:
    harbour = opens()
    ref = harbour.sells(TEE=1, CAP=1)
    harbour.pasar.pack(ref, {harbour.listed["TEE"]: 1}, {harbour.listed["CAP"]: 1})
    order = str(harbour.taken_in(ref)["id"])

    harbour.pasar.move_house(ref, street="7, Jalan Melati")
    harbour.hears()
    harbour.passes(HOUR)

    assert at_fastock(harbour) == at_market(harbour, order)
    goes_to = [one.wish.recipient for one in harbour.fastock.outbounds().values() if one.status != "CANCELED"]
    assert ["7, Jalan Melati" in each for each in goes_to] == [True, True]


@pytest.mark.row("B-07")
@pytest.mark.row("B-22")
@pytest.mark.parametrize("first", ["own", "fastock"])
def test_each_part_of_an_order_that_was_split_leaves_by_itself(opens: Opens, first: str) -> None:
    harbour = opens()
    shelf = harbour.keeps_at_home("MUG", 10)
    order = harbour.sold(TEE=2, MUG=3)
    sent = harbour.outbound(order)

    def leaves(part: str) -> None:
        if part == "own":
            for _ in range(2):  # twice is once
                harbour.call(
                    "POST", f"/orders/{order}/ship", {"courier": "Pos Laju"}, status=200, **harbour.version(order)
                )
        else:
            harbour.fastock.ship(sent["code"])
        harbour.hears()

    harbour.call("POST", f"/orders/{order}/label", status=202)
    harbour.works()
    leaves(first)
    partly = harbour.order(order)["state"], harbour.at_market(order).state
    stock = harbour.stock("TEE")[0], harbour.stock("MUG", shelf)[0]
    leaves("fastock" if first == "own" else "own")

    assert [{line["sku"]: line["quantity"] for line in each["lines"]} for each in (sent,)] == [{"TEE": 2}]
    assert partly == ("ready", "paid")
    assert stock == ((20, 7) if first == "own" else (18, 10))
    assert (harbour.stock("TEE"), harbour.stock("MUG", shelf)) == ((18, 0, 18), (7, 0, 7))
    assert (harbour.order(order)["state"], harbour.at_market(order).state) == ("shipped", "shipped")
    assert {each["awb"] for each in harbour.parcels(order)} == {each.awb for each in harbour.at_market(order).live()}
    assert [each["confirmation"] for each in harbour.parcels(order)] == ["confirmed", "confirmed"]
    kept = {each["outbound_id"]: [line["sku"] for line in each["lines"]] for each in harbour.parcels(order)}
    assert kept == {sent["id"]: ["TEE"], None: ["MUG"]}
