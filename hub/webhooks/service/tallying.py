"""Counts what was refused: anybody may send anything to an address, so what it costs us is bounded.

Refusals are counted in memory and written at most so often for one connection, each time as one row that grows. What
is not written yet goes along with the next one; a process that dies takes at most the last seconds' count with it.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime

from hub.kernel.api.limits import Buckets, Rate
from hub.kernel.db import Transaction
from hub.webhooks.rules import Refusal
from hub.webhooks.store import refusals

WRITES = Rate(per_second=0.1, burst=5)  # for one connection


class Tally:
    """The refusals of one process that are not written yet."""

    def __init__(self, rate: Rate = WRITES) -> None:
        self._writes = Buckets(rate)
        self._unwritten: dict[str, Counter[Refusal]] = {}
        self._lock = threading.Lock()

    def count(self, credentials: str, code: Refusal) -> bool:
        """Count one more; whether it is time to write."""
        with self._lock:
            self._unwritten.setdefault(credentials, Counter())[code] += 1
        return not self._writes.take(credentials).wait

    def write(self, db: Transaction, credentials: str, *, plugin: str, at: datetime) -> None:
        """Write what was counted for a connection; where this transaction fails, that much is not told."""
        with self._lock:
            counted = self._unwritten.pop(credentials, Counter())
        for code, count in sorted(counted.items()):
            refusals.add(db, credentials, plugin=plugin, code=code, count=count, at=at)
