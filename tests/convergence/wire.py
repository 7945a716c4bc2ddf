"""Between the hub and its channels: others come in before a request, after its effect and before its answer."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from hub_hookspecs.testing import faults
from hub_hookspecs.testing.faults import Answer, Fault

from hub.kernel.http.conversation import current
from tests.convergence.clock import Stage
from tests.convergence.markets import PORT, Level, Market
from tests.convergence.mortal import Mortals, Worker
from tests.dying import Died

PATIENCE = 20.0  # seconds until a call without an answer is given up
LATEST = 100.0  # seconds after that at which it may still take effect
LEASE = 30.0
STRANGE = 1  # a product that no shop has


@dataclass(kw_only=True)
class Manner:
    """What kind of weather a schedule has."""

    trouble: float = 0.0  # how often a request goes wrong
    crowding: float = 0.0  # how often somebody comes in between two steps
    deaths: float = 0.0  # how often a worker dies in the middle of a call, or at a statement
    only: str = ""  # the one trouble there is; empty: all
    pause: float = 40.0  # seconds between two visits of people at most, where nobody waits
    sells: bool = True  # else people only adjust: no order that comes later has everything told again


class Wire(httpx.BaseTransport):
    """Stands where the hub's connections would be."""

    def __init__(self, stage: Stage, mortals: Mortals, markets: Mapping[int, Market]) -> None:
        self.stage, self.mortals, self._markets = stage, mortals, markets
        self.dice = random.Random()
        self.manner = Manner()
        self.befallen: dict[str, int] = {}
        self.between: Callable[[Market, list[Level]], None] = lambda market, levels: None
        self.stalled: Callable[[], None] = lambda: None
        self.written: Callable[[Market, Level, Worker], None] = lambda market, level, worker: None
        self.log: list[tuple[float, str, str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if conversation := current():
            conversation.sent = True
        market = self._markets[(request.url.port or 0) - PORT]
        levels = market.levels_in(request)
        market.writes += bool(levels)
        name, fault = self._fate(bool(levels), market)
        self.befallen[name] = self.befallen.get(name, 0) + 1
        self.log.append((self.stage.seconds, market.name, request.url.path, name))
        ends = self.stage.seconds + request.extensions["timeout"]["read"]
        self.stage.pass_by(self.dice.uniform(0.0, 0.6))
        self._come_in(market, levels)
        answer = fault(request, lambda asked: self._effect(market, asked, self.mortals.now))
        self.stage.pass_by(self.dice.uniform(0.0, 0.4))
        self._come_in(market, levels)
        answer.request = request
        return _paced(answer, self.stage, ends)

    def _effect(self, market: Market, request: httpx.Request, worker: Worker) -> httpx.Response:
        levels = market.levels_in(request)
        answer: httpx.Response = market.sandbox.handle(request)
        answer.read()
        for level in market.done(levels, answer) if levels else ():
            self.written(market, level, worker)
        return answer

    def _come_in(self, market: Market, levels: list[Level]) -> None:
        if self.dice.random() < self.manner.crowding:
            self.stage.nested(lambda: self.between(market, levels))

    # What goes wrong

    def _fate(self, writes: bool, market: Market) -> tuple[str, Fault]:
        if writes and self.dice.random() < self.manner.deaths:
            return ("killed before", self._dies_before) if self.dice.random() < 0.5 else ("killed after", self._dies)
        if self.dice.random() >= self.manner.trouble:
            return "", lambda request, answer: answer(request)
        named = self._troubles(writes, market)
        name = self.manner.only or self.dice.choice(list(named))
        return (name, named[name]) if name in named else ("", lambda request, answer: answer(request))

    def _troubles(self, writes: bool, market: Market) -> dict[str, Fault]:
        named: dict[str, Fault] = {
            "time-out before": self._waiting(faults.time_out_before),
            "time-out after": self._waiting(faults.time_out_after),
            "429": faults.rate_limited(self.dice.choice((1, 20))),
            "500": faults.server_error(), "503": faults.server_error(503), "502 after": faults.failing_after(),
            "truncated": faults.truncated_json, "wrong": faults.wrong_json(), "revoked": faults.revoked(),
            "slow drip": faults.slow_drip(pause=1.0, piece=self.dice.choice((20, 400))),
        }  # fmt: skip
        if writes:
            named |= {"late": self._late, "stalled": self._stall}
            if market.plugin == "tokopedia":
                named |= {"partial batch": self._in_part, "failed rows": self._failing}
        return named

    def _waiting(self, fault: Fault) -> Fault:
        def wait(request: httpx.Request, answer: Answer) -> httpx.Response:
            try:
                return fault(request, answer)
            except httpx.ReadTimeout:
                self.stage.pass_by(PATIENCE)
                raise

        return wait

    def _late(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        """No answer, and the effect comes when everybody has given it up."""
        market, worker = self._markets[(request.url.port or 0) - PORT], self.mortals.now
        self.stage.after(self.dice.uniform(0.0, PATIENCE + LATEST), lambda: self._land(market, request, worker))
        return self._waiting(faults.time_out_before)(request, answer)

    def _land(self, market: Market, request: httpx.Request, worker: Worker) -> None:
        self._effect(market, request, worker)

    def _stall(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        """The worker freezes past its lease, others take its job up; then its request goes out."""
        self.stage.pass_by(LEASE + self.dice.uniform(1, 40))
        self.stage.nested(self.stalled)
        return answer(request)

    def _in_part(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        """Half of a batch was written when the channel broke off."""
        rows = _rows(request)
        answer(_with(request, rows[: len(rows) // 2])) if len(rows) > 1 else None
        return faults.server_error()(request, answer)

    def _failing(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        """The channel does not know one of the products, this time; HTTP may say 200 all the same."""
        rows = _rows(request)
        unlucky = self.dice.choice(rows)["product_id"]
        sent = [{**row, "product_id": STRANGE if row["product_id"] == unlucky else row["product_id"]} for row in rows]
        told = answer(_with(request, sent))
        body = json.loads(told.content)
        for row in (body.get("data") or {}).get("failed_rows_data") or ():
            row["product_id"] = unlucky if row.get("product_id") == STRANGE else row.get("product_id")
        return httpx.Response(told.status_code, json=body)

    def _dies(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        answer(request)
        return self._dies_before(request, answer)

    def _dies_before(self, request: httpx.Request, answer: Answer) -> httpx.Response:
        self.mortals.now.end()
        raise Died


def _rows(request: httpx.Request) -> list[dict[str, Any]]:  # Any: JSON
    rows: list[dict[str, Any]] = json.loads(request.content)  # Any: JSON
    return rows


def _with(request: httpx.Request, rows: Sequence[dict[str, Any]]) -> httpx.Request:  # Any: JSON
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, json=list(rows))


def _paced(answer: httpx.Response, stage: Stage, ends: float) -> httpx.Response:
    """Hold a body that drips to the time that its request may take, as a connection does."""
    if not answer.is_stream_consumed:
        answer.stream = _Pieces(answer, stage, ends)
    return answer


class _Pieces(httpx.SyncByteStream):
    def __init__(self, answer: httpx.Response, stage: Stage, ends: float) -> None:
        self._inner, self._stage, self._ends, self._request = answer.stream, stage, ends, answer.request

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._inner, httpx.SyncByteStream)
        for piece in self._inner:
            if self._stage.seconds > self._ends:
                raise httpx.ReadTimeout("the answer took longer than its deadline", request=self._request)
            yield piece
