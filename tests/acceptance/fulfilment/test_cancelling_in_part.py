"""Rows B-15 and F-56: an order of which less is wanted, or none, since it was pushed to Fastock."""

from __future__ import annotations

import pytest
from hub_hookspecs.testing import serve

from tests.acceptance.fulfilment.conftest import Opens
from tests.acceptance.fulfilment.harbour import Harbour, a_market, a_warehouse
from tests.world import Hub


@pytest.mark.row("B-15")
def test_a_line_that_is_cancelled_has_the_rest_sent_by_another_outbound(harbour: Harbour) -> None:
    order = harbour.sold(TEE=2, CAP=1)
    harbour.pasar.cancel_units(harbour.order(order)["ref"], harbour.listed["CAP"], 1)

    harbour.hears()

    first, second = harbour.outbounds(order)
    assert (first["state"], first["cancel_cause"], first["current"]) == ("invalid", "change", False)
    assert (second["push_status"], second["current"], second["code"] != first["code"]) == ("pushed", True, True)
    assert [(line.code, line.quantity) for line in harbour.there(second).wish.lines] == [("TEE", 2)]
    assert (harbour.stock("TEE"), harbour.stock("CAP")) == ((20, 2, 18), (20, 0, 20))
    harbour.fastock.ship(second["code"])
    harbour.hears()
    assert (harbour.stock("TEE"), harbour.outbound(order)["state"]) == ((18, 0, 18), "complete")
    assert harbour.is_balanced()


@pytest.mark.row("B-15")
def test_a_warehouse_that_stops_nothing_is_not_asked_and_sends_what_it_has(hub: Hub) -> None:
    merchant, pasar, fastock = hub.merchant("Kedai Ayu", "pasar_my", "firm"), a_market(), a_warehouse()
    with serve(pasar), serve(fastock):
        harbour = Harbour.of(merchant, pasar, fastock, plugin="firm")
        fastock.drop_confirms()  # its people were told another address
        order = harbour.sold(TEE=2, CAP=1)
        pasar.cancel_units(harbour.order(order)["ref"], harbour.listed["CAP"], 1)
        harbour.hears()

        (one,) = harbour.outbounds(order)
        (seen,) = harbour.call("GET", f"/orders/{order}/cancellation")["items"]
        refused = harbour.call("POST", f"/orders/{order}/cancellation", {}, status=409)
        waits, held = harbour.flags(order), harbour.stock("CAP")
        fastock.ship(one["code"])
        harbour.refreshed(one)

        assert (one["cancel"], one["cancel_cause"], one["cancel_reason"]) == (
            "refused", "change", "what it has taken it sends",
        )  # fmt: skip
        assert "what it has taken it sends" in waits["outbound_not_stopped"]
        assert (seen["verdict"], refused["code"]) == ("cannot", "cancel_cannot")
        assert "takes no cancellations: what it has taken it sends; call Fastock MY" in refused["detail"]
        assert not any(request.method.endswith("cancel") for request in fastock.seen)
        assert (held, harbour.stock("CAP"), harbour.stock("TEE")) == ((20, 1, 19), (19, 0, 19), (18, 0, 18))
        assert harbour.is_balanced()


@pytest.mark.row("F-56")
def test_an_order_that_was_sent_from_elsewhere_is_not_sent_by_fastock(opens: Opens) -> None:
    harbour = opens()
    pushed = harbour.sold(TEE=2)
    harbour.pasar.arranging = None
    held = harbour.sold(CAP=3)

    for order in (pushed, held):
        harbour.pasar.ship(harbour.order(order)["ref"])
    harbour.hears()

    (void,) = harbour.outbounds(held)
    one = harbour.outbound(pushed)
    assert (void["push_status"], void["current"], void["code"] in harbour.fastock.outbounds()) == ("void", False, False)
    assert (one["state"], harbour.order(pushed)["state"]) == ("pending", "shipped")
    assert harbour.stock("CAP") == (20, 0, 20)
    harbour.call("POST", f"/orders/{pushed}/cancellation", {"reason": "sent from the shop"})
    harbour.works()
    assert (harbour.outbounds(pushed)[0]["state"], harbour.stock("TEE")) == ("invalid", (20, 0, 20))
    assert harbour.is_balanced()
