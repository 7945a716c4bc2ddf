"""Whoever dies at whichever statement of sending an order: it leaves once, is told once, and has one label."""

from __future__ import annotations

import pytest
from hub_hookspecs import OrderState, UnknownOutcome

from hub.fulfilment.rules.parcels import Confirmation
from hub.fulfilment.service.confirming import CONFIRM_SHIPMENT
from hub.fulfilment.service.labelling import CREATE_LABEL
from hub.kernel import jobs
from hub.kernel.jobs import Runner
from hub.stock.rules.levels import Standing
from tests.dying import Life, dying_at
from tests.slices.dropping import LOST, works_twice
from tests.slices.fulfilment.yard import LATER, Yard

LONGEST_LIFE = 60  # statements; none of these takes as many


def heals(yard: Yard) -> None:
    """Another process takes up what the dead one held."""
    yard.passes(LOST)
    jobs.sweep(yard.database)
    yard.works()
    yard.passes(LATER)
    yard.works()


def test_an_order_leaves_whole_or_not_at_all(yard: Yard) -> None:
    for statements in range(LONGEST_LIFE):
        order = yard.sells(f"{statements}", 1)
        before = yard.goods.standing("TEE")
        with dying_at(yard.database, statements) as life:
            yard.ships(order)
        stored, now = yard.order(order).order, yard.goods.standing("TEE")
        left = stored.state is OrderState.SHIPPED
        assert before is not None
        assert now == (Standing(before.on_hand - 1, 0, 0) if left else before)
        yard.ships(order)
        if not life.over:
            break
    yard.works()

    assert (left, life.over) == (True, False)
    assert yard.goods.standing("TEE") == Standing(100 - statements - 1, 0, 0)
    assert sorted(each.order_ref for each in yard.depot.heard) == sorted(map(str, range(statements + 1)))


def test_a_channel_takes_a_parcel_once_wherever_the_worker_dies(yard: Yard) -> None:
    for statements in range(LONGEST_LIFE):
        order = yard.sells(f"{statements}", 1)
        yard.ships(order, awb=f"JNE-{statements}")
        Runner(yard.work).run_lane("urgent")  # what tells stock is killed elsewhere
        with dying_at(yard.database, statements) as life:
            Runner(yard.work).run_lane(CONFIRM_SHIPMENT.lane)
        heals(yard)
        assert yard.parcel(order).confirmation is Confirmation.CONFIRMED
        assert [each.order_ref for each in yard.depot.parcels.values()].count(f"{statements}") == 1
        if not life.over:
            break

    assert not life.over
    assert yard.unfinished() == []


def test_a_label_is_made_once_wherever_the_worker_dies(yard: Yard) -> None:
    for statements in range(LONGEST_LIFE):
        order = yard.sells(f"{statements}", 1)
        yard.works()
        label = yard.asks(order).label
        with dying_at(yard.database, statements) as life:
            Runner(yard.work).run_lane(CREATE_LABEL.lane)
        heals(yard)
        assert yard.prints(order).content == yard.depot.labels[label.id]
        if not life.over:
            break

    assert not life.over
    assert len(yard.depot.labels) == statements + 1


def test_a_worker_that_was_asked_to_stop_or_lost_its_job_tells_the_channel_nothing(yard: Yard) -> None:
    runner, orders = Runner(yard.work), [yard.sells(ref) for ref in ("stopped", "lost")]
    yard.works()
    for order in orders:
        yard.ships(order)
    by_key = {job.key: job for job in iter(lambda: runner.claim(CONFIRM_SHIPMENT.lane), None)}
    stopped, lost = (by_key[yard.parcel(order).id] for order in orders)
    with yard.database.writing() as db:
        jobs.cancel(db, stopped.id)
    ended = runner.run(stopped)
    yard.passes(LOST)
    jobs.sweep(yard.database)
    fenced = runner.run(lost)

    assert (ended, fenced) == ("cancelled", None)
    assert yard.depot.heard == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_in_the_call_leaves_an_outcome_that_nobody_knows(yard: Yard, when: str) -> None:
    lives: list[Life] = []
    order = yard.sells("1", 1)
    yard.ships(order, awb="JNE-1")
    yard.asks(order)

    def die() -> None:
        if lives:
            lives.pop().end()
            raise UnknownOutcome("nobody hears this")

    setattr(yard.depot, when, die)
    for kind in (CREATE_LABEL, CONFIRM_SHIPMENT):
        with dying_at(yard.database, 10_000) as life:
            lives.append(life)
            Runner(yard.work).run_lane(kind.lane)
        assert life.over
        yard.passes(LOST)
        jobs.sweep(yard.database)
    yard.passes(LATER)
    yard.works()

    assert (len(yard.depot.parcels), len(yard.depot.labels)) == (1, 1)
    assert (len(yard.depot.heard), len(yard.depot.asked)) == (2, 2)
    assert yard.parcel(order).confirmation is Confirmation.CONFIRMED
    assert yard.prints(order).content
    assert yard.unfinished() == []


def test_each_job_whose_worker_dies_before_it_is_settled_is_done_once_more_and_nothing_twice(yard: Yard) -> None:
    order = yard.sells("1", 3)
    yard.asks(order)
    yard.ships(order, awb="JNE-1")

    kinds = works_twice(yard.work, yard.unfinished)

    assert kinds >= {"fulfilment.confirm_shipment", "fulfilment.create_label"}
    assert (len(yard.depot.heard), len(yard.depot.asked)) == (1, 1)
    assert {(job.state, job.error) for job in yard.jobs()} == {("done", None)}
