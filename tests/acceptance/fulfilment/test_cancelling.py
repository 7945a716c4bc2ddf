"""Rows F-59, F-60, F-68 to F-72 and B-12 to B-14: what becomes of a cancelled order whose goods lie at Fastock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.fulfilment.conftest import Opens
from tests.acceptance.fulfilment.harbour import Harbour
from tests.slices.orders.till import list_at
from tests.world import Json

LATER = timedelta(minutes=10)  # longer than the hub waits before it asks again what is unsure


def foreseen(harbour: Harbour, order: str) -> Json:
    """What cancelling an order would come to at Fastock, which has, or had, one outbound of it."""
    (found,) = harbour.call("GET", f"/orders/{order}/cancellation")["items"]
    return dict(found)


def calls_off(harbour: Harbour, order: str, *, status: int = 200) -> Json:
    """A person cancels what is on its way, and the work is done."""
    found = harbour.call("POST", f"/orders/{order}/cancellation", {"reason": "wrong gift"}, status=status)
    harbour.works()
    return found


def buyer_cancels(harbour: Harbour, *orders: str) -> None:
    """At the market, of which the hub hears."""
    for order in orders:
        harbour.pasar.cancel(harbour.order(order)["ref"])
    harbour.hears()


def last(harbour: Harbour, order: str) -> Json:
    """The outbound of an order that nobody issued anew."""
    (found,) = harbour.outbounds(order)
    return found


def asked_to_stop(harbour: Harbour) -> int:
    """How often Fastock was asked to stop anything."""
    return sum(seen.method.endswith("cancel") for seen in harbour.fastock.seen)


def picked(harbour: Harbour, order: str) -> str:
    """The parcel of an order is on somebody's trolley; gives its code."""
    code = str(harbour.outbound(order)["code"])
    harbour.fastock.move(code, "PICK")
    return code


@pytest.mark.row("F-60")
@pytest.mark.row("F-68")
@pytest.mark.row("F-70")
@pytest.mark.row("F-71")
def test_a_buyer_who_cancels_before_it_left_has_it_stopped_by_the_hub_itself(harbour: Harbour) -> None:
    harbour.pasar.arranging = None
    held = harbour.sold(TEE=1)
    harbour.pasar.arranging = timedelta(0)
    early, late = harbour.sold(TEE=2), harbour.sold(CAP=3)
    picked(harbour, late)
    harbour.refreshed(harbour.outbound(late))
    seen = [foreseen(harbour, order) for order in (held, early, late)]
    codes = [last(harbour, order)["code"] for order in (held, early, late)]

    buyer_cancels(harbour, held, early, late)

    assert [(each["verdict"], each["push_status"]) for each in seen] == [
        ("here", "not_pushed"), ("asks", "pushed"), ("asks", "pushed"),
    ]  # fmt: skip
    assert (seen[2]["word"], "takes cancellations until the outbound is complete" in seen[2]["words"]) == (
        "picking", True,
    )  # fmt: skip
    void, *stopped = [last(harbour, order) for order in (held, early, late)]
    assert (void["push_status"], void["state"], codes[0] in harbour.fastock.outbounds()) == ("void", "create", False)
    assert {(each["state"], each["cancel"]) for each in stopped} == {("invalid", "cancelled")}
    assert {harbour.fastock.outbounds()[code].status for code in codes[1:]} == {"CANCELED"}
    assert asked_to_stop(harbour) == 2
    assert (harbour.stock("TEE"), harbour.stock("CAP"), harbour.shown("TEE")) == ((20, 0, 20), (20, 0, 20), 20)
    assert harbour.is_balanced()


@pytest.mark.row("F-60")
@pytest.mark.row("F-69")
def test_a_buyer_who_cancels_what_is_complete_is_not_told_to_fastock_and_the_merchant_is_told_whom_to_call(
    harbour: Harbour,
) -> None:
    order, sent = harbour.sold(TEE=2), harbour.sold(CAP=1)
    for each in (order, sent):
        harbour.fastock.ship(harbour.outbound(each)["code"])
    harbour.pasar.cancel(harbour.order(order)["ref"])
    done = harbour.refreshed(harbour.outbound(order))
    harbour.hears()

    refused = calls_off(harbour, sent, status=409)
    seen, after = foreseen(harbour, order), calls_off(harbour, order)

    assert (done["state"], harbour.order(order)["state"], asked_to_stop(harbour)) == ("complete", "cancelled", 0)
    assert (seen["verdict"], "be careful, stock may end up different" in seen["words"]) == ("too_late", True)
    assert seen["remedy"].startswith(f"call Fastock MY about {done['code']}")
    assert (after["verdict"], [each["verdict"] for each in after["items"]]) == ("ended", ["too_late"])
    assert "cancelled_late" in harbour.flags(order)
    assert (refused["code"], "call Fastock MY" in refused["detail"]) == ("cancel_too_late", True)
    assert (harbour.stock("TEE"), harbour.stock("CAP")) == ((18, 0, 18), (19, 0, 19))
    assert harbour.is_balanced()


