"""Two workers at once: one takes over what a warehouse says lies there, the other hears what left, or came, of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hub_hookspecs import Capability

from hub.fulfilment.jobs.syncing import Run
from hub.fulfilment.service import crossing
from hub.fulfilment.service import syncs as service
from hub.fulfilment.service.stopping import READ_TASKS
from hub.fulfilment.service.syncs import SYNC_STOCK
from hub.fulfilment.store import readings
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.jobs import Runner
from hub.orders.service import away
from hub.stock.rules.levels import Standing
from hub.stock.service import adopting
from tests.plugins.granary import OFFERED, Granary
from tests.slices.fulfilment.quay import Quay, a_quay
from tests.slices.fulfilment.test_crossing import balance
from tests.slices.fulfilment.test_syncs import asks, knows, outcomes, syncs_of
from tests.slices.fulfilment.wharf import Wharf, a_wharf

BEFORE = timedelta(minutes=10)  # the goods had moved before they were counted
A_WHILE = 0.5  # seconds in which the other does what it is let do


@dataclass
class Turns:
    """One worker stands still inside its transaction until the other has had its chance to come between."""

    free: threading.Event = field(default_factory=threading.Event)  # the other may begin
    done: threading.Event = field(default_factory=threading.Event)  # it has ended
    patience: float = A_WHILE

    def stands_still(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
        """Whoever has called this first lets the other begin, and goes on after it, or after a while."""
        original: Callable[..., Any] = getattr(module, name)  # Any: whatever it takes and gives

        def slow(*given: Any, **named: Any) -> Any:
            found = original(*given, **named)
            if not self.free.is_set():
                self.free.set()
                self.done.wait(self.patience)
            return found

        monkeypatch.setattr(module, name, slow)

    def ends_with(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
        """The chance of the other is over once it has called this."""
        original: Callable[..., Any] = getattr(module, name)  # Any: whatever it takes and gives

        def told(*given: Any) -> Any:
            found = original(*given)
            self.done.set()
            return found

        monkeypatch.setattr(module, name, told)

    def both(self, first: Callable[[], None], second: Callable[[], None]) -> None:
        def follows() -> None:
            assert self.free.wait(30)
            second()
            self.done.set()

        with ThreadPoolExecutor(2) as pool:
            for each in [pool.submit(first), pool.submit(follows)]:
                each.result(60)


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    with a_wharf(database, Granary(offers=OFFERED | {Capability.SYNC_STOCK})) as wharf:
        knows(wharf, TEE=None)
        yield wharf


@pytest.fixture
def quay(database: Database) -> Iterator[Quay]:
    with a_quay(database, counts=True) as quay:
        yield quay


def runs(world: Wharf | Quay, lane: str) -> None:
    Runner(world.work).run_lane(lane)


def leaves(wharf: Wharf, order: str) -> None:
    """The granary says by now that all of it had left before it was counted; nobody has asked yet."""
    wharf.granary.ships(wharf.outbounds(order)[-1].code)
    wharf.document(order).at = wharf.database.clock.now() - BEFORE
    wharf.asks_to_look(order)


def counted(wharf: Wharf) -> None:
    """Somebody has it counted: of a hundred four had left."""
    wharf.granary.shelves = {"TEE": (96, 0, 0)}
    asks(wharf)


@pytest.mark.row("B-02")
def test_what_is_told_to_have_left_while_a_reading_is_taken_over_waits_for_it_and_leaves_once(
    wharf: Wharf, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    counted(wharf)
    turns.stands_still(monkeypatch, adopting, "adopt")

    def hears() -> None:
        leaves(wharf, order)
        runs(wharf, READ_TASKS.lane)

    turns.both(lambda: runs(wharf, SYNC_STOCK.lane), hears)

    assert outcomes(wharf, syncs_of(wharf)[0]) == {"TEE": "adopted"}
    assert (wharf.stock(), wharf.standing(order)) == (Standing(96, 0, 0), {"TEE": "shipped"})
    assert balance(wharf, "TEE", "G1") == 96
    assert [each.error for each in wharf.jobs() if each.error] == []


@pytest.mark.row("B-02")
def test_a_reading_waits_for_what_is_being_booked_and_leaves_it_to_the_next_one(
    wharf: Wharf, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = wharf.tells("1", 4)
    wharf.works()
    counted(wharf)
    adopt, judged = Run._adopt, threading.Event()

    def waits(run: Run) -> Any:  # Any: how that step ends
        judged.set()
        assert turns.free.wait(30)  # no transaction of this worker is open
        return adopt(run)

    def hears() -> None:
        assert judged.wait(30)
        leaves(wharf, order)
        runs(wharf, READ_TASKS.lane)

    def syncs() -> None:
        runs(wharf, SYNC_STOCK.lane)

    monkeypatch.setattr(Run, "_adopt", waits)
    turns.stands_still(monkeypatch, readings, "newest")
    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(syncs), pool.submit(hears)]:
            each.result(60)

    assert outcomes(wharf, syncs_of(wharf)[0]) == {"TEE": "changed"}
    assert (wharf.stock(), balance(wharf, "TEE", "G1")) == (Standing(96, 0, 0), 96)
    wharf.works()
    assert wharf.stock() == Standing(96, 0, 0)


@pytest.mark.row("B-02")
def test_what_is_told_to_have_come_while_a_reading_is_taken_over_waits_for_it_and_rises_once(
    quay: Quay, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = quay.known(quay.line("TEE", 10))
    quay.cellar.shelves = {"TEE": (6, 0, 0)}
    with quay.database.writing() as db:
        service.ask(db, quay.goods.merchant, quay.goods.named["KL1"], actor=CLI)
    turns.stands_still(monkeypatch, adopting, "adopt")

    def hears() -> None:
        quay.cellar.receives(one.code, TEE=6)
        quay.document(one).at = quay.database.clock.now() - BEFORE
        quay.hears(one)

    turns.both(lambda: runs(quay, SYNC_STOCK.lane), hears)

    assert (quay.stock(), quay.lines(one)["TEE"].good, balance(quay, "TEE", "KL1")) == (Standing(6, 0, 0), 6, 6)


def test_without_taking_turns_it_would_leave_twice(wharf: Wharf, turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what is counted off is counted off again, where two may pass at once and hold no level before."""
    order = wharf.tells("1", 4)
    wharf.works()
    counted(wharf)
    monkeypatch.setattr(crossing, "alone", lambda *_: None)
    monkeypatch.setattr(away, "hold_levels", lambda *_: None)
    turns.stands_still(monkeypatch, adopting, "adopt")
    turns.ends_with(monkeypatch, crossing, "left")  # it has looked then, and books what it saw
    if not wharf.database.embedded:  # SQLite has one writer at any time
        turns.patience = 30.0  # however slow the machine is

    def hears() -> None:
        leaves(wharf, order)
        runs(wharf, READ_TASKS.lane)

    turns.both(lambda: runs(wharf, SYNC_STOCK.lane), hears)

    assert wharf.stock().on_hand == (96 if wharf.database.embedded else 92)
