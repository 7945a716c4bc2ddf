"""Whoever dies while a channel is told what a person says to its buyer: it is told once."""

from __future__ import annotations

import os

import pytest
from hub_hookspecs import UnknownOutcome
from litestar import Litestar
from litestar.testing import TestClient

from hub.fulfilment.service.wishes import ANSWER_CANCELLATION
from hub.kernel.jobs import Runner
from hub.stock.rules.levels import Standing
from tests.dying import Life, dying_at
from tests.slices.dropping import works_twice
from tests.slices.fulfilment.quarter import CANCELLED, READY, Quarter, says

LONGEST_LIFE = 400  # statements; nothing here takes as many
# HUB_DYING_STRIDE=1 dies at each statement; the suite, which has to stay quick, at every so many.
STATEMENTS = range(0, LONGEST_LIFE, int(os.environ.get("HUB_DYING_STRIDE", "9")))


@pytest.mark.parametrize("accept", [True, False])
def test_the_channel_is_told_once_wherever_the_worker_dies(
    quarter: Quarter, asking: TestClient[Litestar], accept: bool
) -> None:
    quarter.receives(LONGEST_LIFE)
    for statements in STATEMENTS:
        ref = f"{statements}"
        order = quarter.wished(ref, 1)
        quarter.works()
        says(asking, order, accept, "well")
        with dying_at(quarter.database, statements) as life:
            for _ in range(3):
                Runner(quarter.work).run_lane(ANSWER_CANCELLATION.lane)
        quarter.heals()
        assert quarter.states(order) == ("cancelled" if accept else "ready", "given")
        assert quarter.shop.now[ref].state is (CANCELLED if accept else READY)
        assert quarter.noted(order) == ["order.cancel_answered", "order.cancel_answer_given"]
        if not life.over:
            break

    assert not life.over
    assert quarter.unfinished() == []
    sold = 0 if accept else statements // STATEMENTS.step + 1
    assert quarter.stock() == Standing(100 + LONGEST_LIFE, sold, 0)


@pytest.mark.parametrize("when", ["before_wish", "after_wish"])
def test_a_worker_that_dies_in_the_call_leaves_an_answer_that_is_read_back(
    quarter: Quarter, asking: TestClient[Litestar], when: str
) -> None:
    order = quarter.wished()
    says(asking, order, False, "no")
    lives: list[Life] = []

    def die() -> None:
        if lives:
            lives.pop().end()
            raise UnknownOutcome("nobody hears this")

    setattr(quarter.shop, when, die)
    with dying_at(quarter.database, 10_000) as life:
        lives.append(life)
        Runner(quarter.work).run_lane(ANSWER_CANCELLATION.lane)
    between = quarter.states(order)[1]
    quarter.heals()

    assert (life.over, between, quarter.states(order)) == (True, "asking", ("ready", "given"))
    assert len(quarter.shop.answered) == (2 if when == "before_wish" else 1)


def test_a_job_whose_worker_dies_before_it_is_settled_tells_nothing_twice(
    quarter: Quarter, asking: TestClient[Litestar]
) -> None:
    order = quarter.wished()
    says(asking, order, True, "well")

    kinds = works_twice(quarter.work, quarter.unfinished)

    assert ANSWER_CANCELLATION.name in kinds
    assert quarter.shop.answered == [("1", True, "well")]
    assert (quarter.states(order), quarter.stock()) == (("cancelled", "given"), Standing(100, 0, 0))
