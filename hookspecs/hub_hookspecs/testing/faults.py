"""Faults injected from outside: a `Faulty` sandbox stands between the wire and any sandbox, in process or served."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from hub_hookspecs.testing.sandbox import Sandbox, utc_now

Answer = Callable[[httpx.Request], httpx.Response]
Fault = Callable[[httpx.Request, Answer], httpx.Response]


# -- which requests -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Befall the `nth` matching request and the next ones, `times` in all; `share` leaves some out by the seed."""

    method: str = ""  # "" matches every one
    path: str = ""  # a part of the path
    nth: int = 1
    times: int | None = 1  # None: without end
    share: float = 1.0

    def matches(self, request: httpx.Request) -> bool:
        return self.method in {"", request.method} and self.path in request.url.path

    def covers(self, number: int) -> bool:
        return number >= self.nth and (self.times is None or number < self.nth + self.times)


@dataclass(kw_only=True)
class _Planned:
    fault: Fault
    plan: Plan
    matched: int = 0


class Faulty(Sandbox):
    """A sandbox with faults planned for it; it records every request that reached it."""

    def __init__(self, sandbox: Sandbox, *, seed: int = 1) -> None:
        self.sandbox = sandbox
        super().__init__(seed=sandbox.seed, size=sandbox.size, clock=sandbox.clock)
        self.requests: list[httpx.Request] = []
        self._random = random.Random(seed)
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()

    def inject(self, fault: Fault, plan: Plan = Plan(times=None)) -> None:
        """Plan one more fault, for every request unless the plan says otherwise.

        Requests are counted from now on; where several faults apply, the first planned wins.
        """
        with self._lock:
            self._planned.append(_Planned(fault=fault, plan=plan))

    def handle(self, request: httpx.Request) -> httpx.Response:
        fault = self._next_fault(request)
        self.sandbox.base_url = self.base_url
        return fault(request, self.sandbox.handle) if fault else self.sandbox.handle(request)

    def settings(self) -> dict[str, Any]:  # Any: as in Sandbox
        self.sandbox.base_url = self.base_url
        return self.sandbox.settings()

    def _next_fault(self, request: httpx.Request) -> Fault | None:
        chosen = None
        with self._lock:
            self.requests.append(request)
            for planned in self._planned:
                if not planned.plan.matches(request):
                    continue
                planned.matched += 1
                hit = planned.plan.covers(planned.matched) and self._random.random() < planned.plan.share
                chosen = chosen or (planned.fault if hit else None)
        return chosen


# -- the faults -----------------------------------------------------------------------------------------------


def time_out_before(request: httpx.Request, answer: Answer) -> httpx.Response:
    """The request never arrived: no effect, no answer."""
    raise httpx.ReadTimeout("the channel did not answer in time", request=request)


def time_out_after(request: httpx.Request, answer: Answer) -> httpx.Response:
    """The request took effect and its answer was lost."""
    answer(request)
    raise httpx.ReadTimeout("the channel did not answer in time", request=request)


def rate_limited(retry_after: int) -> Fault:
    """Answer 429 and name the seconds to wait."""
    return _instead(429, {"Retry-After": str(retry_after)}, b'{"error":"too many requests"}')


def server_error(status: int = 500) -> Fault:
    """Answer a 5xx as a proxy would: in HTML."""
    return _instead(status, {"Content-Type": "text/html"}, b"<html><body>Server Error</body></html>")


def failing_after(status: int = 502) -> Fault:
    """The request took effect, and a proxy answers for the channel that it gave up."""
    fail = server_error(status)

    def answer_and_fail(request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        return fail(request, answer)

    return answer_and_fail


def revoked(status: int = 401) -> Fault:
    """Refuse the credentials: 401 unknown or expired, 403 not allowed any more."""
    return _instead(status, {"Content-Type": "application/json"}, b'{"error":"access denied"}')


def wrong_json(body: bytes = b'["surprise"]', *, content_type: str = "application/json") -> Fault:
    """Answer 200 with something the channel never documented."""
    return _instead(200, {"Content-Type": content_type}, body)


def truncated_json(request: httpx.Request, answer: Answer) -> httpx.Response:
    """Cut the channel's own answer in half, after the effect."""
    whole = answer(request).read()
    body = whole[: len(whole) // 2] or b"{"
    return httpx.Response(200, headers={"Content-Type": "application/json"}, content=body)


def slow_drip(*, pause: float = 0.05, piece: int = 1) -> Fault:
    """Send the channel's own answer piece by piece, each in time, the whole too late."""

    def drip(request: httpx.Request, answer: Answer) -> httpx.Response:
        whole = answer(request)
        body = whole.read()
        headers = {"Content-Type": whole.headers.get("content-type", ""), "Content-Length": str(len(body))}
        return httpx.Response(whole.status_code, headers=headers, content=_pieces(body, pause=pause, piece=piece))

    return drip


def meanwhile(action: Callable[[], object]) -> Fault:
    """Let something happen at the channel just before it answers: a page drifts, a sale comes in, a batch breaks."""

    def happen(request: httpx.Request, answer: Answer) -> httpx.Response:
        action()
        return answer(request)

    return happen


def _instead(status: int, headers: dict[str, str], body: bytes) -> Fault:
    def answer_instead(request: httpx.Request, answer: Answer) -> httpx.Response:
        return httpx.Response(status, headers=headers, content=body)

    return answer_instead


def _pieces(body: bytes, *, pause: float, piece: int) -> Iterator[bytes]:
    for start in range(0, len(body), piece):
        time.sleep(pause)
        yield body[start : start + piece]


# -- time -----------------------------------------------------------------------------------------------------


@dataclass
class SteppedClock:
    """A sandbox's clock that a test moves: past a token's expiry, or away from the hub's own time."""

    now: datetime = field(default_factory=utc_now)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


def skewed(by: timedelta, *, clock: Callable[[], datetime] = utc_now) -> Callable[[], datetime]:
    """A clock that is wrong by the same amount for ever."""
    return lambda: clock() + by
