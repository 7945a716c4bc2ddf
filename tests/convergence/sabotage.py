"""The hub with one thing taken out that convergence needs: the oracle must see each of them missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import pytest
from hub_hookspecs import StockOutcome, StockStatus, StockTarget
from hub_tokopedia import stock as tokopedia
from msgspec.structs import replace

from hub.kernel.db import Transaction
from hub.kernel.jobs import Job
from hub.stock.jobs.telling import _Round
from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from hub.stock.service import answering
from hub.stock.service.pushing import Batch, Teller
from hub.stock.store import due
from hub.stock.store.due import Due, Outlet
from hub.stock.store.pushes import Sent
from tests.convergence.wire import Manner


def done_whatever_came(patch: pytest.MonkeyPatch) -> None:
    """An answer ends it, though something has happened since its target was read."""
    settle, lock = answering.settle, due.lock

    def so(db: Transaction, job: Job, teller: Teller, batch: Batch, outcomes: Sequence[StockOutcome]) -> Job:
        turns = {one.due.outlet: one.due.turn for one in batch.sent.values()}

        def locked(db: Transaction, account_id: str, outlets: Sequence[Outlet]) -> dict[Outlet, Due]:
            found = lock(db, account_id, outlets)
            return {outlet: one._replace(turn=turns.get(outlet, one.turn)) for outlet, one in found.items()}

        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(due, "lock", locked)
            return settle(db, job, teller, batch, outcomes)

    patch.setattr(answering, "settle", so)


def believing_silence(patch: pytest.MonkeyPatch) -> None:
    """A call without an answer has done what it was asked."""

    def so(mine: _Round, open_: dict[tuple[str, str], Sent]) -> None:
        done = [StockOutcome(listing_ref=ref, place_ref=place, status=StockStatus.CONFIRMED) for ref, place in open_]
        with mine._desk.database.writing() as db:
            mine.job = answering.settle(db, mine.job, mine._teller, Batch([], dict(open_), len(open_)), done)

    patch.setattr(_Round, "_still_out", so)


def ignoring_failed_rows(patch: pytest.MonkeyPatch) -> None:
    """HTTP said 200."""

    def so(target: StockTarget, failed: dict[str, str]) -> StockOutcome:
        return StockOutcome(listing_ref=target.listing_ref, place_ref=target.place_ref, status=StockStatus.CONFIRMED)

    patch.setattr(tokopedia, "_outcome", so)


def believing_readings(patch: pytest.MonkeyPatch) -> None:
    """What was read is expected at once, without waiting for the orders that explain it."""

    def so(told: Told, actual: int, *, at: datetime) -> Told:
        return replace(told, expected=actual, asked_at=None, touched_at=at)

    patch.setattr(telling, "stale", so)


class Control(NamedTuple):
    patch: Callable[[pytest.MonkeyPatch], None]
    told: str
    manner: Manner


CROWDED = Manner(crowding=0.8)
BETWEEN = Manner(crowding=0.6, pause=120.0, sells=False)  # whatever changes, changes in the middle of a call
CONTROLS = {
    "an answer ends what came meanwhile": Control(done_whatever_came, "astray", BETWEEN),
    "silence is believed": Control(believing_silence, "astray", Manner(trouble=0.3, only="time-out before")),
    "failed rows are ignored": Control(ignoring_failed_rows, "astray", Manner(trouble=0.5, only="failed rows")),
    "readings are believed at once": Control(believing_readings, "overwritten", CROWDED),
}
