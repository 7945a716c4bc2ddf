"""Goods are announced to a warehouse of others, and what comes of them is booked once, whatever was planned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hub_hookspecs import DocumentState, Temporary, UnknownOutcome

from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.rules.inbounds import Difference, Line
from hub.fulfilment.service import announcing
from hub.kernel.db import Database
from hub.kernel.errors import Invalid, Refused
from hub.kernel.events import CLI
from hub.merchants.rules import Feature
from hub.stock.rules.levels import Standing
from tests.slices.fulfilment.quay import Quay, a_quay, costs


@pytest.fixture
def quay(database: Database) -> Iterator[Quay]:
    with a_quay(database) as quay:
        yield quay


def test_an_inbound_is_told_with_quantity_and_cost_and_moves_nothing(quay: Quay) -> None:
    made = quay.announces(quay.line("TEE", 10), quay.line("CAP", 3, costs("0")))
    before = (made.push_status, made.state)
    quay.works()

    now = quay.inbound(made)
    (told,) = quay.cellar.heard
    assert before == (PushStatus.NOT_PUSHED, State.CREATE)
    assert (now.push_status, now.state, now.ref) == (PushStatus.PUSHED, State.PENDING, f"C-{made.code}")
    assert (told.key, told.place_ref, len(made.code) <= 50) == (made.code, "KL1", True)
    assert [(line.sku, line.quantity, str(line.unit_cost.amount)) for line in told.lines if line.unit_cost] == [
        ("TEE", 10, "12.50"), ("CAP", 3, "0"),
    ]  # fmt: skip
    assert [line.item_ref for line in told.lines] == [quay.silo.ids["KL1", sku] for sku in ("TEE", "CAP")]
    assert quay.stock() is None


def test_every_line_that_cannot_be_is_named_with_its_cure_and_nothing_is_issued(quay: Quay) -> None:
    quay.goods.sells("SET", TEE=2)
    wrong = (
        quay.line("TEE", None), Line("CAP", None, 5, None), quay.line("MUG"), quay.line("NONE"), quay.line("SET"),
        quay.line("CAP", 0), Line(None, None, 1, costs()),
    )  # fmt: skip

    with pytest.raises(Invalid) as refused:
        quay.announces(*wrong)
    quay.works()

    said = {error.field: error.message for error in refused.value.errors}
    assert said == {
        "lines[0].quantity": "say how many of TEE are on their way",
        "lines[1].unit_cost": "say what one unit of CAP cost: this warehouse wants to know",
        "lines[2].sku": "MUG was never added to this warehouse: add it to KL1 CONS first",
        "lines[3].sku": "'NONE' is no product of this merchant; list the products to find it",
        "lines[4].sku": "SET is a bundle, which has no stock of its own: name its components",
        "lines[5].sku": "CAP stands in line 1 too: add the quantities up",
        "lines[5].quantity": "is 0; give 1 to 2147483647 base units of CAP",
        "lines[6].sku": "name the product either by its SKU or by its id",
    }
    assert quay.cellar.heard == []


def test_a_cost_may_be_left_out_where_the_warehouse_does_not_want_it(database: Database) -> None:
    with a_quay(database, needs_cost=False) as quay:
        made = quay.known(Line("TEE", None, 4, None))

        assert made.push_status is PushStatus.PUSHED
        assert quay.cellar.heard[0].lines[0].unit_cost is None


def test_a_product_whose_push_failed_is_refused_with_the_reason(quay: Quay) -> None:
    quay.silo.before = lambda product: (_ for _ in ()).throw(Temporary("they are at lunch"))
    quay.places("MUG")
    quay.works()

    with pytest.raises(Invalid) as refused:
        quay.announces(quay.line("MUG"))

    assert "MUG is not pushed to this warehouse yet (not pushed: they are at lunch)" in refused.value.errors[0].message


def test_without_the_plan_nothing_is_announced(quay: Quay) -> None:
    quay.plans(Feature.MASTER_PRODUCT)

    with pytest.raises(Refused, match="plan"):
        quay.announces()


def test_goods_for_a_new_product_wait_until_the_warehouse_knows_it(quay: Quay) -> None:
    quay.places("MUG")
    made = quay.announces(quay.line("MUG", 6), awaits=True)
    waiting = quay.inbound(made)
    quay.works()

    now = quay.inbound(made)
    assert (waiting.push_status, waiting.reason) == (PushStatus.NOT_PUSHED, "waits until the warehouse knows MUG")
    assert (now.push_status, now.reason) == (PushStatus.PUSHED, "")
    assert quay.cellar.heard[0].lines[0].item_ref == quay.silo.ids["KL1", "MUG"]


def test_parts_add_up_and_the_same_total_again_adds_nothing(quay: Quay) -> None:
    one = quay.known()
    seen: list[tuple[Standing | None, State]] = []
    for good in (4, 4, 9, 10):
        quay.cellar.receives(one.code, TEE=good, closed=good == 10)
        state = quay.looks(one).state
        seen.append((quay.stock(), state))

    part, whole = State.PART_COMPLETE, State.COMPLETE
    assert seen == [((4, 0, 0), part), ((4, 0, 0), part), ((9, 0, 0), part), ((10, 0, 0), whole)]
    assert quay.goods.moved("TEE") == [("receipt", 4), ("receipt", 5), ("receipt", 1)]
    assert quay.differs(one) == {}


def test_damaged_goods_are_there_and_held_with_their_reason(quay: Quay) -> None:
    one = quay.known()
    quay.cellar.receives(one.code, TEE=8, damaged=2, note="torn", closed=True)
    now = quay.looks(one)

    line = quay.lines(one)["TEE"]
    assert (now.state, quay.stock()) == (State.COMPLETE, Standing(10, 0, 2))
    assert (line.good, line.damaged, line.note) == (8, 2, "torn")


def test_fewer_than_planned_and_no_more_to_come_is_a_shortage(quay: Quay) -> None:
    one = quay.known()
    quay.cellar.receives(one.code, TEE=7, closed=True)
    now = quay.looks(one)
    found = quay.differs(one)
    quay.cellar.receives(one.code, TEE=10, closed=True)  # they found the rest
    later = quay.looks(one)

    assert (now.state, now.closed_at is not None) == (State.PART_COMPLETE, True)
    assert found == {("TEE", Difference.SHORT): (10, 7, 0)}
    assert (later.state, quay.stock()) == (State.COMPLETE, Standing(10, 0, 0))
    assert (quay.differs(one), quay.differs(one, ended=True)) == ({}, {("TEE", Difference.SHORT): (10, 7, 0)})


def test_more_than_planned_is_booked_as_it_came_and_told(quay: Quay) -> None:
    one = quay.known()
    quay.cellar.receives(one.code, TEE=12, closed=True)
    now = quay.looks(one)

    assert (now.state, quay.stock()) == (State.COMPLETE, Standing(12, 0, 0))
    assert quay.differs(one) == {("TEE", Difference.OVER): (10, 12, 0)}


def test_what_nobody_announced_is_kept_for_people_and_not_booked(quay: Quay) -> None:
    one = quay.known()
    quay.cellar.receives(one.code, TEE=10, CAP=2, GHOST=1, closed=True)
    now = quay.looks(one)

    assert now.state is State.COMPLETE
    assert (quay.stock("TEE"), quay.stock("CAP")) == (Standing(10, 0, 0), None)
    assert quay.differs(one) == {
        ("CAP", Difference.UNPLANNED): (0, 2, 0), ("GHOST", Difference.UNPLANNED): (0, 1, 0),
    }  # fmt: skip


def test_a_total_that_falls_takes_nothing_away_and_is_told(quay: Quay) -> None:
    one = quay.known()
    quay.cellar.receives(one.code, TEE=9)
    quay.looks(one)
    quay.cellar.receives(one.code, TEE=7, damaged=2, closed=True)  # two of the nine are damaged, as they see now
    now = quay.looks(one)

    assert (now.state, quay.stock()) == (State.PART_COMPLETE, Standing(9, 0, 0))
    assert quay.differs(one) == {
        ("TEE", Difference.FALLEN): (10, 7, 2), ("TEE", Difference.SHORT): (10, 9, 0),
    }  # fmt: skip


def test_an_older_reading_changes_nothing(quay: Quay) -> None:
    one, now = quay.known(), quay.database.clock.now()
    quay.document(one).at = now
    quay.cellar.receives(one.code, TEE=10, closed=True)
    quay.looks(one)
    quay.document(one).at = now - timedelta(hours=1)
    quay.cellar.receives(one.code, TEE=3)
    later = quay.looks(one)

    assert (later.state, later.word, quay.stock()) == (State.COMPLETE, "received", Standing(10, 0, 0))
    assert quay.differs(one) == {}


def test_an_inbound_that_ended_never_begins_again(quay: Quay) -> None:
    one = quay.known()
    quay.document(one).state, quay.document(one).problem = DocumentState.INVALID, "the pallet is too tall"
    refused = quay.looks(one)
    quay.document(one).state, quay.document(one).problem = DocumentState.PENDING, ""
    later = quay.looks(one)

    assert (refused.push_status, refused.state) == (PushStatus.FAILED, State.INVALID)
    assert (refused.reason, later.state) == ("the pallet is too tall", State.INVALID)


def test_goods_leave_the_warehouse_that_they_come_from_as_far_as_they_lie_free_there(quay: Quay) -> None:
    quay.goods.adjusts("TEE", 6)
    one = quay.known(source="main")
    quay.cellar.receives(one.code, TEE=4)
    quay.looks(one)
    first = quay.stock(at="main")
    quay.cellar.receives(one.code, TEE=10, closed=True)
    quay.looks(one)
    short = quay.differs(one)
    quay.goods.adjusts("TEE", 9)  # they are found
    quay.looks(one)

    assert first == Standing(2, 0, 0)
    assert short == {("TEE", Difference.SOURCE): (10, 4, 0)}
    assert (quay.stock(at="main"), quay.stock()) == (Standing(5, 0, 0), Standing(10, 0, 0))
    assert quay.differs(one) == {}


def test_what_the_warehouse_refuses_says_why_and_is_pushed_again_by_a_person(quay: Quay) -> None:
    quay.cellar.refuses = "the gate is closed"
    made = quay.announces()
    quay.works()
    failed = quay.inbound(made)
    quay.cellar.refuses = ""
    with quay.database.writing() as db:
        again = announcing.push_again(db, announcing.find(db, quay.goods.merchant, made.id, for_change=True), actor=CLI)
    quay.works()

    now = quay.inbound(made)
    assert (failed.push_status, failed.reason) == (PushStatus.FAILED, "the gate is closed")
    assert (again.push_status, now.push_status) == (PushStatus.NOT_PUSHED, PushStatus.PUSHED)
    assert {told.key for told in quay.cellar.heard} == {made.code}


def test_what_was_not_pushed_is_taken_back_and_never_told(quay: Quay) -> None:
    made = quay.announces()
    with quay.database.writing() as db:
        back = announcing.take_back(db, made, reason="ordered twice", actor=CLI)
    quay.works()

    assert back is not None
    assert quay.inbound(made).push_status is PushStatus.VOID
    assert quay.cellar.heard == []


def test_an_answer_that_was_lost_is_read_back_and_nothing_is_told_twice(quay: Quay) -> None:
    quay.cellar.after_in = lambda: (_ for _ in ()).throw(UnknownOutcome("no answer"))
    made = quay.announces()
    quay.works()
    doubtful = quay.inbound(made)
    quay.cellar.after_in = lambda: None
    quay.later()

    now = quay.inbound(made)
    assert (doubtful.push_status, doubtful.reason) == (PushStatus.UNKNOWN, "no answer")
    assert (now.push_status, now.state, now.ref) == (PushStatus.PUSHED, State.PENDING, f"C-{made.code}")
    assert len(quay.cellar.heard) == 1


def test_what_never_arrived_is_told_again_only_once_it_could_not_be_hidden(quay: Quay) -> None:
    quay.cellar.before_in = lambda: (_ for _ in ()).throw(UnknownOutcome("no answer"))
    made = quay.announces()
    quay.works()
    quay.cellar.before_in = lambda: None
    quay.passes(timedelta(seconds=60))
    quay.works()
    early = (len(quay.cellar.heard), quay.inbound(made).push_status)
    quay.later()

    assert early == (1, PushStatus.UNKNOWN)
    assert (len(quay.cellar.heard), quay.inbound(made).push_status) == (2, PushStatus.PUSHED)


def test_trouble_that_passes_leaves_it_not_pushed_until_it_is(quay: Quay) -> None:
    quay.cellar.before_in = lambda: (_ for _ in ()).throw(Temporary("busy"))
    made = quay.announces()
    quay.works()
    waiting = quay.inbound(made)
    quay.cellar.before_in = lambda: None
    quay.later()

    assert (waiting.push_status, waiting.reason) == (PushStatus.NOT_PUSHED, "busy")
    assert quay.inbound(made).push_status is PushStatus.PUSHED
