"""Hands the turn from thread to thread in the seed's order, and ends processes in the middle of anything."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import sqlalchemy as sa

from hub.kernel.clock import Clock
from hub.kernel.db import Database, Transaction

SETTLING_SECONDS = 0.002
PATIENCE_SECONDS = 30.0
FREEZING, FROZEN_STEPS = 0.05, (40, 160)  # how often a process stops for a while, as under SIGSTOP, and how long
Deed = Callable[[random.Random], None]
CONFLICTS = ("40P01", "40001", "55P03")  # deadlock, serialization, lock timeout


class Crash(BaseException):
    """The process ends here: nothing after this point happens, not even what `finally` would write."""


class Actor(threading.Thread):
    """One thread of one process with so many deeds to do; after a crash it goes on with the next one."""

    def __init__(self, schedule: Schedule, name: str, deed: Deed, times: int) -> None:
        super().__init__(name=name, daemon=True)
        self.schedule, self.deed, self.times = schedule, deed, times
        self.random = random.Random(f"{schedule.seed} {name}")
        self.turn = threading.Semaphore(0)
        self.parked = self.crashed = self.over = False
        self.asleep_until = 0
        self.backend = 0  # PostgreSQL's process, while a statement may wait there

    def run(self) -> None:
        try:
            for _ in range(self.times):
                self._do()
        except BaseException as error:  # noqa: BLE001 - whatever escapes is what the oracle must hear of
            self.schedule.escaped.append(f"{self.name}: {type(error).__name__}: {error}")
        finally:
            self.over = True
            with self.schedule.changed:
                self.schedule.changed.notify_all()

    def _do(self) -> None:
        try:
            self.schedule.step("start")
            self.deed(self.random)
        except Crash:
            self.crashed = False


class Schedule:
    """Who is next, and who dies: both by the seed."""

    def __init__(self, seed: object, *, crash_rate: float = 0.0, crash_at: int = 0) -> None:
        self.seed = seed
        self.random = random.Random(f"{seed} schedule")
        self.crash_rate, self.crash_at = crash_rate, crash_at
        self.steps = self.crashes = 0
        self.changed = threading.Condition()
        self.actors: list[Actor] = []
        self.escaped: list[str] = []
        self.blocked: Callable[[], set[int]] = set

    def add(self, name: str, deed: Deed, times: int) -> None:
        self.actors.append(Actor(self, name, deed, times))

    def step(self, point: str, *, parks: bool = True) -> None:
        """Mark a point at which others may go first, and at which this process may end."""
        actor = threading.current_thread()
        if not isinstance(actor, Actor):
            return
        if actor.crashed:
            raise Crash(point)
        if parks:
            self._park(actor)
        self.steps += 1
        if point != "start" and (self.steps == self.crash_at or self.random.random() < self.crash_rate):
            actor.crashed = True
            self.crashes += 1
            raise Crash(point)

    def run(self) -> None:
        for actor in self.actors:
            actor.start()
        while alive := self._settled():
            awake = [actor for actor in alive if actor.asleep_until <= self.steps]
            actor = self.random.choice(awake or alive)
            if self.random.random() < FREEZING:
                actor.asleep_until = self.steps + self.random.randint(*FROZEN_STEPS)
            self._grant(actor)

    def _park(self, actor: Actor) -> None:
        with self.changed:
            actor.parked = True
            self.changed.notify_all()
        actor.turn.acquire()

    def _grant(self, actor: Actor) -> None:
        with self.changed:
            actor.parked = False
        actor.turn.release()

    def _settled(self) -> list[Actor]:
        """Wait until every thread is parked, over or waiting for a lock; answer those that may go on."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self.changed:
            while moving := [actor for actor in self.actors if not (actor.parked or actor.over)]:
                heard = self.changed.wait(SETTLING_SECONDS)
                waiting = set() if heard else self.blocked()
                parked = [actor for actor in self.actors if actor.parked]
                if parked and waiting and all(actor.backend in waiting for actor in moving):
                    return parked
                if time.monotonic() > deadline:
                    raise AssertionError(f"seed {self.seed}: nobody moves: {[actor.name for actor in moving]}")
            return [actor for actor in self.actors if actor.parked]


class SteppedDatabase(Database):
    """A database whose every statement and commit is a point of the schedule."""

    def __init__(self, url: str) -> None:
        super().__init__(url, clock=Clock())
        self.begin(Schedule("before any"), lambda: None)
        self._then = threading.local()
        self._listen()

    def begin(self, schedule: Schedule, after_commit: Callable[[], None]) -> None:
        """Take another schedule, at the hour it is; `after_commit` looks at every commit."""
        self.clock.offset = timedelta(0)
        self.schedule, self.after_commit = schedule, after_commit

    def then(self, effect: Callable[[], None]) -> None:
        """Let this happen the instant the open transaction has been committed."""
        self._then.effects.append(effect)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        self.schedule.step("begin reading")
        with super().reading() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        self.schedule.step("begin")
        effects: list[Callable[[], None]] = []
        with super().writing() as db:
            self._then.effects = effects
            yield db
        for effect in [*effects, self.after_commit]:
            effect()
        self.schedule.step("committed")

    def _listen(self) -> None:
        parks = not self.embedded  # SQLite has one writer: whoever holds the turn keeps it until the commit

        @sa.event.listens_for(self.engine, "before_cursor_execute")
        def _statement(connection: sa.Connection, *rest: object) -> None:
            actor = threading.current_thread()
            if isinstance(actor, Actor) and parks:
                actor.backend = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]  # psycopg's
            self.schedule.step("statement", parks=parks)

        @sa.event.listens_for(self.engine, "commit")
        def _commit(connection: sa.Connection) -> None:
            self.schedule.step("commit", parks=parks)

        @sa.event.listens_for(self.engine, "handle_error")
        def _error(context: sa.engine.ExceptionContext) -> None:
            error = context.original_exception
            clash = isinstance(error, sqlite3.IntegrityError | psycopg.IntegrityError)
            if clash or getattr(error, "sqlstate", "") in CONFLICTS or "locked" in str(error):
                self.schedule.escaped.append(f"database: {type(error).__name__}: {error}")
