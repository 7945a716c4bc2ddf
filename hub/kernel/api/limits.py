"""How fast one key may call: a token bucket per key and per failing address, in this process."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

import msgspec

from hub.kernel.errors import HubError

_MOST = 10_000  # buckets kept; the least recently used go first, and a full bucket is what they would come back as


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """`burst` at once, and `per_second` in the long run."""

    per_second: float
    burst: int


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What is left after a request, and when the bucket is full again."""

    rate: Rate
    left: int
    full_in: float
    wait: float  # seconds until the next request may come; 0 where this one was allowed

    @property
    def headers(self) -> dict[str, str]:
        window = math.ceil(self.rate.burst / self.rate.per_second)
        return {
            "RateLimit-Policy": f'"key";q={self.rate.burst};w={window}',
            "RateLimit": f'"key";r={self.left};t={math.ceil(self.full_in)}',
        }


class TooMany(HubError):
    """This caller is too fast."""

    status = 429
    retryable = True

    def __init__(self, wait: float) -> None:
        super().__init__("too many requests; wait as long as Retry-After says", code="too_many_requests")
        self.retry_after = timedelta(seconds=wait)


class Buckets:
    """One bucket per name. Each process has its own, so a caller of n processes gets up to n times the rate."""

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, at what time
        self._lock = threading.Lock()

    def take(self, name: str) -> Allowance:
        """Take one token, if there is one."""
        with self._lock:
            tokens = self._filled(name)
            allowed = tokens >= 1
            tokens -= allowed
            self._levels[name] = (tokens, self._clock())
            self._levels.move_to_end(name)
            if len(self._levels) > _MOST:
                self._levels.popitem(last=False)
        return self._allowance(tokens, allowed=allowed)

    def _filled(self, name: str) -> float:
        tokens, at = self._levels.get(name, (float(self.rate.burst), self._clock()))
        return min(self.rate.burst, tokens + (self._clock() - at) * self.rate.per_second)

    def _allowance(self, tokens: float, *, allowed: bool) -> Allowance:
        return Allowance(
            rate=self.rate,
            left=int(tokens),
            full_in=(self.rate.burst - tokens) / self.rate.per_second,
            wait=0.0 if allowed else (1 - tokens) / self.rate.per_second,
        )
