"""The leaky bucket of points that one app has in one shop."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from hub_shopify.sandbox.answers import Refused

CAPACITY = 2_000


class Bucket:
    """Restores `rate` points a second up to its capacity; None sets no limit and reports a full one."""

    def __init__(self, rate: float | None, clock: Callable[[], datetime]) -> None:
        self._rate = rate
        self._clock = clock
        self._lock = threading.Lock()
        self._left, self._since = float(CAPACITY), clock()
        self._asked = 0

    def take(self, points: int) -> None:
        """Take the points that a request may cost, or refuse it as a whole."""
        with self._lock:
            self._restore()
            if self._rate is not None:
                if points > self._left:
                    documentation = "https://shopify.dev/api/usage/rate-limits"
                    raise Refused("THROTTLED", "Throttled", documentation=documentation)
                self._left -= points

    def give_back(self, points: int) -> None:
        with self._lock:
            if self._rate is not None:
                self._left = min(self._left + points, CAPACITY)

    def status(self) -> dict[str, Any]:  # Any: JSON
        """What is left; every seventh answer has floats, as some of Shopify's do."""
        with self._lock:
            self._restore()
            self._asked += 1
            kind: type[int] | type[float] = float if self._asked % 7 == 0 else int
            return {
                "maximumAvailable": kind(CAPACITY),
                "currentlyAvailable": int(self._left),
                "restoreRate": kind(self._rate or 100),
            }

    def drain(self, left: int) -> None:
        with self._lock:
            self._restore()
            self._left = float(left)

    def _restore(self) -> None:
        now = self._clock()
        passed = max((now - self._since).total_seconds(), 0)
        self._left = min(self._left + passed * (self._rate or 0), CAPACITY) if self._rate else float(CAPACITY)
        self._since = now
