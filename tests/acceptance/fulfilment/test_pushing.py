"""Rows F-20 to F-22, F-61 to F-63 and F-65 to F-67: Fastock is asked to send an order, and says how far it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.fulfilment.conftest import Opens
from tests.acceptance.fulfilment.harbour import Harbour, digest
from tests.world import Json


def stands(one: Json) -> tuple[str, str, str]:
    """The two facts of an outbound, and the warehouse's own word."""
    return one["push_status"], one["state"], one["word"]


@pytest.mark.row("F-20")
@pytest.mark.row("F-21")
@pytest.mark.row("F-22")
@pytest.mark.row("F-61")
@pytest.mark.row("F-62")
@pytest.mark.row("F-65")
@pytest.mark.row("F-66")
def test_an_order_is_asked_for_with_both_papers_looked_at_and_sent(harbour: Harbour) -> None:
    order = harbour.sold(TEE=2, CAP=1)
    pushed = harbour.outbound(order)
    asked, held = harbour.there(pushed).wish, harbour.stock("TEE")
    (parcel,) = harbour.at_market(order).parcels.values()

    harbour.fastock.move(pushed["code"], "PICK")
    untold = harbour.outbound(order)
    looked_at = harbour.refreshed(pushed)
    harbour.fastock.ship(pushed["code"])
    done = harbour.refreshed(pushed)
    (listed,) = harbour.merchant.all(f"/outbounds?warehouse_id={harbour.house}&push_status=pushed&state=complete")

    assert {(line["sku"], line["quantity"]) for line in pushed["lines"]} == {("TEE", 2), ("CAP", 1)}
    assert (asked.warehouse, asked.order_number) == ("MYKL01", harbour.order(order)["number"])
    assert {(line.code, line.quantity) for line in asked.lines} == {("TEE", 2), ("CAP", 1)}
    assert (asked.awb, asked.courier, asked.label) == (parcel.awb, "Pos Laju", digest(parcel.label))
    assert (stands(pushed), held) == (("pushed", "pending", ""), (20, 2, 18)), "received is not sent: nothing has left"
    assert (stands(untold), stands(looked_at)) == (("pushed", "pending", ""), ("pushed", "pending", "picking"))
    assert (stands(done), stands(listed), done["id"]) == (("pushed", "complete", "shipped"), stands(done), listed["id"])
    assert [line["shipped"] for line in done["lines"]] == [line["quantity"] for line in done["lines"]]
    assert (harbour.stock("TEE"), harbour.stock("CAP")) == ((18, 0, 18), (19, 0, 19))
    assert (harbour.shown("TEE"), harbour.is_balanced()) == (18, True)
    assert [(each["awb"], each["confirmation"]) for each in harbour.parcels(order)] == [(parcel.awb, "confirmed")]
    assert harbour.at_market(order).state == "shipped"


@pytest.mark.row("F-62")
@pytest.mark.row("F-63")
def test_one_that_was_not_taken_says_why_and_is_pushed_again_by_hand(harbour: Harbour) -> None:
    harbour.fastock.stock("TEE", 1)
    order = harbour.sold(TEE=2)
    failed, flags = harbour.outbound(order), harbour.flags(order)
    harbour.fastock.stock("TEE", 20)
    harbour.works()
    still = harbour.outbound(order)

    harbour.call("POST", f"/outbounds/{failed['id']}/push")
    harbour.works()

    pushed = harbour.outbound(order)
    assert (failed["push_status"], failed["state"], harbour.stock("TEE")) == ("failed", "create", (20, 2, 18))
    assert "there are not 2 of TEE" in failed["reason"]
    assert "there are not 2 of TEE" in flags["outbound_not_taken"]
    assert still["push_status"] == "failed", "a clear no waits for a person"
    assert (pushed["id"], pushed["code"], pushed["push_status"]) == (failed["id"], failed["code"], "pushed")
    assert (pushed["reason"], harbour.flags(order), list(harbour.fastock.outbounds())) == ("", {}, [failed["code"]])


@pytest.mark.row("F-67")
def test_looking_again_moves_nothing_back_and_no_stock_twice(harbour: Harbour) -> None:
    order = harbour.sold(TEE=3)
    code = harbour.outbound(order)["code"]

    def looked_at() -> tuple[Any, ...]:  # Any: states and figures
        one = harbour.refreshed(harbour.outbound(order))
        return one["state"], one["lines"][0]["shipped"], harbour.stock("TEE")

    harbour.fastock.ship(code, {"TEE": 1}, final=False)
    harbour.hears()
    partly = looked_at()
    harbour.fastock.say(code, "PICK")
    back = looked_at()
    harbour.fastock.ship(code)
    harbour.hears()
    harbour.fastock.repeat_confirm()
    harbour.hears()
    whole = looked_at()
    harbour.fastock.say(code, "NEW")
    after = looked_at()

    assert partly == back == ("part_complete", 1, (19, 2, 17))
    assert whole == after == ("complete", 3, (17, 0, 17))
    assert len(harbour.merchant.all("/movements?kind=shipment")) == 2


@pytest.mark.row("F-66")
def test_the_hub_looks_by_itself_too_and_ever_more_seldom(opens: Opens) -> None:
    harbour = opens()
    order = harbour.sold(TEE=1)
    one = harbour.outbound(order)
    harbour.fastock.move(one["code"], "PACKAGE")
    harbour.fastock.drop_confirms()

    first = harbour.looks_in(one)
    harbour.passes(first)
    looked_at = harbour.outbound(order)
    harbour.passes(30 * first)
    later = harbour.looks_in(one)

    assert looked_at["word"] == "packed"
    assert later > first


def test_a_3pl_whose_account_was_closed_is_asked_no_more(opens: Opens) -> None:
    harbour = opens()  # an inbound has come, and would be looked at for days

    harbour.call("POST", f"/accounts/{harbour.keeper}/close")
    harbour.passes(timedelta(days=1))

    failed = [each for each in harbour.merchant.all("/jobs?limit=200") if each["state"] == "failed"]
    assert failed == []
