"""One database, two kinds of transaction: `reading()` and `writing()`; nobody else begins or commits."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from hub.kernel.clock import Clock
from hub.kernel.types import Instant

log = structlog.get_logger(__name__)
V = TypeVar("V")
RESTED = 1.0  # seconds after which a connection may have died unseen
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]  # Any: whatever the statement's columns take
Sink = Callable[["Transaction", dict[Any, Any]], None]  # Any: each sink knows its own keys and values

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


_ADVISORY_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 0))")
_TAKEN = sa.text(
    "SELECT subject FROM unnest(CAST(:subjects AS text[])) AS asked(subject)"
    " WHERE NOT pg_try_advisory_xact_lock_shared(hashtextextended(subject, 0))"
)


class now(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function it is; Any: an Instant
    """The database's clock as an `Instant`, plus the offset that only tests set."""

    type = Instant()
    inherit_cache = True


@compiles(now, "sqlite")
def _now_sqlite(element: now, compiler: sa.sql.compiler.SQLCompiler, **kw: object) -> str:
    return "hub_now()"


@compiles(now, "postgresql")
def _now_postgresql(element: now, compiler: sa.sql.compiler.SQLCompiler, **kw: object) -> str:
    # clock_timestamp, never now(): a transaction that waited for a lock must not act on the time it began.
    return (
        "(CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
        " + CAST(current_setting('hub.clock_offset') AS bigint))"
    )


class WritesAlready(RuntimeError):
    """This thread is inside a transaction that writes: on SQLite a second one would wait for the first for ever."""


class Transaction:
    """An open transaction. Services take it as `db`, and the entry point that opened it commits."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        self.wakes: set[str] = set()  # lanes that have new work once this is committed
        self._collected: dict[Sink, dict[Any, Any]] = {}  # Any: see Sink
        self._last: set[Sink] = set()

    def execute(
        self, statement: sa.Executable, parameters: Parameters | None = None
    ) -> sa.CursorResult[Any]:  # Any: the columns differ by statement
        return self.connection.execute(statement, parameters)

    def serialise(self, subject: str) -> None:
        """Let one transaction at a time pass that names this subject; SQLite's single writer needs no more."""
        if self.dialect == "postgresql":
            self.connection.execute(_ADVISORY_LOCK, {"subject": subject})

    def taken(self, subjects: Sequence[str]) -> list[str]:
        """Those of these subjects that another transaction has to itself; the rest nobody gets before this one ends.

        One statement that waits for nobody: for a transaction of its own, and not for thousands at once.
        """
        if self.dialect != "postgresql":
            return []
        return list(self.connection.execute(_TAKEN, {"subjects": list(subjects)}).scalars())

    def collect(
        self, sink: Sink, key: Hashable, value: V, merge: Callable[[V, V], V], *, last: bool = False
    ) -> V:  # fmt: skip
        """Keep `value` for `sink`, which writes everything collected for it once, at the end before the commit.

        `last`: after all others, since those may still collect for it.
        """
        if last:
            self._last.add(sink)
        kept: dict[Hashable, V] = self._collected.setdefault(sink, {})
        kept[key] = merge(kept[key], value) if key in kept else value
        return kept[key]

    def flush(self) -> None:
        while self._collected:
            sinks = list(self._collected)
            sink = next((one for one in sinks if one not in self._last), sinks[-1])
            sink(self, self._collected.pop(sink))


class Database:
    """The engine, and the only place that begins and commits."""

    def __init__(
        self, url: str, *, clock: Clock | None = None, pool_size: int = 16, longest_pause: float = 30.0
    ) -> None:
        self.clock = clock or Clock()
        self.embedded = url.startswith("sqlite")
        self.engine = (
            _sqlite_engine(url, self.clock) if self.embedded else _postgresql_engine(url, pool_size, longest_pause)
        )
        self.waker: Callable[[frozenset[str]], None] = lambda lanes: None
        # One writer at a time in this process, since SQLite's own queue starves. The collector may let a thread begin a
        # second turn at any moment of its first one: that is refused, and must not wait for itself.
        self._writer = threading.RLock()
        self._writing = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self.engine.connect() as connection, connection.begin():
            yield self._opened(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with self._write_turn(), self.engine.connect() as connection:
            writer = connection.execution_options(begin="BEGIN IMMEDIATE")
            with writer.begin():
                db = self._opened(writer)
                yield db
                db.flush()
        self._wake(db)

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _write_turn(self) -> Iterator[None]:
        if not self.embedded:
            yield
            return
        with self._writer:
            if self._writing:
                raise WritesAlready("a transaction that writes was begun inside another of the same thread")
            self._writing = True
            try:
                yield
            finally:
                self._writing = False

    def _opened(self, connection: sa.Connection) -> Transaction:
        offset = self.clock.offset_microseconds
        if offset and not self.embedded:
            connection.execute(sa.select(sa.func.set_config("hub.clock_offset", str(offset), True)))
        return Transaction(connection)

    def _wake(self, db: Transaction) -> None:
        if not db.wakes:
            return
        try:
            self.waker(frozenset(db.wakes))
        except Exception:
            log.warning("wake-up not sent", lanes=sorted(db.wakes), exc_info=True)


def _sqlite_engine(url: str, clock: Clock) -> sa.Engine:
    path = sa.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=32, max_overflow=32, hide_parameters=True, connect_args={"timeout": 5.0})

    @sa.event.listens_for(engine, "connect")
    def _connected(raw: sqlite3.Connection, record: object) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves: pysqlite's own start loses updates
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
            raw.execute(f"PRAGMA {pragma}")
        raw.create_function("hub_now", 0, lambda: time.time_ns() // 1000 + clock.offset_microseconds)

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _postgresql_engine(url: str, pool_size: int, longest_pause: float) -> sa.Engine:
    # A process that freezes inside a transaction keeps its locks until PostgreSQL ends it.
    # Whatever is asked is found by an index, in memory or on a disk that seeks as fast as it reads; by the default,
    # which is a turning disk's, PostgreSQL reads tables of some ten thousand rows whole to find a few hundred. A list
    # is read along an index and stopped: a bitmap would gather all that it finds before the first row is given.
    options = (
        f"-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout={int(longest_pause * 1000)} "
        "-c plan_cache_mode=force_custom_plan -c random_page_cost=1.1 -c enable_bitmapscan=off "
        "-c hub.clock_offset=0"
    )
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=8,
        pool_timeout=5,
        pool_recycle=1800,
        hide_parameters=True,  # buyers' and merchants' data never stand in a message
        connect_args={"options": options},
    )
    _ping_rested(engine)
    return engine


def _ping_rested(engine: sa.Engine) -> None:
    """Ask a connection whether it lives before it is used again, unless it has just been used.

    As `pool_pre_ping` does at each check-out, which would be a fifth of all that a short transaction asks.
    """

    @sa.event.listens_for(engine, "checkin")
    def _returned(raw: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _taken(raw: Any, record: sa.pool.ConnectionPoolEntry, proxy: object) -> None:  # Any: the driver's
        if time.monotonic() - record.info.get("used_at", time.monotonic()) < RESTED:
            return
        try:
            engine.dialect.do_ping(raw)
        except engine.dialect.loaded_dbapi.Error as error:
            raise sa.exc.InvalidatePoolError from error  # the pool then connects anew, this one and all others
