"""Row B-23: whatever answer of Fastock's is lost, each order leaves once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.fulfilment.harbour import Harbour

SECONDS, LOST = timedelta(seconds=45), timedelta(minutes=10)  # shorter and longer than Fastock may hide what it has


def is_push(method: str) -> bool:
    return method in ("deliveryorder.create", "/outbound/v1/create")


@pytest.mark.row("B-23")
@pytest.mark.parametrize(
    ("fault", "is_stored"),
    [pytest.param("lose_answers", True, id="after it was stored"), pytest.param("server_errors", False, id="before")],
)
def test_an_answer_that_was_lost_makes_no_second_shipment(harbour: Harbour, fault: str, is_stored: bool) -> None:
    harbour.fastock.seen.clear()
    setattr(harbour.fastock.faults, fault, 1)
    order = harbour.sold(TEE=2)
    harbour.passes(SECONDS)  # the first pause of a job whose outcome is unknown
    first, stored = harbour.outbound(order), list(harbour.fastock.outbounds())

    harbour.passes(LOST)
    found = harbour.outbound(order)
    asked = [is_push(each.method) for each in harbour.fastock.seen]
    harbour.fastock.ship(found["code"])
    harbour.hears()

    assert (first["push_status"], stored) == (("pushed", [first["code"]]) if is_stored else ("unknown", []))
    assert asked[:2] == [True, False], "it is asked for before anything is sent again"
    assert asked.count(True) == (1 if is_stored else 2)
    assert (found["id"], found["code"], found["push_status"]) == (first["id"], first["code"], "pushed")
    assert list(harbour.fastock.outbounds()) == [found["code"]]
    assert (harbour.stock("TEE"), harbour.is_balanced()) == ((18, 0, 18), True)