@pytest.mark.row("B-12")
@pytest.mark.row("F-59")
@pytest.mark.row("F-60")
def test_fastock_accepts_no_cancellation_of_what_it_has_sent(harbour: Harbour) -> None:
    order = harbour.sold(TEE=2)
    harbour.fastock.ship(harbour.outbound(order)["code"])  # nobody has told the hub
    seen = foreseen(harbour, order)

    asked = calls_off(harbour, order)

    one = last(harbour, order)
    assert (seen["verdict"], asked["items"][0]["verdict"]) == ("asks", "asked")
    assert (one["state"], one["cancel"]) == ("complete", "too_late")
    assert "already-complete" in one["cancel_reason"]
    assert foreseen(harbour, order)["verdict"] == "too_late"
    assert (harbour.stock("TEE"), harbour.order(order)["state"]) == ((18, 0, 18), "shipped")
    assert harbour.is_balanced()


@pytest.mark.row("B-12")
@pytest.mark.row("B-13")
@pytest.mark.row("F-72")
def test_a_cancel_that_failed_says_why_and_keeps_its_stock_until_the_goods_are_back(harbour: Harbour) -> None:
    order = harbour.sold(TEE=2)
    harbour.fastock.limit_cancels("before_pick")
    code = picked(harbour, order)

    buyer_cancels(harbour, order)
    failed, seen, held, shown = (
        last(harbour, order),
        foreseen(harbour, order),
        harbour.stock("TEE"),
        harbour.shown("TEE"),
    )
    (task,) = [each for each in harbour.order(order)["flags"] if each["code"] == "outbound_not_stopped"]
    harbour.passes(LATER)
    harbour.fastock.ship(code)
    harbour.hears()
    gone = harbour.stock("TEE")
    harbour.receives(TEE=2)

    assert (failed["cancel"], "PICK; call us" in failed["cancel_reason"]) == ("refused", True)
    assert seen["words"].startswith("Fastock MY has refused to stop it")
    assert seen["remedy"].startswith(f"call Fastock MY about {code}")
    assert "PICK; call us" in task["reason"]
    assert task["remedy"].startswith("call the warehouse: have the parcel intercepted or expect it back")
    assert (held, shown, gone) == ((20, 2, 18), 18, (18, 0, 18))
    assert (last(harbour, order)["state"], asked_to_stop(harbour)) == ("complete", 1)
    assert "outbound_not_stopped" in harbour.flags(order)
    assert (harbour.stock("TEE"), harbour.is_balanced()) == ((20, 0, 20), True)


@pytest.mark.row("B-12")
def test_an_answer_that_comes_later_is_waited_for_and_never_assumed(harbour: Harbour) -> None:
    harbour.fastock.answer_cancels_later()
    done, refused, left = orders = [harbour.sold(TEE=1) for _ in range(3)]
    codes = [picked(harbour, order) for order in orders]
    buyer_cancels(harbour, *orders)
    harbour.passes(LATER)
    waiting = [last(harbour, order)["cancel"] for order in orders], harbour.stock("TEE")

    harbour.fastock.decide_cancel(codes[0], done=True)
    harbour.fastock.decide_cancel(codes[1], done=False)
    harbour.fastock.ship(codes[2])
    harbour.passes(LATER)

    assert waiting == (["pending"] * 3, (20, 3, 17))
    assert [(last(harbour, order)["cancel"], last(harbour, order)["state"]) for order in orders] == [
        ("cancelled", "invalid"), ("refused", "pending"), ("too_late", "complete"),
    ]  # fmt: skip
    assert "outbound_not_stopped" not in harbour.flags(done)
    assert {"outbound_not_stopped"} <= harbour.flags(refused).keys() & harbour.flags(left).keys()
    assert (asked_to_stop(harbour), harbour.stock("TEE"), harbour.is_balanced()) == (3, (19, 1, 18), True)


@pytest.mark.row("B-12")
def test_a_cancel_without_an_answer_is_found_out_and_not_asked_for_again(harbour: Harbour) -> None:
    order = harbour.sold(TEE=2)
    harbour.fastock.faults.lose_answers = 1

    buyer_cancels(harbour, order)
    harbour.passes(LATER)

    one = last(harbour, order)
    assert (one["cancel"], one["state"], asked_to_stop(harbour)) == ("cancelled", "invalid", 1)
    assert (harbour.stock("TEE"), harbour.is_balanced()) == ((20, 0, 20), True)


