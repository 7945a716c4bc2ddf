"""One clock for the hub, its databases and the channels: it stands still until somebody takes time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import sqlalchemy as sa

from hub.kernel.clock import Clock
from hub.kernel.db import Database
from hub.kernel.types import microseconds

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
DEEPEST = 2  # a buyer may come while a worker waits, and another while that buyer's worker does; then they queue
TIMED = (  # whoever counts seconds within a call
    "hub.kernel.http.client", "hub.kernel.http.conversation", "hub.kernel.http.exchanges", "hub.kernel.http.network",
    "hub.kernel.http.pace", "hub.channels.host.calls", "hub.channels.service.tokens", "hub.stock.jobs.telling",
    "hub.orders.jobs.walking", "hub_hookspecs.testing.faults",
)  # fmt: skip
DATED = ("hub_tokopedia.ordering", "hub_tokopedia.plugin", "hub_shopify.plugin")  # whoever asks what time it is
_FROZEN = """
    CREATE SCHEMA IF NOT EXISTS frozen;
    CREATE OR REPLACE FUNCTION frozen.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT to_timestamp(0)'
"""


class Stage(Clock):
    """Virtual time, and what happens at its moments, whoever lets it pass."""

    def __init__(self) -> None:
        super().__init__()
        self.micros = microseconds(NOON)
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._events = self._ids = 0
        self.depth = 0

    @property
    def offset_microseconds(self) -> int:
        """All of it: the databases' own clocks are made to stand at 0."""
        return self.micros

    def now(self) -> datetime:
        return NOON + timedelta(microseconds=self.micros - microseconds(NOON))

    @property
    def seconds(self) -> float:
        return self.micros / 1_000_000

    def tick(self, *given: object) -> None:
        """Two transactions never have the same moment."""
        self.micros += 1_000

    def new_id(self) -> UUID:
        """Ids sort by the time they were made; the poll of an account, too, depends on its id."""
        self._ids += 1
        return UUID(int=(self.micros // 1_000) << 80 | 7 << 76 | 2 << 62 | self._ids)

    def at(self, when: float, what: Callable[[], None]) -> None:
        self._events += 1
        heapq.heappush(self._queue, (int(when * 1_000_000), self._events, what))

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        self.at(self.seconds + seconds, what)

    @property
    def next_at(self) -> float | None:
        return self._queue[0][0] / 1_000_000 if self._queue else None

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and what is due by then happen; what it takes itself is taken from all."""
        until = self.micros + int(seconds * 1_000_000)
        while self.depth < DEEPEST and self._queue and self._queue[0][0] <= until:
            at, _, what = heapq.heappop(self._queue)
            self.micros = max(self.micros, at)
            self.nested(what)
        self.micros = max(self.micros, until)

    def nested(self, what: Callable[[], None]) -> None:
        self.depth += 1
        try:
            what()
        finally:
            self.depth -= 1


@contextmanager
def stopped(stage: Stage, database: Database) -> Iterator[None]:
    """Let this database and all who count seconds go by the stage."""
    beat = SimpleNamespace(monotonic=lambda: stage.seconds, sleep=stage.pass_by)
    with ExitStack() as stack:
        for module in TIMED:
            stack.enter_context(patch(f"{module}.time", beat))
        for module in DATED:
            stack.enter_context(patch(f"{module}.datetime", SimpleNamespace(now=lambda zone: stage.now())))
        stack.enter_context(patch("hub.kernel.ids.uuid_utils", SimpleNamespace(uuid7=stage.new_id, UUID=UUID)))
        _listen(stack, database.engine, "begin", stage.tick)
        _listen(stack, database.engine, "connect", _goes_by(stage, database))
        yield
        database.dispose()


def _goes_by(stage: Stage, database: Database) -> Callable[..., None]:
    def sqlite(raw: Any, record: object) -> None:  # Any: the driver's own connection
        raw.create_function("hub_now", 0, lambda: stage.micros)

    def postgresql(raw: Any, record: object) -> None:  # Any: the driver's own connection
        raw.execute(_FROZEN)
        raw.execute("SET search_path = frozen, public, pg_catalog")
        raw.commit()

    return sqlite if database.embedded else postgresql


def _listen(stack: ExitStack, engine: sa.Engine, name: str, what: Callable[..., None]) -> None:
    sa.event.listen(engine, name, what)
    stack.callback(sa.event.remove, engine, name, what)
