"""Rows F-25, F-55 to F-57: an order that cannot be sent as it is waits for a person, or is never sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.fulfilment.conftest import Dialect, Opens
from tests.acceptance.fulfilment.harbour import Harbour

HOUR = timedelta(hours=1)


@pytest.mark.row("F-25")
def test_a_problem_order_goes_on_once_a_person_has_chosen_its_warehouse(opens: Opens, dialect: Dialect) -> None:
    harbour = opens(dialect, rule=False)
    order = harbour.sold(TEE=1)
    flags, held = harbour.flags(order), list(harbour.fastock.outbounds())

    harbour.call("POST", f"/orders/{order}/warehouse", {"warehouse_id": harbour.house})
    harbour.works()

    assert (list(flags), held) == (["no_rule"], [])
    assert harbour.outbound(order)["push_status"] == "pushed"
    assert (harbour.flags(order), len(harbour.fastock.outbounds())) == ({}, 1)


@pytest.mark.row("F-24")
@pytest.mark.row("F-68")
def test_no_courier_is_called_for_what_cannot_be_sent(opens: Opens) -> None:
    harbour = opens(rule=False)
    order = harbour.sold(TEE=1)
    held, arranged = harbour.outbound(order), harbour.at_market(order).parcels

    harbour.rules()
    harbour.works()

    assert [each["code"] for each in held["waits"]] == ["no_rule", "no_awb", "no_label"]
    assert ("nothing else stands against" in held["waits"][-1]["reason"], arranged) == (True, {})
    assert harbour.outbound(order)["push_status"] == "pushed"
    assert [one.wish.awb for one in harbour.fastock.outbounds().values()] == [
        one.awb for one in harbour.at_market(order).live()
    ]


@pytest.mark.row("F-55")
@pytest.mark.row("F-56")
def test_an_order_that_left_by_another_way_is_never_pushed(harbour: Harbour) -> None:
    at_once = harbour.sells(TEE=1)
    harbour.pasar.ship(at_once)
    harbour.pasar.arranging = None
    held = harbour.sold(CAP=1)
    before = harbour.outbound(held)

    harbour.pasar.ship(harbour.order(held)["ref"])
    harbour.hears()
    harbour.pasar.find_couriers()
    harbour.passes(HOUR)
    gone = harbour.taken_in(at_once)

    assert before["push_status"] == "not_pushed"
    assert [one["push_status"] for one in harbour.outbounds(held)] == ["void"]
    assert harbour.outbounds(gone["id"]) == []
    assert (harbour.fastock.outbounds(), gone["state"]) == ({}, "shipped")
    refused = harbour.call("POST", f"/outbounds/{before['id']}/push", status=409)
    assert refused["code"] == "outbound_replaced", "not by hand either"
    assert (harbour.stock("TEE"), harbour.stock("CAP")) == ((20, 0, 20), (20, 0, 20)), "it did not leave from here"


@pytest.mark.row("F-57")
def test_an_order_is_pushed_once_all_that_is_in_it_is_linked(opens: Opens) -> None:
    harbour = opens()
    harbour.listed["MUG"] = harbour.pasar.add("Cawan", "MUG", stock=20)
    order = harbour.sold(TEE=1, MUG=2)
    flags, held = harbour.flags(order), harbour.outbound(order)

    harbour.links("MUG")
    short = harbour.flags(order)
    harbour.receives(MUG=5)
    harbour.works()

    pushed = harbour.outbound(order)
    assert ("unlinked" in flags, "short" in short) == (True, True)
    assert (held["push_status"], "unlinked" in [each["code"] for each in held["waits"]]) == ("not_pushed", True)
    assert {(line["sku"], line["quantity"]) for line in pushed["lines"]} == {("TEE", 1), ("MUG", 2)}
    (document,) = harbour.fastock.outbounds().values()
    assert {(line.code, line.quantity) for line in document.wish.lines} == {("TEE", 1), ("MUG", 2)}
