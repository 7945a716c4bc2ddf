"""Whoever dies at whichever statement of telling a warehouse of a product: it knows it once, and the hub knows that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hub_hookspecs import Product, UnknownOutcome

from hub.kernel import jobs
from hub.kernel.db import Database
from hub.stock.rules.placing import Status
from tests.dying import Life, dying_at
from tests.slices.dropping import LOST, works_twice
from tests.slices.fulfilment.keeper import Keeper, a_keeper

LONGEST_LIFE = 60  # statements; telling of one product does not take as many


@pytest.fixture
def keeper(database: Database) -> Iterator[Keeper]:
    with a_keeper(database) as keeper:
        yield keeper


def heals(keeper: Keeper) -> None:
    """Another process takes up what the dead one held."""
    keeper.passes(LOST)
    jobs.sweep(keeper.database)
    keeper.works()
    keeper.later()


def test_a_product_is_known_wherever_the_worker_dies(keeper: Keeper) -> None:
    for statements in range(LONGEST_LIFE):
        sku = f"SKU-{statements}"
        keeper.goods.sells(sku)
        keeper.places(sku)
        with dying_at(keeper.database, statements) as life:
            keeper.tells()
        heals(keeper)
        found = keeper.placement(sku)
        assert (found.status, found.due) == (Status.PUSHED, False)
        assert found.ref == keeper.silo.ids["KL1", sku]
        assert keeper.calls().count(sku) == 1, "what had arrived is not told again, and what had not is told"
        if not life.over:
            break

    assert not life.over
    assert keeper.unfinished() == []


def test_placing_is_whole_or_not_at_all(keeper: Keeper) -> None:
    for statements in range(LONGEST_LIFE):
        sku = f"SKU-{statements}"
        keeper.goods.sells(sku)
        with dying_at(keeper.database, statements) as life:
            keeper.places(sku)
        keeper.works()
        assert (sku in keeper.named_at_silo()) is not life.over
        if not life.over:
            break

    assert not life.over


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_in_the_call_leaves_an_outcome_that_nobody_knows(keeper: Keeper, when: str) -> None:
    lives: list[Life] = []
    keeper.places("TEE")

    def die(product: Product) -> None:
        if lives:
            lives.pop().end()
            raise UnknownOutcome("nobody hears this")

    setattr(keeper.silo, when, die)
    with dying_at(keeper.database, 10_000) as life:
        lives.append(life)
        keeper.tells()
    assert life.over
    heals(keeper)
    keeper.later()

    assert keeper.placement("TEE").status is Status.PUSHED
    assert keeper.calls() == ["TEE"] * (2 if when == "before" else 1)
    assert len(keeper.silo.asked) >= 1
    assert keeper.unfinished() == []


def test_each_job_whose_worker_dies_before_it_is_settled_is_done_once_more_and_nothing_twice(keeper: Keeper) -> None:
    keeper.places("TEE", "CAP")
    keeper.changes("TEE", name="Kaos baru")

    kinds = works_twice(keeper.work, keeper.unfinished)

    assert kinds >= {"fulfilment.push_product", "fulfilment.replace_product"}
    assert sorted(keeper.calls()) == ["CAP", "TEE"]
    assert {(job.state, job.error) for job in keeper.jobs()} == {("done", None)}


def test_a_worker_that_lost_its_job_tells_the_warehouse_nothing(keeper: Keeper) -> None:
    runner = jobs.Runner(keeper.work)
    keeper.places("TEE")
    lost = runner.claim("default")
    assert lost is not None
    keeper.passes(LOST)
    jobs.sweep(keeper.database)

    fenced = runner.run(lost)

    assert (fenced, keeper.calls()) == (None, [])
    assert keeper.placement("TEE").due, "its step was rolled back with its claim"
