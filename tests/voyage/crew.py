"""The hub's process: it takes what comes, sweeps and works in virtual time, and dies once, at a chosen statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from hub.fulfilment.tables import inbound, outbound
from hub.kernel import jobs
from hub.kernel.jobs import LANES
from hub.kernel.types import Instant
from hub.runtime import Runtime
from tests.convergence.clock import Stage
from tests.convergence.mortal import LONG, Mortals
from tests.convergence.workers import Workers
from tests.voyage.wire import Wire

POLL = 3_700.0  # seconds by which orders are imported again by themselves


class Crew(Workers):
    """One worker; whoever takes its place after its death has no memory of it, and lives on."""

    def __init__(self, stage: Stage, mortals: Mortals, wire: Wire, runtime: Runtime) -> None:
        super().__init__(stage, mortals, wire, runtime)  # type: ignore[arg-type]  # this wire has no weather
        self.left, self.used = LONG, 0  # statements that are left to the process, and those of this story

    def seeded(self, seed: object) -> None:
        """How long it pauses comes from this."""
        self.dice.seed(f"{seed} workers")

    def lives(self, statements: int = LONG) -> None:
        self.left, self.used = statements, 0

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Do something as the process does it; a death ends here, and others come up."""
        with self.mortals.at_work(self.left) as worker:
            yield
        self.used += worker.used
        self.left = LONG if worker.over else self.left - worker.used

    def work(self, most: int = 40) -> None:
        ran = True
        while ran and most > 0:
            ran = False
            for lane in LANES:
                with self.alive():
                    mine = self.runner.claim(lane)
                    if mine is not None:
                        ran, most = True, most - 1
                        self.runs += 1
                        self.runner.run(mine)

    def sweep(self) -> None:
        if self.stage.seconds - self.swept >= 5.0:
            self.swept = self.stage.seconds
            with self.alive():
                jobs.sweep(self.database)

    def cares(self) -> None:
        """Every caretaker goes round to its end, as those of a process do: the last lot of a round is an empty one."""
        for care in self._work.caretakers.values():
            with self.alive():
                while self.looks_on(care):
                    pass

    def passes(self) -> None:
        """So much time goes by that orders were polled, and every document was asked for once more."""
        with self.database.reading() as db:
            looks = [db.execute(_last_look(table)).scalar() for table in (outbound, inbound)]
        until = max(self.stage.seconds + POLL, *(at.timestamp() + 1.0 for at in looks if at is not None))
        self.stage.pass_by(until - self.stage.seconds)
        self.swept = 0.0
        self.sweep()
        self.cares()


def _last_look(table: sa.Table) -> sa.Select[tuple[object]]:
    return sa.select(sa.func.max(table.c.next_look_at, type_=Instant()))
