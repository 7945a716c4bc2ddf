"""Virtual time, and jobs that run in it: one run of a kind at a time, one request behind it, leases that expire."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator

Steps = Generator[float, None, None]  # each value: seconds until its next step
Work = Callable[[int], Steps]  # a run, by its lease token
LEASE = 30.0
MOST = 20_000  # events of one run; more go round in circles


class Endless(Exception):
    """Time stands still, or nearly so."""


class Killed(Exception):
    """The process died: nothing of it is told to anyone."""


class Failed(Exception):
    """The job failed and begins anew, as a back-off says."""

    def __init__(self, after: float) -> None:
        super().__init__(after)
        self.after = after


class Stage:
    """What happens next, in the order of seconds since the beginning."""

    def __init__(self) -> None:
        self.now = 0.0
        self.events = 0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, when: float, what: Callable[[], None]) -> None:
        self.events += 1
        heapq.heappush(self._queue, (max(when, self.now), self.events, what))

    def go(self, steps: Steps) -> None:
        """Run to the next point at which others may come in between."""
        try:
            after = next(steps)
        except StopIteration:
            return
        self.at(self.now + after, lambda: self.go(steps))

    def run(self, until: float) -> None:
        while self._queue and self._queue[0][0] <= until:
            if self.events > MOST:
                raise Endless
            self.now, _, what = heapq.heappop(self._queue)
            what()
        self.now = until


class Slot:
    """A job kind of one account, as the engine keeps it: requests fold, runs are serial, a lost lease is rescued."""

    def __init__(self, stage: Stage, work: Work) -> None:
        self.stage, self.work = stage, work
        self.token = 0
        self.running = False
        self.wanted: float | None = None

    def want(self, at: float) -> None:
        self.wanted = at if self.wanted is None else min(at, self.wanted)
        self.stage.at(self.wanted, self._start)

    def stall(self, token: int) -> None:
        """The lease expires while the run goes on."""
        self.stage.at(self.stage.now + LEASE, lambda: self._rescue(token))

    def _start(self) -> None:
        if not self.running and self.wanted is not None and self.wanted <= self.stage.now:
            self.wanted, self.running = None, True
            self._run()

    def _run(self) -> None:
        self.token += 1
        self.stage.go(self._steps(self.token))

    def _rescue(self, token: int) -> None:
        if self.running and token == self.token:
            self._run()

    def _steps(self, token: int) -> Steps:
        try:
            yield from self.work(token)
        except Killed:
            self.stage.at(self.stage.now + LEASE, lambda: self._rescue(token))
        except Failed as failure:
            self.stage.at(self.stage.now + failure.after, lambda: self._rescue(token))
        else:
            if token == self.token:
                self.running = False
                if self.wanted is not None:
                    self.stage.at(self.wanted, self._start)