@pytest.mark.row("B-12")
def test_a_cancel_that_may_never_have_arrived_is_asked_for_again_and_never_assumed(harbour: Harbour) -> None:
    order = harbour.sold(TEE=2)
    harbour.fastock.faults.server_errors = 1_000

    buyer_cancels(harbour, order)
    unsure, held = last(harbour, order), harbour.stock("TEE")
    harbour.fastock.faults.server_errors = 0
    harbour.passes(LATER)

    assert (unsure["cancel"], unsure["state"], held) == ("unknown", "pending", (20, 2, 18))
    assert (last(harbour, order)["cancel"], last(harbour, order)["state"]) == ("cancelled", "invalid")
    assert (harbour.stock("TEE"), harbour.is_balanced()) == ((20, 0, 20), True)


@pytest.mark.row("B-14")
def test_a_parcel_that_leaves_although_fastock_had_stopped_it_has_left(harbour: Harbour) -> None:
    order = harbour.sold(TEE=2)
    code = picked(harbour, order)
    buyer_cancels(harbour, order)
    stopped = last(harbour, order)

    harbour.fastock.ship(code)
    harbour.hears()
    harbour.fastock.repeat_confirm()
    harbour.hears()

    assert (stopped["state"], stopped["cancel"]) == ("invalid", "cancelled")
    assert last(harbour, order)["state"] == "complete"
    assert "outbound_crossed" in harbour.flags(order)
    assert [each["kind"] for each in harbour.merchant.all("/events?limit=200")].count("outbound.crossed") == 1
    assert (harbour.stock("TEE"), harbour.shown("TEE"), harbour.is_balanced()) == ((18, 0, 18), 18, True)


@pytest.mark.row("F-60")
def test_people_stop_what_is_on_its_way_once_and_hold_to_what_they_saw(opens: Opens) -> None:
    harbour = opens()
    order = harbour.sold(TEE=2)
    path, hub = f"/v1/merchants/{harbour.merchant.id}/orders/{order}/cancellation", harbour.merchant.hub
    seen = hub.api.get(path)
    picked(harbour, order)
    harbour.refreshed(harbour.outbound(order))

    stale = hub.api.post(path, json={}, headers={"If-Match": seen.headers["etag"]})
    asked = [hub.api.post(path, json={}, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    harbour.works()
    again = calls_off(harbour, order)
    held = harbour.stock("TEE")
    buyer_cancels(harbour, order)

    assert (seen.json()["verdict"], "cancelled at Pasar MY" in seen.json()["words"]) == ("channel", True)
    assert (stale.status_code, asked[0].status_code, asked[1].content) == (412, 200, asked[0].content)
    assert [each["verdict"] for each in again["items"]] == ["ended"]
    assert (asked_to_stop(harbour), held, harbour.stock("TEE")) == (1, (20, 2, 18), (20, 0, 20))


@pytest.mark.row("F-60")
@pytest.mark.row("F-68")
def test_a_manual_order_that_fastock_never_gets_is_cancelled_here_with_what_was_made_for_it(opens: Opens) -> None:
    harbour = opens()
    merchant = harbour.merchant
    harbour.call("PUT", "/plugins/pos", {"enabled": True})
    shop = {"plugin": "pos", "settings": {"store_name": "Kedai", "country": "MY"}, "preconditions_confirmed": True}
    till = str(harbour.call("POST", "/accounts", shop, status=201)["account"]["id"])
    list_at(merchant.hub.runtime.database, merchant.id, till, "TEE")
    wish = {"account_id": till, "source": "Instagram", "recipient": {"name": "Siti"}, "lines": [
        {"product_id": harbour.products["TEE"], "quantity": 2}
    ]}  # fmt: skip
    order = str(harbour.call("POST", "/orders", wish, status=201)["id"])
    harbour.works()
    before, held = harbour.call("GET", f"/orders/{order}/cancellation"), harbour.stock("TEE")

    done, again = calls_off(harbour, order), calls_off(harbour, order)

    assert (before["verdict"], [each["verdict"] for each in before["items"]], held) == ("here", ["here"], (20, 2, 18))
    assert [(each["order_state"], each["verdict"]) for each in (done, again)] == [("cancelled", "ended")] * 2
    assert (last(harbour, order)["push_status"], harbour.fastock.outbounds()) == ("void", {})
    assert (harbour.stock("TEE"), harbour.is_balanced()) == ((20, 0, 20), True)
