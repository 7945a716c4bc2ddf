"""A buyer asks to cancel: a person agrees or refuses, and the channel is told once that nothing is sent any more."""

from __future__ import annotations

import pytest
from hub_hookspecs import (
    ActionRequired,
    CancelOutcome,
    DocumentState,
    OrderState,
    RateLimited,
    Rejected,
    Temporary,
)
from litestar import Litestar
from litestar.testing import TestClient

from hub.fulfilment.rules.answering import Heard, heard
from hub.fulfilment.service import answering, calling_off, wishes
from hub.fulfilment.service.wishes import ANSWER_CANCELLATION
from hub.fulfilment.store.answers import Wanted
from hub.kernel import jobs
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.orders.rules.flags import Code
from hub.orders.service import manual
from hub.stock.rules.levels import Standing
from tests.slices.dropping import LOST
from tests.slices.fulfilment.quarter import ASKED, CANCELLED, READY, Quarter, foreseen, loses, says
from tests.slices.fulfilment.wharf import Wharf
from tests.slices.fulfilment.yard import LATER

FREE, HELD = Standing(100, 0, 0), Standing(100, 2, 0)


def test_agreeing_stops_the_outbound_first_and_frees_the_stock_by_the_channels_word(
    quarter: Quarter, asking: TestClient[Litestar]
) -> None:
    order = quarter.wished()
    seen = foreseen(asking, order)
    asked = quarter.counter.waits("1")

    said = says(asking, order, True, "of course")
    early, again = list(quarter.shop.answered), says(asking, order, True, "of course")
    quarter.works()

    assert (seen["answer"], seen["wish"]["lacks"], "cancel_requested" in asked) == (None, "", True)
    assert (said["answer"]["state"], said["items"][0]["verdict"], early) == ("due", "asked", [])
    assert again["answer"]["id"] == said["answer"]["id"]
    assert quarter.granary.asked_to_stop == [(said["items"][0]["code"], "of course")]
    assert quarter.shop.answered == [("1", True, "of course")]
    assert (quarter.states(order), quarter.stock()) == (("cancelled", "given"), FREE)
    assert (quarter.counter.waits("1"), foreseen(asking, order)["wish"]) == ({}, None)
    assert quarter.noted(order) == ["order.cancel_answered", "order.cancel_answer_given"]
    assert says(asking, order, True, "of course", status=200)["answer"]["state"] == "given"
    assert quarter.unfinished() == []


