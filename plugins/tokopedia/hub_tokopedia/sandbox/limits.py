"""How often each endpoint may be asked, and the four headers that say so."""

import threading
from collections.abc import Callable
from datetime import datetime


class Limits:
    """A token bucket per endpoint: `rate` a second, as many at once; None lets everything pass and says nothing."""

    def __init__(self, rate: int | None, clock: Callable[[], datetime]) -> None:
        self._rate = rate
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, endpoint: str) -> tuple[bool, dict[str, str]]:
        """Take a slot; False where none is left. The headers describe what remains."""
        if self._rate is None:
            return True, {}
        with self._lock:
            now = self._clock()
            left, since = self._left.get(endpoint, (float(self._rate), now))
            left = min(self._rate, left + max((now - since).total_seconds(), 0) * self._rate)
            allowed = left >= 1
            left -= allowed
            self._left[endpoint] = (left, now)
        return allowed, _headers(self._rate, left)


def _headers(rate: int, left: float) -> dict[str, str]:
    return {
        "X-Ratelimit-Limit": f"{rate} req/s (burst {rate})",
        "X-Ratelimit-Remaining": str(int(left)),
        "X-Ratelimit-Reset-After": "-0.000000" if left >= 1 else f"{(1 - left) / rate:.6f}",
        "X-Ratelimit-Full-Reset-After": f"{(rate - left) / rate:.6f}",
    }
