"""Outbounds: made for what orders hold at a 3PL, pushed once all papers are there, and booked as it tells of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_hookspecs import CancelOutcome, DocumentState, OrderState, Temporary
from msgspec.structs import replace

from hub.channels.tables import account
from hub.fulfilment.jobs import reading
from hub.fulfilment.rules.parcels import Confirmation
from hub.kernel.errors import Refused
from hub.orders.rules.flags import Code
from hub.stock.rules.levels import Standing
from tests.slices.fulfilment.wharf import Wharf
from tests.slices.fulfilment.yard import SARI
from tests.slices.orders.counter import line

CANCELLED = OrderState.CANCELLED


def test_an_order_is_pushed_with_its_label_and_awb(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)

    wharf.works()

    one = wharf.outbound(order)
    ((asked),) = wharf.granary.told
    (parcel,) = asked.parcels
    assert (one.push_status, one.state, one.ref, one.waits) == ("pushed", "pending", f"G-{one.code}", "[]")
    assert (asked.key, asked.place_ref, asked.order_number) == (one.code, "G1", "#1")
    assert [(each.sku, each.quantity) for each in parcel.lines] == [("TEE", 2)]
    assert (parcel.awb, parcel.courier, parcel.label is not None) == ("AWB-1-1", "Pos", True)
    assert parcel.label is not None
    assert parcel.label.content == wharf.prints(order).content
    assert wharf.stock() == Standing(100, 2, 0)
    assert wharf.counter.waits("1") == {}


def test_it_leaves_once_and_its_stock_and_parcel_with_it(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()

    wharf.granary.ships(wharf.outbound(order).code, TEE=1)
    wharf.looks()
    partly = wharf.stock(), wharf.outbound(order).state
    wharf.granary.ships(wharf.outbound(order).code)
    wharf.looks()
    wharf.looks()

    one, parcel = wharf.outbound(order), wharf.parcel(order)
    assert partly == (Standing(99, 1, 0), "part_complete")
    assert wharf.stock() == Standing(98, 0, 0)
    assert (one.state, one.next_look_at, wharf.lines(one)[0].shipped) == ("complete", None, 2)
    assert (parcel.left_at, parcel.confirmation) == (one.left_at, Confirmation.CONFIRMED)
    assert [each.awb for each in wharf.depot.parcels.values()] == ["AWB-1-1"]
    assert wharf.standing(order) == {"TEE": "shipped"}
    assert wharf.unfinished() == []


def test_what_lacks_papers_waits_and_goes_when_they_come(wharf: Wharf) -> None:
    wharf.stall.has_awb = False
    order = wharf.tells("1")
    wharf.works()
    waits = [each.code for each in wharf.outbound(order).waits_for]

    wharf.tells("1", awb="AWB-LATE")
    wharf.works()

    assert (waits, wharf.granary.told[0].parcels[0].awb) == (["no_awb"], "AWB-LATE")


def test_two_orders_never_go_by_one_awb(wharf: Wharf) -> None:
    wharf.stall.has_awb = False
    wharf.tells("1", awb="SAME")
    second = wharf.tells("2", awb="SAME")
    wharf.works()

    (wait,) = wharf.outbound(second).waits_for
    assert (len(wharf.granary.told), wait.code, "#1" in wait.reason) == (1, "awb_in_use", True)


@pytest.mark.parametrize("state", [OrderState.SHIPPED, OrderState.UNPAID, OrderState.CANCEL_REQUESTED, CANCELLED])
def test_only_an_order_that_is_ready_is_pushed(wharf: Wharf, state: OrderState) -> None:
    wharf.tells("1", state=state)

    wharf.works()

    assert wharf.granary.told == []


def test_an_order_cancelled_before_it_was_pushed_is_free_and_nobody_asks_the_granary(wharf: Wharf) -> None:
    wharf.stall.has_awb = False
    order = wharf.tells("1", 2)
    wharf.works()

    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()

    (one,) = wharf.outbounds(order)
    assert (one.push_status, one.current, wharf.stock()) == ("void", False, Standing(100, 0, 0))
    assert wharf.granary.asked_to_stop == []


def test_an_order_cancelled_after_it_was_pushed_is_stopped_by_itself(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()

    wharf.tells("1", 2, state=CANCELLED)
    held = wharf.stock()
    wharf.works()

    (one,) = wharf.outbounds(order)
    assert held == Standing(100, 2, 0)
    assert (one.state, one.cancel, wharf.stock()) == ("invalid", "cancelled", Standing(100, 0, 0))
    assert wharf.granary.asked_to_stop == [(one.code, "the order is cancelled")]
    assert wharf.counter.waits("1") == {}


@pytest.mark.parametrize("says", [CancelOutcome.REFUSED, CancelOutcome.TOO_LATE])
def test_a_granary_that_does_not_stop_it_keeps_its_stock_and_flags_the_order(wharf: Wharf, says: CancelOutcome) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.granary.says = says

    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()
    held = wharf.stock()
    wharf.granary.ships(wharf.outbound(order).code)
    wharf.looks()

    assert (held, wharf.stock()) == (Standing(100, 2, 0), Standing(98, 0, 0))
    assert "picked already" in wharf.counter.waits("1")["outbound_not_stopped"]
    assert len(wharf.granary.asked_to_stop) == 1


def test_an_answer_that_comes_later_is_waited_for(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.granary.says = CancelOutcome.PENDING
    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()
    pending = wharf.outbound(order).cancel, wharf.stock()

    document = wharf.document(order)
    document.state, document.cancel = DocumentState.INVALID, CancelOutcome.CANCELLED
    wharf.looks()

    assert pending == ("pending", Standing(100, 2, 0))
    assert (wharf.outbounds(order)[0].cancel, wharf.stock()) == ("cancelled", Standing(100, 0, 0))


def test_a_cancel_and_a_shipment_that_cross_end_as_shipped_with_an_alert(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()
    (stopped,) = wharf.outbounds(order)

    wharf.granary.ships(stopped.code)
    wharf.looks()

    (one,) = wharf.outbounds(order)
    assert (stopped.state, one.state) == ("invalid", "complete")
    assert wharf.stock() == Standing(98, 0, 0)
    assert "outbound_crossed" in wharf.counter.waits("1")
    wharf.has_seen(order, Code.OUTBOUND_CROSSED)
    wharf.looks()
    assert wharf.counter.waits("1").keys() & {"outbound_crossed"} == set()


def test_the_rest_of_what_is_cancelled_after_a_part_of_it_left_is_free(wharf: Wharf) -> None:
    order = wharf.tells("1", 10)
    wharf.works()
    wharf.granary.ships(wharf.outbound(order).code, TEE=4)
    wharf.looks()

    wharf.tells("1", 10, state=CANCELLED)
    held = wharf.stock()
    wharf.works()
    wharf.looks()

    (one,), parcel = wharf.outbounds(order), wharf.parcel(order)
    assert (held, wharf.stock()) == (Standing(96, 6, 0), Standing(96, 0, 0))
    assert (one.state, one.cancel, parcel.left_at) == ("part_invalid", "cancelled", one.left_at)
    assert wharf.standing(order) == {"TEE": "shipped"}
    assert "outbound_short" not in wharf.counter.waits("1")


def test_who_stops_the_rest_by_hand_is_told_that_it_is_not_sent(wharf: Wharf) -> None:
    order = wharf.tells("1", 10)
    wharf.works()
    wharf.granary.ships(wharf.outbound(order).code, TEE=4)
    wharf.looks()

    wharf.stops(order)
    wharf.works()

    assert (wharf.outbound(order).state, wharf.stock()) == ("part_invalid", Standing(96, 0, 0))
    assert "less than was asked for" in wharf.counter.waits("1")["outbound_short"]


@pytest.mark.row("F-70")
@pytest.mark.row("B-13")
def test_an_order_is_stopped_by_itself_though_a_person_was_refused_before(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.granary.says = CancelOutcome.REFUSED
    wharf.stops(order)
    wharf.works()
    refused = wharf.outbound(order).cancel

    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()
    wharf.looks()

    assert refused == "refused"
    assert [why for _, why in wharf.granary.asked_to_stop] == ["we were wrong", "the order is cancelled"]
    assert "picked already" in wharf.counter.waits("1")["outbound_not_stopped"]
    assert wharf.stock() == Standing(100, 2, 0)


@pytest.mark.row("F-70")
def test_an_order_is_stopped_by_itself_though_a_change_of_it_was_refused_before(wharf: Wharf) -> None:
    wharf.tells("1", 3)
    wharf.works()
    wharf.granary.says = CancelOutcome.REFUSED
    wharf.tells("1", 2)
    wharf.works()

    wharf.granary.says = CancelOutcome.CANCELLED
    wharf.tells("1", 2, state=CANCELLED)
    wharf.works()

    assert [why for _, why in wharf.granary.asked_to_stop] == ["the order has changed", "the order is cancelled"]
    assert (wharf.stock(), wharf.counter.waits("1")) == (Standing(100, 0, 0), {})


def test_fewer_of_it_before_it_left_is_stopped_and_sent_again_as_it_is_now(wharf: Wharf) -> None:
    order = wharf.tells("1", 3)
    wharf.works()

    wharf.tells("1", 2)
    wharf.works()

    first, second = wharf.outbounds(order)
    assert (first.state, first.cancel_cause, first.current) == ("invalid", "change", False)
    assert (second.push_status, second.current, wharf.lines(second)[0].quantity) == ("pushed", True, 2)
    assert first.code != second.code
    assert wharf.stock() == Standing(100, 2, 0)
    wharf.granary.ships(second.code)
    wharf.looks()
    assert wharf.stock() == Standing(98, 0, 0)


def test_an_awb_that_changes_after_the_push_is_never_left_with_the_old_label(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()

    wharf.tells("1", 2, awb="AWB-NEW", courier="Pos")
    wharf.works()

    first, second = wharf.outbounds(order)
    assert (first.state, first.current, second.push_status) == ("invalid", False, "pushed")
    assert [each.parcels[0].awb for each in wharf.granary.told] == ["AWB-1-1", "AWB-NEW"]
    sent = [each.parcels[0].label for each in wharf.granary.told]
    assert len({each.sha256 for each in sent if each}) == 2


def test_what_the_granary_does_not_take_waits_for_a_person_with_the_reason(wharf: Wharf) -> None:
    wharf.granary.refuses = "no such SKU"
    order = wharf.tells("1")

    wharf.works()

    one = wharf.outbound(order)
    assert (one.push_status, one.reason, one.state) == ("failed", "no such SKU", "create")
    assert "no such SKU" in wharf.counter.waits("1")["outbound_not_taken"]
    assert wharf.stock() == Standing(100, 1, 0)


def test_what_is_stopped_by_hand_keeps_its_stock_until_a_person_says_more(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()

    wharf.stops(order)
    wharf.works()

    one = wharf.outbound(order)
    assert (one.state, one.cancel_cause, wharf.stock()) == ("invalid", "hand", Standing(100, 2, 0))
    assert "outbound_stopped" in wharf.counter.waits("1")
    assert len(wharf.granary.told) == 1


def test_a_3pl_whose_plugin_is_gone_is_asked_no_more_and_the_order_says_why(wharf: Wharf) -> None:
    wharf.granary.before = lambda: (_ for _ in ()).throw(Temporary("busy"))
    order = wharf.tells("1")
    wharf.works()
    with wharf.database.writing() as db:
        mine = account.c.id == wharf.accounts["granary"]
        db.execute(sa.update(account).where(mine).values(plugin="nowhere"))
    wharf.passes(timedelta(hours=2))

    wharf.works()

    one = wharf.outbound(order)
    assert one.push_status == "failed"
    assert "no plugin 'nowhere' is installed" in one.reason
    assert one.reason in wharf.counter.waits("1")["outbound_not_taken"]
    assert len(wharf.granary.told) == 1


def test_a_document_that_the_plugin_breaks_on_keeps_no_other_back(
    wharf: Wharf, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = wharf.tells("1"), wharf.tells("2")
    wharf.works()
    tells, code = wharf.granary.tells, wharf.outbound(broken).code
    monkeypatch.setattr(reading, "AT_ONCE", 1)
    monkeypatch.setattr(
        wharf.granary, "tells", lambda task: {}[task.key] if task.key == code else tells(task)
    )  # fmt: skip
    wharf.granary.ships(code)
    wharf.granary.ships(wharf.outbound(sound).code)

    wharf.looks(broken)
    wharf.looks(sound)

    assert (wharf.outbound(broken).state, wharf.outbound(sound).state) == ("pending", "complete")
    assert wharf.stock() == Standing(99, 1, 0)


def test_what_was_stopped_is_free_once_its_order_was_sent_from_elsewhere(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.tells("1", 2, state=OrderState.SHIPPED, awb="OTHER")
    wharf.works()

    wharf.stops(order)
    wharf.works()

    (one,) = wharf.outbounds(order)
    assert (one.state, one.current, wharf.stock()) == ("invalid", False, Standing(100, 0, 0))
    assert "shipped_elsewhere" not in wharf.counter.waits("1")


def test_what_was_stopped_by_hand_is_free_when_its_order_is_sent_from_elsewhere_later(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.stops(order)
    wharf.works()
    held = wharf.stock()

    wharf.tells("1", 2, state=OrderState.SHIPPED, awb="OTHER")
    wharf.works()

    assert (held, wharf.stock()) == (Standing(100, 2, 0), Standing(100, 0, 0))


def test_an_order_that_left_in_two_parcels_is_said_to_have_left_again_and_told_of_no_third_number(wharf: Wharf) -> None:
    lines = [replace(line("TEE"), ref=ref, package_ref=ref) for ref in ("P1", "P2")]
    wharf.counter.tells(replace(wharf.counter.order("1", *lines), recipient=SARI))
    order = wharf.counter.has("1").order.id
    wharf.works()
    for one in wharf.outbounds(order):
        wharf.granary.ships(one.code)
    wharf.looks()
    left = wharf.order(order)

    again = wharf.ships(order)
    with pytest.raises(Refused) as refused:
        wharf.ships(order, courier="JNE", awb="X1")

    assert left.order.left_at is not None
    assert again == left
    assert refused.value.code == "several_parcels"