def test_refusing_keeps_the_order_which_then_goes_on(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.tells("1", 2, state=ASKED)
    quarter.works()
    held_back = quarter.outbound(order)

    reasonless = says(asking, order, False, " ", status=422)
    says(asking, order, False, "it is on its way")
    quarter.works()

    assert ([each.code for each in held_back.waits_for], reasonless["code"]) == (["cancel_requested"], "reason_missing")
    assert [each["field"] for each in reasonless["errors"]] == ["reason"]
    assert quarter.shop.answered == [("1", False, "it is on its way")]
    assert (quarter.states(order), quarter.stock()) == (("ready", "given"), HELD)
    assert (quarter.outbound(order).push_status, quarter.granary.asked_to_stop) == ("pushed", [])
    assert quarter.counter.waits("1") == {}


def test_nothing_is_agreed_to_until_the_granary_has_said_that_it_stopped(
    quarter: Quarter, asking: TestClient[Litestar]
) -> None:
    order = quarter.wished()
    quarter.granary.says = CancelOutcome.PENDING
    says(asking, order, True)
    quarter.works()
    quarter.passes(LATER)
    quarter.works()
    waiting = foreseen(asking, order)["answer"], list(quarter.shop.answered), quarter.stock()

    document = quarter.document(order)
    document.state, document.cancel = DocumentState.INVALID, CancelOutcome.CANCELLED
    quarter.looks()

    assert (waiting[0]["state"], waiting[1], waiting[2]) == ("waiting", [], HELD)
    assert "has been asked and has not answered" in waiting[0]["words"]
    assert (quarter.states(order), quarter.stock()) == (("cancelled", "given"), FREE)


def test_what_the_granary_refuses_to_stop_is_not_agreed_to_and_can_be_refused(
    quarter: Quarter, asking: TestClient[Litestar]
) -> None:
    order = quarter.wished()
    quarter.granary.says = CancelOutcome.REFUSED
    says(asking, order, True)
    quarter.works()
    late, flagged = foreseen(asking, order)["answer"], quarter.counter.waits("1")

    says(asking, order, False, "it is packed already")
    quarter.works()

    assert (late["state"], "call Granary" in late["words"]) == ("too_late", True)
    assert flagged["cancel_not_answered"].startswith("agreeing to cancel it has not come about: OB")
    assert quarter.shop.answered == [("1", False, "it is packed already")]
    assert (quarter.states(order), quarter.stock()) == (("ready", "given"), HELD)
    assert "cancel_not_answered" not in quarter.counter.waits("1")
    assert quarter.noted(order)[1] == "order.cancel_answer_too_late"


def test_what_has_left_is_agreed_to_only_by_who_says_so(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()
    quarter.granary.ships(quarter.outbound(order).code)
    quarter.looks()
    quarter.tells("1", 2, state=ASKED)

    refused = says(asking, order, True, status=409)
    says(asking, order, True, "keep it", goods_left=True)
    quarter.works()

    assert (refused["code"], refused["errors"][0]["field"]) == ("cancel_too_late", "goods_left")
    assert "call Granary" in refused["detail"]
    assert quarter.shop.answered == [("1", True, "keep it")]
    assert (quarter.states(order), quarter.stock()) == (("cancelled", "given"), Standing(98, 0, 0))
    assert "cancelled_late" in quarter.counter.waits("1")


def test_a_wish_that_is_withdrawn_meanwhile_is_not_answered(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order, other = quarter.wished("1"), quarter.wished("2")
    quarter.granary.says = CancelOutcome.PENDING
    says(asking, order, True)
    quarter.works()
    quarter.tells("1", 2)
    quarter.works()
    says(asking, other, False, "too late")
    quarter.shop.becomes("2", CANCELLED)  # of which the hub has not heard
    quarter.works()

    assert quarter.states(order) == ("ready", "moot")
    assert quarter.shop.answered == [("2", False, "too late")]
    assert quarter.states(other) == ("cancelled", "moot")
    assert foreseen(asking, other)["answer"]["words"] == "its channel has cancelled it all the same"
    assert says(asking, order, True, "now", status=409)["code"] == "cancel_not_requested"


@pytest.mark.parametrize("accept", [True, False])
def test_an_answer_that_arrived_unheard_is_found_by_reading_the_order(
    quarter: Quarter, asking: TestClient[Litestar], accept: bool
) -> None:
    order = quarter.wished()
    quarter.shop.after_wish = loses()
    says(asking, order, accept, "well")
    quarter.works()
    unsure = quarter.states(order), foreseen(asking, order)["answer"]["words"]
    again = says(asking, order, not accept, "no", status=409)

    quarter.heals()

    assert unsure == (("cancel_requested", "unknown"), "no answer came")
    assert again["code"] == "answer_being_given"
    assert quarter.shop.answered == [("1", accept, "well")]
    assert quarter.states(order) == ("cancelled" if accept else "ready", "given")


def test_an_answer_that_never_arrived_is_given_again(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()
    quarter.shop.before_wish = loses()
    says(asking, order, True, "well")
    quarter.works()

    quarter.heals()

    assert quarter.shop.answered == [("1", True, "well")] * 2
    assert (quarter.states(order), quarter.stock()) == (("cancelled", "given"), FREE)


def test_a_channel_that_cannot_be_read_is_told_the_same_again(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()
    quarter.shop.after_wish, quarter.shop.cannot_read = loses(), _refuses
    says(asking, order, True, "well")
    quarter.works()
    quarter.heals()

    assert quarter.shop.answered == [("1", True, "well")] * 2
    assert quarter.states(order)[1] == "given"


def _refuses() -> None:
    raise Rejected("no such endpoint")


def test_a_no_of_the_channel_is_shown_and_a_person_answers_anew(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()

    def refuse() -> None:
        raise Rejected("this reason is not accepted", code="reason")

    quarter.shop.before_wish = refuse
    says(asking, order, False, "hm")
    quarter.works()
    refused, flagged = foreseen(asking, order)["answer"], quarter.counter.waits("1")
    quarter.shop.before_wish = lambda: None
    says(asking, order, False, "hm")
    quarter.works()

    assert (refused["state"], refused["words"]) == ("refused", "this reason is not accepted")
    assert {"cancel_requested", "cancel_not_answered"} <= flagged.keys()
    assert (quarter.states(order), quarter.counter.waits("1")) == (("ready", "given"), {})


@pytest.mark.parametrize("error", [Temporary, RateLimited, ActionRequired])
def test_a_channel_that_is_away_is_told_later(
    quarter: Quarter, asking: TestClient[Litestar], error: type[Exception]
) -> None:
    order = quarter.wished()

    def refuse() -> None:
        quarter.shop.before_wish = lambda: None
        raise error("not now")

    quarter.shop.before_wish = refuse
    says(asking, order, False, "on its way")
    quarter.works()
    waiting = quarter.states(order)[1]
    if error is ActionRequired:
        quarter.resumes("north")
    quarter.heals()

    assert (waiting, quarter.states(order)) == ("due", ("ready", "given"))
    assert len(quarter.shop.answered) == 2


def test_until_the_channel_is_told_a_person_may_think_again(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()
    seen = asking.get(f"/orders/{order}/cancellation").headers["etag"]
    first = says(asking, order, True, "well")

    stale = says(asking, order, False, "no", status=412, seen=seen)
    second = says(asking, order, False, "we have packed it")
    quarter.works()

    assert stale["code"] == "changed_since"
    assert first["answer"]["id"] == second["answer"]["id"]
    assert quarter.shop.answered == [("1", False, "we have packed it")]


def test_a_buyer_who_asks_again_is_answered_again(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()
    says(asking, order, False, "no")
    quarter.works()
    quarter.passes(LOST)
    quarter.tells("1", 2, state=ASKED)

    says(asking, order, False, "no")
    quarter.works()

    assert quarter.shop.answered == [("1", False, "no")] * 2
    assert quarter.states(order) == ("ready", "given")


def test_where_nobody_asks_there_is_nothing_to_answer(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.tells("1", 2)

    assert says(asking, order, True, status=409)["code"] == "cancel_not_requested"
    assert asking.post("/orders/x/cancellation/answer", json={"accept": True}).status_code == 404


def test_where_the_channel_cannot_be_told_it_is_refused_with_the_cure(
    quarter: Quarter, asking: TestClient[Litestar]
) -> None:
    order = quarter.wished()
    quarter.switches("north", enabled=False)

    refused = says(asking, order, True, status=409)

    assert (refused["code"], refused["errors"][0]["field"]) == ("not_supported", "accept")
    assert "answer its buyer there" in refused["errors"][0]["message"]
    assert foreseen(asking, order)["wish"]["lacks"].startswith("north is disabled")
    assert quarter.granary.asked_to_stop == []


def test_a_channel_that_takes_no_answers_says_why(wharf: Wharf) -> None:
    order = wharf.tells("1", 2, state=ASKED)

    with wharf.database.writing() as db:
        stored = manual.find(db, wharf.goods.merchant, order, for_change=True)
        found = calling_off.foresee(db, wharf.channels, stored, actor=CLI)
        with pytest.raises(Refused, match="the depot only sends"):
            answering.answer(db, wharf.channels, found, Wanted(False, "no"), actor=CLI)


def test_an_answer_whose_job_was_cancelled_is_given_by_itself(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()
    says(asking, order, False, "no")
    with quarter.database.writing() as db:
        jobs.cancel(db, quarter.last(ANSWER_CANCELLATION.name).id)
    quarter.works()
    before = quarter.states(order)[1]

    quarter.heals()

    assert (before, quarter.states(order)) == ("due", ("ready", "given"))


def test_of_a_closed_account_nobody_is_told(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()
    says(asking, order, False, "no")
    with quarter.database.writing() as db:
        wishes.let_go(db, quarter.accounts["north"])  # as the hub does before it closes one
    quarter.works()

    assert (quarter.states(order)[1], quarter.shop.answered) == ("refused", [])


@pytest.mark.parametrize(
    ("told", "agreed", "refused"),
    [
        pytest.param(None, Heard.OPEN, Heard.OPEN, id="cannot be read"),
        pytest.param(ASKED, Heard.OPEN, Heard.OPEN, id="still asks"),
        pytest.param(CANCELLED, Heard.TAKEN, Heard.MOOT, id="cancelled"),
        pytest.param(READY, Heard.MOOT, Heard.TAKEN, id="asks no more"),
        pytest.param(OrderState.SHIPPED, Heard.MOOT, Heard.TAKEN, id="shipped"),
        pytest.param(OrderState.UNKNOWN, Heard.MOOT, Heard.MOOT, id="a word that nobody knows"),
    ],
)
def test_what_the_channel_says_of_an_order_tells_what_became_of_the_answer(
    told: OrderState | None, agreed: Heard, refused: Heard
) -> None:
    assert (heard(told, accept=True), heard(told, accept=False)) == (agreed, refused)


def test_an_order_whose_buyer_waits_is_found_by_its_flag(quarter: Quarter, asking: TestClient[Litestar]) -> None:
    order = quarter.wished()

    found = asking.get(f"/orders?flag={Code.CANCEL_REQUESTED}").json()["items"]

    assert [each["id"] for each in found] == [order]
    (flag,) = [each for each in found[0]["flags"] if each["code"] == "cancel_requested"]
    assert (flag["clears"], flag["since"]) == ("answer", foreseen(asking, order)["wish"]["since"])
