"""Rows F-21, F-27, F-54, F-64, B-10 and B-11: no parcel is asked for without its papers, nor by those of another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hub_pasar_my.sandbox import PasarMySandbox

from tests.acceptance.fulfilment.conftest import Opens
from tests.acceptance.fulfilment.harbour import Harbour, digest
from tests.world import Json

HOUR = timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n not a page"


def waits(one: Json) -> list[str]:
    return [each["code"] for each in one["waits"]]


def fits(harbour: Harbour, order: str) -> bool:
    """Whether Fastock was asked for just the parcels that leave the market, each with its own label."""
    at_fastock = [harbour.there(one).wish for one in harbour.outbounds(order) if one["current"]]
    asked = sorted((wish.awb, wish.label) for wish in at_fastock)
    return asked == sorted((one.awb, digest(one.label)) for one in harbour.at_market(order).live())


@pytest.mark.row("F-21")
@pytest.mark.row("F-54")
@pytest.mark.row("F-64")
def test_an_order_is_held_until_the_label_and_the_awb_are_there(harbour: Harbour) -> None:
    harbour.pasar.arranging = None
    order = harbour.sold(TEE=1)
    neither = harbour.outbound(order)

    harbour.pasar.number(harbour.order(order)["ref"], "AWB-FIRST")
    harbour.hears()
    numbered = harbour.outbound(order)
    harbour.pasar.find_couriers()
    harbour.passes(HOUR)
    pushed = harbour.outbound(order)

    assert (neither["push_status"], waits(neither), neither["awb"]) == ("not_pushed", ["no_awb", "no_label"], "")
    assert (numbered["push_status"], waits(numbered)) == ("not_pushed", ["no_label"])
    assert (pushed["id"], pushed["push_status"], waits(pushed)) == (neither["id"], "pushed", [])
    assert (pushed["awb"], list(harbour.fastock.outbounds())) == ("AWB-FIRST", [pushed["code"]])
    assert fits(harbour, order)


@pytest.mark.row("F-21")
@pytest.mark.row("F-64")
def test_a_label_alone_is_not_enough(opens: Opens) -> None:
    harbour = opens()
    harbour.pasar.awbs = [""]
    order = harbour.sold(TEE=1)
    held, label = harbour.outbound(order), harbour.label(harbour.outbound(order))

    harbour.pasar.number(harbour.order(order)["ref"], "AWB-LATE")
    harbour.hears()

    assert (held["push_status"], waits(held), label[:5]) == ("not_pushed", ["no_awb"], b"%PDF-")
    assert harbour.outbound(order)["awb"] == "AWB-LATE"
    assert fits(harbour, order)


def broken(*_: object) -> bytes:
    return b"%PDF-1.7\nthe rest was lost"


def a_picture(*_: object) -> bytes:
    return PNG


@pytest.mark.parametrize(
    ("draw", "sort"),
    [
        pytest.param(a_picture, "image/png", marks=pytest.mark.row("F-27"), id="another format"),
        pytest.param(broken, "application/pdf", marks=pytest.mark.row("B-11"), id="a PDF that nobody can read"),
    ],
)
def test_only_a_label_that_can_be_read_as_pdf_counts(opens: Opens, draw: Callable[..., bytes], sort: str) -> None:
    harbour = opens()
    good, harbour.pasar.draw, harbour.pasar.label_type = harbour.pasar.draw, draw, sort
    order = harbour.sold(TEE=1)
    held = harbour.outbound(order)

    harbour.pasar.draw, harbour.pasar.label_type = good, "application/pdf"
    harbour.pasar.redraw(harbour.order(order)["ref"])
    harbour.call("POST", f"/outbounds/{held['id']}/push")
    harbour.works()

    assert (held["push_status"], waits(held)[-1]) == ("not_pushed", "no_label")
    assert "could not be made" in held["waits"][-1]["reason"]
    assert harbour.outbound(order)["push_status"] == "pushed"
    assert fits(harbour, order)


@pytest.mark.row("F-54")
def test_what_waits_for_a_label_says_so_once_that_has_come_to_nothing(opens: Opens) -> None:
    harbour = opens()
    harbour.pasar.arranging, harbour.pasar.draw = None, broken
    order = harbour.sold(TEE=1)
    awaited = harbour.outbound(order)

    harbour.pasar.find_couriers()
    harbour.passes(HOUR)

    assert waits(awaited) == ["no_awb", "no_label"]
    assert "is being made" in awaited["waits"][-1]["reason"]
    assert "could not be made" in harbour.outbound(order)["waits"][-1]["reason"]


@pytest.mark.row("B-11")
def test_an_awb_that_another_order_has_holds_the_later_one_back(opens: Opens) -> None:
    harbour = opens()
    harbour.pasar.awbs = ["AWB-SAME", "AWB-SAME"]
    first, second = harbour.sold(TEE=1), harbour.sold(CAP=1)
    held = harbour.outbound(second)

    harbour.pasar.recall(harbour.order(second)["ref"])
    harbour.hears()

    assert waits(held) == ["awb_in_use"]
    assert harbour.order(first)["number"] in held["waits"][0]["reason"]
    assert harbour.outbound(second)["push_status"] == "pushed"
    assert (fits(harbour, first), fits(harbour, second)) == (True, True)


@pytest.mark.row("B-11")
def test_an_awb_is_the_first_ones_though_it_be_the_later_order(opens: Opens) -> None:
    harbour = opens()
    harbour.pasar.arranging = None
    early = harbour.sold(TEE=1)
    harbour.pasar.arranging = timedelta(0)
    harbour.pasar.awbs = ["AWB-SAME", "AWB-SAME"]
    first = harbour.sold(CAP=1)

    harbour.pasar.find_couriers()
    harbour.passes(HOUR)
    held = harbour.outbound(early)

    assert (held["push_status"], waits(held)) == ("not_pushed", ["awb_in_use"])
    assert harbour.order(first)["number"] in held["waits"][0]["reason"]
    assert [document.wish.awb for document in harbour.fastock.outbounds().values()] == ["AWB-SAME"]
    assert fits(harbour, first)


@pytest.mark.row("B-11")
def test_what_waits_for_an_awb_goes_by_itself_once_the_other_order_has_another(opens: Opens) -> None:
    harbour = opens()
    harbour.pasar.awbs = ["AWB-SAME", "AWB-SAME"]
    first, second = harbour.sold(TEE=1), harbour.sold(CAP=1)
    held = harbour.outbound(second)

    harbour.pasar.recall(harbour.order(first)["ref"])
    harbour.hears()
    harbour.passes(HOUR)

    assert waits(held) == ["awb_in_use"]
    assert harbour.outbound(second)["push_status"] == "pushed"
    assert (fits(harbour, first), fits(harbour, second)) == (True, True)


def recalls(market: PasarMySandbox, ref: str) -> None:
    market.recall(ref)


def moves_house(market: PasarMySandbox, ref: str) -> None:
    market.move_house(ref, street="7, Jalan Melati")


@pytest.mark.row("B-10")
@pytest.mark.row("B-11")
@pytest.mark.parametrize("change", [recalls, moves_house])
def test_papers_that_change_after_the_push_leave_no_parcel_with_the_old_ones(
    harbour: Harbour, change: Callable[[PasarMySandbox, str], None]
) -> None:
    order = harbour.sold(TEE=2)
    first = harbour.outbound(order)

    change(harbour.pasar, harbour.order(order)["ref"])
    harbour.hears()
    harbour.passes(HOUR)

    second = harbour.outbound(order)
    assert harbour.there(first).status == "CANCELED"
    assert (second["id"] != first["id"], second["code"] != first["code"]) == (True, True)
    assert (second["push_status"], second["awb"] != first["awb"]) == ("pushed", True)
    assert fits(harbour, order)
    assert (harbour.stock("TEE"), harbour.is_balanced()) == ((20, 2, 18), True)
    assert all(fits_itself(harbour, one.wish.awb, one.wish.label) for one in harbour.fastock.outbounds().values())


@pytest.mark.row("B-10")
def test_a_parcel_whose_label_is_void_is_stopped_before_there_is_another(opens: Opens) -> None:
    harbour = opens()
    order = harbour.sold(TEE=1)
    first, good = harbour.outbound(order), harbour.pasar.draw

    harbour.pasar.draw = broken
    harbour.pasar.recall(harbour.order(order)["ref"])
    harbour.hears()
    harbour.passes(HOUR)
    stopped, held = harbour.there(first).status, harbour.outbound(order)
    harbour.pasar.draw = good
    harbour.pasar.redraw(harbour.order(order)["ref"])
    harbour.call("POST", f"/outbounds/{held['id']}/push")
    harbour.works()

    assert (stopped, held["push_status"], waits(held)) == ("CANCELED", "not_pushed", ["no_label"])
    assert harbour.outbound(order)["push_status"] == "pushed"
    assert fits(harbour, order)
    assert (harbour.stock("TEE"), harbour.is_balanced()) == ((20, 1, 19), True)


def fits_itself(harbour: Harbour, awb: str, label: str) -> bool:
    """Whether this AWB is the one that stands on that label."""
    drawn = {digest(each.label): each.awb for order in harbour.pasar.orders() for each in order.parcels.values()}
    return drawn[label] == awb


@pytest.mark.row("B-10")
def test_who_moves_before_the_push_gets_one_parcel_to_where_he_lives(opens: Opens) -> None:
    harbour = opens()
    harbour.pasar.arranging = None
    order = harbour.sold(TEE=1)

    harbour.pasar.move_house(harbour.order(order)["ref"], street="7, Jalan Melati")
    harbour.pasar.find_couriers()
    harbour.hears()
    harbour.passes(HOUR)

    (document,) = harbour.fastock.outbounds().values()
    assert "7, Jalan Melati" in document.wish.recipient
    assert fits(harbour, order)
