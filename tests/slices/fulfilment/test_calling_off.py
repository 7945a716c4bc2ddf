"""Whole orders are called off: what that would come to is shown first, outbound by outbound, and then done at once."""

from __future__ import annotations

import pytest
from hub_hookspecs import CancelOutcome, OrderState, UnknownOutcome
from litestar import Litestar
from litestar.testing import TestClient

from hub.channels.service import closing
from hub.kernel.events import CLI
from hub.stock.rules.levels import Standing
from tests.slices.fulfilment.wharf import LOST, Wharf
from tests.slices.orders.till import Json

CANCELLED = OrderState.CANCELLED
ABSENT = "01900000-0000-7000-8000-000000000000"


def foreseen(client: TestClient[Litestar], order: str) -> Json:
    answer = client.get(f"/orders/{order}/cancellation")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def calls_off(client: TestClient[Litestar], order: str, *, status: int = 200, seen: str = "") -> Json:
    headers = {"If-Match": seen} if seen else {}
    answer = client.post(f"/orders/{order}/cancellation", json={"reason": "wrong gift"}, headers=headers)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def loses(wharf: Wharf, when: str) -> None:
    """The next answer of the granary, `before` it has done anything or `after` it."""

    def lose() -> None:
        setattr(wharf.granary, when, lambda: None)
        raise UnknownOutcome("no answer came")

    setattr(wharf.granary, when, lose)


def heals(wharf: Wharf) -> None:
    for _ in range(3):
        wharf.passes(LOST)
        wharf.works()


def test_an_order_of_a_channel_is_stopped_here_and_cancelled_there(wharf: Wharf, client: TestClient[Litestar]) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    before = foreseen(client, order)

    asked = calls_off(client, order)
    again = calls_off(client, order)
    wharf.works()
    stopped, held = foreseen(client, order), wharf.stock()
    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()
    after = foreseen(client, order)

    assert (before["verdict"], before["order_state"], before["items"][0]["verdict"]) == ("channel", "ready", "asks")
    assert before["words"].startswith("the order itself is cancelled at Depot, of which the hub hears")
    assert [each["items"][0]["verdict"] for each in (asked, again)] == ["asked", "asked"]
    assert (stopped["items"][0]["verdict"], stopped["items"][0]["cancel"], held) == (
        "ended", "cancelled", Standing(100, 2, 0),
    )  # fmt: skip
    assert wharf.granary.asked_to_stop == [(before["items"][0]["code"], "wrong gift")]
    assert (after["verdict"], after["items"], wharf.stock()) == ("ended", [], Standing(100, 0, 0))


def test_what_the_granary_has_not_is_taken_back_at_once(wharf: Wharf, client: TestClient[Litestar]) -> None:
    wharf.stall.has_awb = False
    order = wharf.tells("1", 2)
    wharf.works()

    (one,) = calls_off(client, order)["items"]
    wharf.tells("1", 2, awb="AWB-1")
    wharf.works()

    assert (one["push_status"], one["verdict"], wharf.granary.told) == ("void", "ended", [])


def test_who_saw_something_else_is_asked_to_look_again(wharf: Wharf, client: TestClient[Litestar]) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    seen = client.get(f"/orders/{order}/cancellation").headers["etag"]
    wharf.document(order).word = "picking"
    wharf.looks()

    calls_off(client, order, status=412, seen=seen)
    none = list(wharf.granary.asked_to_stop)
    calls_off(client, order, seen=client.get(f"/orders/{order}/cancellation").headers["etag"])
    wharf.works()

    assert (none, len(wharf.granary.asked_to_stop)) == ([], 1)


def test_what_has_left_is_refused_with_whom_to_call(wharf: Wharf, client: TestClient[Litestar]) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.granary.ships(wharf.outbound(order).code)
    wharf.looks()

    (one,) = foreseen(client, order)["items"]
    problem = calls_off(client, order, status=409)

    assert (one["verdict"], problem["code"]) == ("too_late", "cancel_too_late")
    assert one["remedy"].startswith(f"call Granary about {one['code']}")
    assert f"{one['code']} cannot be stopped" in problem["detail"]
    assert wharf.granary.asked_to_stop == []


def test_a_refusal_is_shown_with_its_reason_and_may_be_asked_for_again(
    wharf: Wharf, client: TestClient[Litestar]
) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.granary.says = CancelOutcome.REFUSED
    calls_off(client, order)
    wharf.works()
    (refused,) = foreseen(client, order)["items"]

    wharf.granary.says = CancelOutcome.CANCELLED
    calls_off(client, order)
    wharf.works()
    (stopped,) = foreseen(client, order)["items"]

    assert (refused["verdict"], refused["cancel"], refused["cancel_reason"]) == ("asks", "refused", "picked already")
    assert refused["words"].startswith("Granary has refused to stop it (picked already): call Granary")
    assert refused["remedy"].startswith("call Granary")
    assert (stopped["cancel"], stopped["remedy"]) == ("cancelled", "")


