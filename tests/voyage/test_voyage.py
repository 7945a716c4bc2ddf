"""Whatever call of a story goes wrong, wherever its process dies: both sides agree on stock once all is calm.

VOYAGE_CALLS and VOYAGE_STATEMENTS set how far apart the places are that go wrong (0: none), VOYAGE_FIRST the first one.
To replay the third call of a story alone: VOYAGE_FIRST=3 VOYAGE_CALLS=100000 VOYAGE_STATEMENTS=0.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest

from hub.fulfilment.service import pushing
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs.sweep import STEPS
from hub.orders.service.preparing import PREPARE
from tests.voyage.loop import LONGEST, Empty, Trial, calls, statements, voyages, wrong

CALLS = int(os.environ.get("VOYAGE_CALLS", "22"))
STATEMENTS = int(os.environ.get("VOYAGE_STATEMENTS", "1700"))
FIRST = int(os.environ.get("VOYAGE_FIRST", "5"))


@pytest.fixture
def empty(tmp_path: Path, sqlite_template: Path) -> Empty:
    numbers = count()

    @contextmanager
    def copied() -> Iterator[str]:
        path = shutil.copy(sqlite_template, tmp_path / f"{next(numbers)}.sqlite3")
        yield f"sqlite:///{path}"

    return copied


@pytest.mark.row("F-67")
@pytest.mark.parametrize(
    ("trials", "stride"),
    [pytest.param(calls, CALLS, id="calls"), pytest.param(statements, STATEMENTS, id="statements")],
)
def test_both_sides_agree_whatever_goes_wrong(
    empty: Empty, trials: Callable[[int, int], Iterator[Trial]], stride: int
) -> None:
    tried = list(voyages(empty, "qimen", trials(FIRST, stride) if stride else ()))

    assert wrong(tried) == []
    assert not tried or not tried[-1].befell, "every story was tried to its end"


def test_an_answer_that_was_lost_and_is_taken_for_a_no_is_noticed(
    empty: Empty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody reads back, and what the warehouse has taken is sent again by another code."""
    (calm,) = voyages(empty, "qimen", [Trial("refused", LONGEST)])
    push = next(n for n, asked in enumerate(calm.asked, 1) if "deliveryorder.create" in asked)

    def sends_another(db: Transaction, one: OutboundRow, reason: str) -> None:
        outbounds.change(db, one.id, push_status="void", current=False)
        jobs.enqueue(db, PREPARE, key=one.order_id, merchant_id=one.merchant_id)

    monkeypatch.setattr(pushing, "in_doubt", sends_another)
    (verdict,) = voyages(empty, "qimen", [Trial("time-out after", push)])

    assert calm.violations == ()
    assert any("documents: " in each for each in verdict.violations)


def test_what_nobody_takes_up_after_a_death_is_noticed(empty: Empty, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a job whose process has died is never rescued."""
    monkeypatch.setattr(import_module("hub.kernel.jobs.sweep"), "STEPS", {"tick": STEPS["tick"]})
    monkeypatch.setattr("tests.convergence.workers.PATIENCE", 90.0)

    (verdict,) = voyages(empty, "qimen", [Trial("dies after", 3)])

    assert any("it never rests" in each for each in verdict.violations)
