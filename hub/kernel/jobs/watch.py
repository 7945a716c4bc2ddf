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
        self._runs: dict[str, tuple[Job, object]] = {}
        self._stirred: dict[str, float] = {}

    @contextmanager
    def over(self, job: Job, owner: object) -> Iterator[None]:
        with self._lock:
            self._runs[job.lease_token] = (job, owner)
            self._stirred[job.lease_token] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                del self._runs[job.lease_token], self._stirred[job.lease_token]

    def stir(self, token: str) -> None:
        with self._lock:
            if token in self._stirred:
                self._stirred[token] = time.monotonic()

    def running(self, owner: object) -> list[Job]:
        with self._lock:
            return [job for job, whose in self._runs.values() if whose is owner]

    def silent(self, owner: object, seconds: float) -> list[Job]:
        """The runs that gave no sign for so long."""
        before = time.monotonic() - seconds
        with self._lock:
            mine = [(token, job) for token, (job, whose) in self._runs.items() if whose is owner]
            return [job for token, job in mine if self._stirred[token] < before]


runs = Watch()
stir = runs.stir