def test_what_a_warehouse_of_others_has_not_is_cancelled_at_its_channel(
    wharf: Wharf, client: TestClient[Litestar]
) -> None:
    order = wharf.tells("1", 0)
    wharf.works()

    assert foreseen(client, order)["items"] == []
    assert calls_off(client, order, status=409)["code"] == "not_manual"
    assert client.get(f"/orders/{ABSENT}/cancellation").status_code == 404
    assert client.post(f"/orders/{ABSENT}/cancellation", json={}).status_code == 404


@pytest.mark.parametrize("one_by_one", [False, True])
def test_what_may_never_have_arrived_is_taken_back_once_that_is_known(
    wharf: Wharf, client: TestClient[Litestar], one_by_one: bool
) -> None:
    loses(wharf, "before")
    order = wharf.tells("1", 2)
    wharf.works()
    path = f"/outbounds/{wharf.outbound(order).id}" if one_by_one else f"/orders/{order}"

    (before,) = foreseen(client, order)["items"]
    answers = [client.post(f"{path}/cancellation", json={"reason": "wrong gift"}) for _ in range(2)]
    heals(wharf)

    one = wharf.outbound(order)
    assert (before["verdict"], [each.status_code for each in answers]) == ("awaits", [200, 200])
    assert (one.push_status, one.cancel, one.cancel_reason) == ("void", "", "wrong gift")
    assert (len(wharf.granary.told), wharf.granary.asked_to_stop) == (1, [])
    assert "outbound_stopped" in wharf.counter.waits("1")
    assert wharf.unfinished() == []


def test_what_did_arrive_is_stopped_once_that_is_known(wharf: Wharf, client: TestClient[Litestar]) -> None:
    loses(wharf, "after")
    order = wharf.tells("1", 2)
    wharf.works()

    calls_off(client, order)
    early = list(wharf.granary.asked_to_stop)
    heals(wharf)

    one = wharf.outbound(order)
    assert (early, one.state, one.cancel, one.push_status) == ([], "invalid", "cancelled", "pushed")
    assert wharf.granary.asked_to_stop == [(one.code, "wrong gift")]


def test_what_was_called_off_in_doubt_and_then_cancelled_is_free(wharf: Wharf, client: TestClient[Litestar]) -> None:
    loses(wharf, "before")
    order = wharf.tells("1", 2)
    wharf.works()

    calls_off(client, order)
    wharf.tells("1", 2, state=CANCELLED)
    heals(wharf)

    (one,) = wharf.outbounds(order)
    assert (one.push_status, one.cancel, one.current) == ("void", "", False)
    assert (wharf.stock(), wharf.granary.asked_to_stop, len(wharf.granary.told)) == (Standing(100, 0, 0), [], 1)


def test_an_order_that_no_channel_tells_of_is_cancelled_here_with_all_that_is_on_its_way(
    wharf: Wharf, client: TestClient[Litestar]
) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    with wharf.database.writing() as db:
        closing.close(wharf.channels, db, wharf.goods.merchant, wharf.accounts["north"], actor=CLI, abandons=1)

    before = foreseen(client, order)
    now = calls_off(client, order)
    again = calls_off(client, order)
    wharf.works()

    assert before["verdict"] == "here"
    assert [(each["order_state"], each["verdict"]) for each in (now, again)] == [("cancelled", "ended")] * 2
    assert now["items"][0]["verdict"] == "asked"
    assert (wharf.outbounds(order)[0].cancel, wharf.stock()) == ("cancelled", Standing(100, 0, 0))
    assert len(wharf.granary.asked_to_stop) == 1


@pytest.mark.parametrize("refuses", ["", "no such SKU"])
def test_what_is_called_off_while_the_granary_is_being_asked_is_stopped_or_taken_back_by_its_answer(
    wharf: Wharf, client: TestClient[Litestar], refuses: str
) -> None:
    order = wharf.tells("1", 2)
    seen: list[Json] = []

    def call_off() -> None:
        if not seen:
            seen.append(calls_off(client, order))

    wharf.granary.before, wharf.granary.refuses = call_off, refuses
    wharf.works()

    one = wharf.outbound(order)
    assert seen[0]["items"][0]["verdict"] == "awaits"
    if refuses:
        assert (one.push_status, one.cancel, wharf.granary.asked_to_stop) == ("void", "", [])
    else:
        assert (one.state, one.cancel, len(wharf.granary.asked_to_stop)) == ("invalid", "cancelled", 1)
    assert "outbound_stopped" in wharf.counter.waits("1")
    assert wharf.unfinished() == []
