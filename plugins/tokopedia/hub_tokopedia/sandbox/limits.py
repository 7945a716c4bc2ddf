"""How often each endpoint may be asked, and the four headers that say so."""

import threading
from collections.abc import Callable
from datetime import datetime


class Limits:
    """A token bucket per endpoint: `rate` a second, and at once as many, at least one; None sets no limit."""

    def __init__(self, rate: float | None, clock: Callable[[], datetime]) -> None:
        self._rate = rate
        self._burst = max(rate or 0, 1)
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, endpoint: str) -> tuple[bool, dict[str, str]]:
        """Take a slot; False where none is left. The headers describe what remains."""
        if self._rate is None:
            return True, {}
        with self._lock:
            now = self._clock()
            left, since = self._left.get(endpoint, (self._burst, now))
            left = min(self._burst, left + max((now - since).total_seconds(), 0) * self._rate)
            allowed = left >= 1
            left -= allowed
            self._left[endpoint] = (left, now)
        return allowed, _headers(self._rate, self._burst, left)


def _headers(rate: float, burst: float, left: float) -> dict[str, str]:
    return {
        "X-Ratelimit-Limit": f"{rate:g} req/s (burst {burst:g})",
        "X-Ratelimit-Remaining": str(int(left)),
        "X-Ratelimit-Reset-After": "-0.000000" if left >= 1 else f"{(1 - left) / rate:.6f}",
        "X-Ratelimit-Full-Reset-After": f"{(burst - left) / rate:.6f}",
    }
