"""Whoever moves several levels in one transaction has them all in one order: nobody waits for another crosswise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from hub_hookspecs import Capability, OrderLine
from msgspec.structs import replace

from hub.fulfilment.service import calling_off
from hub.fulfilment.service.stopping import READ_TASKS
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.orders.service import away, manual
from hub.orders.tables import sales_order
from hub.stock.rules.levels import Standing
from tests.plugins.granary import OFFERED, Granary
from tests.slices.fulfilment.test_syncs import knows
from tests.slices.fulfilment.wharf import Wharf, a_wharf
from tests.slices.fulfilment.yard import SARI
from tests.slices.orders.counter import line


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    """Shirts and caps lie in the granary."""
    with a_wharf(database, Granary(offers=OFFERED | {Capability.SYNC_STOCK})) as wharf:
        wharf.lists("north", CAP=1)
        wharf.confirms("north", "CAP")
        knows(wharf, TEE=None, CAP=100)
        wharf.works()
        yield wharf


def sells(wharf: Wharf, ref: str, *lines: OrderLine) -> str:
    """The depot tells of an order; gives its id."""
    wharf.counter.tells(replace(wharf.counter.order(ref, *lines), recipient=SARI))
    return wharf.counter.has(ref).order.id


@contextmanager
def others_come(monkeypatch: pytest.MonkeyPatch, step: str, others: Callable[[], None]) -> Iterator[None]:
    """Before this step of what fulfilment says to orders others begin, and have done by the end."""
    goes_on, reached, came = getattr(away, step), threading.Event(), threading.Event()

    def slow(*given: Any, **named: Any) -> Any:  # Any: whatever it is asked
        reached.set()
        came.wait(1)  # as long as the others take to have the first of their levels, were it free
        return goes_on(*given, **named)

    def come() -> None:
        reached.wait(20)
        others()
        came.set()

    monkeypatch.setattr(away, step, slow)
    thread = threading.Thread(target=come)
    thread.start()
    yield
    thread.join(20)
    assert came.is_set()


def test_an_order_comes_in_while_the_rest_of_another_has_left(wharf: Wharf, monkeypatch: pytest.MonkeyPatch) -> None:
    order = sells(wharf, "1", line("TEE", 4), line("CAP", 4))
    wharf.works()
    code = wharf.outbound(order).code
    wharf.granary.ships(code, TEE=4)
    wharf.looks(order)
    wharf.granary.ships(code, CAP=4)
    wharf.asks_to_look(order)

    def buys() -> None:
        sells(wharf, "2", line("TEE", 3), line("CAP", 3))

    with others_come(monkeypatch, "finish", buys):
        wharf.tries(READ_TASKS)

    assert [each.error for each in wharf.jobs() if each.error] == []
    assert wharf.standing(order) == {"TEE": "shipped", "CAP": "shipped"}
    assert wharf.stock() == Standing(96, 3, 0)


def test_an_order_comes_in_while_one_made_by_hand_is_called_off(wharf: Wharf, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it holds on the own shelf is let go of first, and then what lies in the granary."""
    wharf.lists("north", MUG=50)
    wharf.confirms("north", "MUG")
    wharf.goods.adjusts("TEE", 1)
    wharf.maps("north", "", "main", "G1", shared=True)
    wharf.stall.has_awb = False
    wharf.works()
    order = sells(wharf, "1", line("TEE", 4), line("MUG", 4))
    wharf.works()
    lay = wharf.stock().reserved, wharf.goods.standing("MUG")
    with wharf.database.writing() as db:
        db.execute(sa.update(sales_order).values(source="instagram"))

    def buys() -> None:
        sells(wharf, "2", line("TEE", 3), line("MUG", 3))

    with others_come(monkeypatch, "release", buys), wharf.database.writing() as db:
        stored = manual.find(db, wharf.goods.merchant, order, for_change=True)
        found = calling_off.foresee(db, wharf.channels, stored, actor=CLI)
        calling_off.call_off(db, wharf.channels, found, why="", actor=CLI)

    assert lay == (4, Standing(50, 4, 0))
    assert (wharf.stock().reserved, wharf.goods.standing("MUG")) == (3, Standing(50, 3, 0))
