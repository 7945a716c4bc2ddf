"""Where less lies at a 3PL than is promised, a sync lets promises go; no order that comes meanwhile is in its way."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hub_hookspecs import Capability, OrderState

from hub.fulfilment.jobs.syncing import Run
from hub.fulfilment.rules.syncs import Outcome
from hub.fulfilment.store.syncs import SyncLine
from hub.kernel.db import Database
from hub.kernel.jobs import Runner
from hub.orders.service import away, manual
from hub.stock.rules.levels import Standing
from tests.plugins.granary import OFFERED, Granary
from tests.slices.fulfilment.test_syncs import knows, outcomes, syncs_now
from tests.slices.fulfilment.wharf import Wharf, a_wharf

OFFERS = OFFERED | {Capability.SYNC_STOCK}


@pytest.fixture
def wharf(database: Database) -> Iterator[Wharf]:
    """A shop that sells what lies on its own shelf and in the granary, and has no papers for anything yet."""
    with a_wharf(database, Granary(offers=OFFERS)) as wharf:
        knows(wharf, TEE=None)
        wharf.maps("north", "", "main", "G1", shared=True)
        wharf.stall.has_awb = False
        wharf.goods.adjusts("TEE", 1, at="main")
        wharf.works()
        yield wharf


def test_what_is_let_go_is_held_on_another_shelf_that_has_it(wharf: Wharf) -> None:
    wharf.tells("1", 50)
    late = wharf.tells("2", 50)
    wharf.works()
    wharf.goods.adjusts("TEE", 60, at="main")
    before = wharf.goods.standing("TEE", at="main")

    syncs_now(wharf, TEE=(60, 0, 0))

    assert wharf.standing(late) == {"TEE": "reserved"}
    assert wharf.stock() == Standing(60, 50, 0)
    assert before is not None
    assert wharf.goods.standing("TEE", at="main") == before._replace(reserved=50)


def test_orders_come_in_while_promises_are_let_go(wharf: Wharf, monkeypatch: pytest.MonkeyPatch) -> None:
    wharf.tells("1", 50)
    wharf.tells("2", 50)
    wharf.works()
    release, reached, came = away.release, threading.Event(), threading.Event()

    def slow(*given: Any, **named: Any) -> Any:  # Any: whatever it is asked
        reached.set()
        came.wait(0.5)  # as long as the other takes to have the first of its levels, were it free
        return release(*given, **named)

    def sells() -> None:
        reached.wait(20)
        wharf.tells("3", 1)
        came.set()

    monkeypatch.setattr(away, "release", slow)
    other = threading.Thread(target=sells)
    other.start()
    syncs_now(wharf, TEE=(60, 0, 0))
    other.join(20)

    assert came.is_set()
    assert [each.error for each in wharf.jobs() if each.error] == []


def test_a_promise_that_is_packed_before_it_can_be_let_go_is_left_to_the_next_sync(
    wharf: Wharf, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = wharf.tells("1", 50)
    late = wharf.tells("2", 50)
    wharf.works()
    squeeze = Run._squeeze

    def packed_first(run: Run, lines: Sequence[SyncLine], before: Outcome) -> Any:  # Any: how the job has to stop
        if lines:
            wharf.stall.has_awb = True
            wharf.tells("2", 50, awb="AWB-2", courier="Pos")
            runner = Runner(wharf.work)
            while any(runner.run_lane(lane) for lane in ("urgent", "default")):
                pass
        return squeeze(run, lines, before)

    monkeypatch.setattr(Run, "_squeeze", packed_first)
    done = syncs_now(wharf, TEE=(60, 0, 0))

    assert outcomes(wharf, done) == {"TEE": "changed"}
    assert wharf.stock() == Standing(100, 100, 0)
    assert (wharf.standing(early), wharf.standing(late)) == ({"TEE": "reserved"}, {"TEE": "reserved"})


def test_a_promise_that_ends_before_it_can_be_let_go_is_not_let_go_twice(
    wharf: Wharf, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = wharf.tells("1", 50)
    late = wharf.tells("2", 50)
    wharf.works()
    find, cancelled = manual.find, threading.Event()

    def cancels() -> None:
        wharf.tells("2", 50, state=OrderState.CANCELLED)
        wharf.prepares(late)
        cancelled.set()

    def finds(*given: Any, **named: Any) -> Any:  # Any: whatever it is asked
        if late in given and named.get("for_change") and not others:
            others.append(threading.Thread(target=cancels))
            others[0].start()
            cancelled.wait(3)  # as long as it takes, where this transaction is not the only one that may write
        return find(*given, **named)

    others: list[threading.Thread] = []
    monkeypatch.setattr(manual, "find", finds)
    done = syncs_now(wharf, TEE=(60, 0, 0))
    others[0].join(20)

    assert cancelled.is_set()
    # In the file of an embedded hub only one writes at a time: there the buyer comes second.
    assert outcomes(wharf, done) == {"TEE": "adopted" if wharf.database.embedded else "changed"}
    assert (wharf.standing(early), wharf.stock().reserved) == ({"TEE": "reserved"}, 50)
