"""Answers lost after Fastock stored what it was told, of every sort, over both its dialects: each is there once.

So many that the suite stays quick; HUB_UNKNOWN_OUTCOMES=1000 runs as many as the requirement names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from hub.fulfilment.rules.documents import PushStatus
from hub.kernel.db import Database
from hub.stock.rules.levels import Standing
from hub.stock.rules.placing import Status
from tests.slices.fulfilment.pier import Pier, a_pier
from tests.slices.fulfilment.test_unknown_outcomes import heals
from tests.slices.fulfilment.yard import LATER

COUNT = int(os.environ.get("HUB_UNKNOWN_OUTCOMES", "10"))


@pytest.fixture(params=["qimen", "json"])
def pier(request: pytest.FixtureRequest, database: Database) -> Iterator[Pier]:
    with a_pier(database, request.param, stock=COUNT + 100) as pier:
        yield pier


def test_products_whose_answers_were_lost_are_known_once_each(pier: Pier) -> None:
    """One after the other: what is unsure is asked for, after a while, before anything else is told."""
    skus = pier.makes(COUNT)
    before = pier.calls("products")
    pier.loses(COUNT)
    pier.places(*skus)
    pier.works()

    for _ in range(COUNT):
        pier.passes(LATER)
        pier.works()

    assert (pier.fastock.faults.lose_answers, pier.placed(*skus)) == (0, {Status.PUSHED: COUNT})
    assert all(pier.fastock.known("MYKL01", sku) for sku in skus)
    assert len(pier.fastock._warehouse.shelves.ids) == COUNT + 1
    assert pier.calls("products") == before + 2 * COUNT  # nobody can be asked for them, and the SKU is their key


def test_inbounds_whose_answers_were_lost_are_announced_once_each(pier: Pier) -> None:
    pier.loses(COUNT)
    made = [pier.announces(units=3) for _ in range(COUNT)]
    pier.works(ticks=2)

    heals(pier)

    known = [pier.inbound(each) for each in made]
    there = pier.fastock.inbounds()
    assert (pier.fastock.faults.lose_answers, {each.push_status for each in known}) == (0, {PushStatus.PUSHED})
    assert {each.code: each.ref for each in known} == {code: each.ref for code, each in there.items()}
    assert (len(there), pier.calls("inbounds")) == (COUNT, COUNT)


def test_outbounds_whose_answers_were_lost_are_sent_once_each(pier: Pier) -> None:
    pier.loses(COUNT)
    orders = pier.sold(COUNT)
    pier.works(ticks=3)

    heals(pier)

    known = [pier.outbound(order) for order in orders]
    there = pier.fastock.outbounds()
    assert (pier.fastock.faults.lose_answers, {each.push_status for each in known}) == (0, {"pushed"})
    assert {each.code: each.ref for each in known} == {code: each.ref for code, each in there.items()}
    assert len({each.wish.order_number for each in there.values()}) == COUNT
    assert (len(there), pier.calls("outbounds")) == (COUNT, COUNT)
    assert pier.stock() == Standing(COUNT + 100, COUNT, 0)

    for each in known:
        pier.fastock.ship(each.code)
    pier.looks()

    assert pier.stock() == Standing(100, 0, 0)
    assert pier.fastock.shelf("TEE").good == 100


def test_cancels_whose_answers_were_lost_stop_each_once(pier: Pier) -> None:
    orders = pier.sold(COUNT)
    pier.works()
    for code in pier.fastock.outbounds():
        pier.fastock.advance(code)
    pier.loses(COUNT)
    pier.takes_back(COUNT)
    pier.works(ticks=2)

    heals(pier)

    assert pier.fastock.faults.lose_answers == 0
    assert {one.cancel for order in orders for one in pier.outbounds(order)} == {"cancelled"}
    assert {each.status for each in pier.fastock.outbounds().values()} == {"CANCELED"}
    assert len(pier.fastock.outbounds()) == COUNT
    assert pier.stock() == Standing(COUNT + 100, 0, 0)
    assert (pier.fastock.shelf("TEE").good, pier.fastock.shelf("TEE").frozen) == (COUNT + 100, 0)
