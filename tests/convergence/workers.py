"""The hub's workers: they run what is due in virtual time, die and freeze as the dice say, and are swept up after."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import LANES, Job, Runner
from hub.kernel.jobs.records import Caretaker
from hub.kernel.jobs.tables import job
from hub.kernel.types import Instant
from hub.orders.service.importing import IMPORT_ORDERS
from hub.orders.tables import sales_order
from hub.runtime import Runtime
from hub.stock.service import pushing
from hub.stock.tables import due_push
from tests.convergence.clock import Stage
from tests.convergence.markets import Shelf
from tests.convergence.mortal import LONG, Mortals
from tests.convergence.wire import Wire

SWEEP, CARE = 5.0, 300.0  # seconds between two rounds
PATIENCE = 3_600.0  # seconds by which everything must rest
_open = job.c.state.in_(["ready", "running", "waiting", "unknown"])


class Workers:
    """As many as come in while others wait for a channel."""

    def __init__(self, stage: Stage, mortals: Mortals, wire: Wire, runtime: Runtime) -> None:
        self.stage, self.mortals, self.wire = stage, mortals, wire
        self.database = runtime.database
        self._work = runtime.work
        self.runner = Runner(self._work)
        self.dice = random.Random()
        self.swept = self.cared = 0.0
        self.runs = 0

    def seeded(self, seed: object) -> None:
        """All that is left to chance from now on comes from this."""
        self.dice.seed(f"{seed} workers")
        self.wire.dice.seed(f"{seed} wire")

    @contextmanager
    def observed(self, accounts: Mapping[str, str]) -> Iterator[None]:
        """Note which orders whoever reads targets knows then, and draw back-offs from the seed."""
        read_targets = pushing.read_targets
        names = accounts

        def noted(db: Transaction, mine: Job, *given: Any, **more: Any) -> pushing.Batch:  # Any: handed on as it is
            batch = read_targets(db, mine, *given, **more)
            refs = db.execute(sa.select(sales_order.c.ref).where(sales_order.c.account_id == mine.account_id)).scalars()
            known = frozenset(refs)
            name = next(name for name, one in names.items() if one == mine.account_id)
            for target in batch.targets:
                self.mortals.now.known[Shelf(name, target.listing_ref, target.place_ref)] = known
            return batch

        with patch.object(pushing, "read_targets", noted), patch("hub.kernel.jobs.settle.random", self.dice):
            yield

    def work(self, most: int = 40) -> None:
        """Run what is due, a job at a time; whoever dies leaves a lease behind."""
        ran = True
        while ran and most > 0:
            ran = False
            for lane in LANES:
                with self.mortals.at_work(self._lifetime()):
                    mine = self.runner.claim(lane)
                    if mine is not None:
                        ran, most = True, most - 1
                        self.runs += 1
                        self.runner.run(mine)

    def _lifetime(self) -> int:
        return self.dice.randint(3, 90) if self.dice.random() < self.wire.manner.deaths else LONG

    def sweep(self) -> None:
        if self.stage.seconds - self.swept >= SWEEP:
            self.swept = self.stage.seconds
            jobs.sweep(self.database)
        if self.stage.seconds - self.cared >= CARE:
            self.cared = self.stage.seconds
            for care in self._work.caretakers.values():
                while self.looks_on(care):
                    pass

    def looks_on(self, care: Caretaker) -> int:
        """One lot of a caretaker; 0: its round has ended."""
        with self.database.writing() as db:
            return care(db)

    def go_on(self, until: float) -> None:
        """Let time pass until then, and work whenever something is due."""
        while self.stage.seconds < until:
            self.sweep()
            self.work()
            self.stage.pass_by(max(0.0, self._next(until) - self.stage.seconds))

    def _next(self, until: float) -> float:
        """When something may happen next: at least a moment from now, since what is due may be held back."""
        soon, stage = self.stage.seconds + 1.0, self.stage
        with self.database.reading() as db:
            when = db.execute(_NEXT).one()
        moments = [at.timestamp() for at in when if at is not None] + ([stage.next_at] if stage.next_at else [])
        return min(until, max(soon, min(moments, default=until)))

    def rests(self) -> bool:
        """Work until nothing is left to do but the next poll; False where that does not come."""
        until = self.stage.seconds + PATIENCE
        while self.stage.seconds < until:
            self.go_on(self.stage.seconds + 0.5)
            if not self.open():
                return True
            self.stage.pass_by(max(0.0, self._next(until) - self.stage.seconds))
        return False

    def open(self) -> list[str]:
        """What is still to be done: jobs, and figures that are due."""
        polled = sa.and_(job.c.kind == IMPORT_ORDERS.name, job.c.state == "ready", job.c.run_at > self.stage.now())
        wanted = sa.select(job.c.kind, job.c.state, job.c.error).where(_open, sa.not_(polled))
        with self.database.reading() as db:
            left = [f"{row.kind} {row.state} {row.error}" for row in db.execute(wanted)]
            return left + [f"due: {row.listing_id} {row.place_ref}" for row in db.execute(sa.select(due_push))]


def _first(column: sa.ColumnElement[Any], *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:  # Any: an instant
    return sa.select(sa.func.min(column, type_=Instant())).where(*where).scalar_subquery()


_NEXT = sa.select(
    _first(job.c.run_at, job.c.state.in_(["ready", "waiting", "unknown"])),
    _first(job.c.lease_until, job.c.state == "running"),
    _first(jobs.tables.schedule.c.next_at),
)
