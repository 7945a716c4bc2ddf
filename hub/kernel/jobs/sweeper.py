"""Sweeps again and again beside the runs of a process, and goes on whatever a step of it meets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import structlog
from prometheus_client import Counter

from hub.kernel.db import Database
from hub.kernel.jobs.broker import Broker
from hub.kernel.jobs.records import Caretaker, Runtime
from hub.kernel.jobs.sweep import STEPS, wakes
from hub.settings import Settings

log = structlog.get_logger(__name__)
failures = Counter("hub_sweep_failures_total", "Steps of a sweep that failed, by step", ["step"])
CARE_SECONDS = 300.0  # between two rounds of caretaking in one process


class Sweeper:
    """A thread that sweeps until `stopping`, and every few minutes lets the caretakers of the runtime do theirs."""

    def __init__(self, runtime: Runtime, settings: Settings, broker: Broker, stopping: threading.Event) -> None:
        self._database: Database = runtime.database
        self._caretakers: Mapping[str, Caretaker] = runtime.caretakers
        self._settings, self._broker, self._stopping = settings, broker, stopping
        self._cares_again = 0.0
        self._thread = threading.Thread(target=self._sweep, name="sweep", daemon=True)
        self.start, self.join = self._thread.start, self._thread.join

    @property
    def lives(self) -> bool:
        return self._thread.is_alive()

    def _sweep(self) -> None:
        try:
            self._go_round()
        except BaseException:
            log.critical("the sweep has ended: lost jobs would stay lost", exc_info=True)
            raise

    def _go_round(self) -> None:
        while True:
            for name, step in self._steps():
                self._try(name, step)
            if self._stopping.wait(self._settings.sweep_seconds):
                return

    def _steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        for name, step in STEPS.items():
            yield name, partial(step, self._database)
        yield "wake", self._wake
        if time.monotonic() >= self._cares_again:
            self._cares_again = time.monotonic() + CARE_SECONDS
            for name, care in self._caretakers.items():
                yield name, partial(self._care, care)

    def _try(self, name: str, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception:  # the boundary: a sweeper that dies leaves every lost job lost
            failures.labels(name).inc()
            log.exception("a step of the sweep failed; the others go on, and it comes round again", step=name)

    def _wake(self) -> None:
        for lane, count in wakes(self._database, self._settings.threads).items():
            self._broker.send([lane] * count)

    def _care(self, care: Caretaker) -> None:
        """Let a caretaker work in short transactions until nothing is left for it to do."""
        done = 1
        while done and not self._stopping.is_set():
            with self._database.writing() as db:
                done = care(db)
