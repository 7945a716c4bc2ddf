"""Knows what this process is running and since when it gave no sign, so that a hang is seen from outside the thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hub.kernel.jobs.records import Job


class Watch:
    """The runs of one process by lease token; a step or a check before a call counts as a sign of life."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, tuple[Job, float]] = {}

    @contextmanager
    def over(self, job: Job) -> Iterator[None]:
        with self._lock:
            self._runs[job.lease_token] = (job, time.monotonic())
        try:
            yield
        finally:
            with self._lock:
                del self._runs[job.lease_token]

    def stir(self, token: str) -> None:
        with self._lock:
            if token in self._runs:
                self._runs[token] = (self._runs[token][0], time.monotonic())

    def running(self) -> list[Job]:
        with self._lock:
            return [job for job, _ in self._runs.values()]

    def silent(self, seconds: float) -> list[Job]:
        """The runs that gave no sign for so long."""
        before = time.monotonic() - seconds
        with self._lock:
            return [job for job, since in self._runs.values() if since < before]


runs = Watch()
stir = runs.stir
