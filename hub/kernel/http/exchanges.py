"""Remembers what was said to a channel and what it answered: the last exchanges of each account, redacted."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import sqlalchemy as sa
import structlog

from hub.kernel import tracing
from hub.kernel.db import Database, Transaction, WritesAlready, now
from hub.kernel.http.conversation import current
from hub.kernel.http.redaction import Redactor
from hub.kernel.http.tables import exchange
from hub.kernel.ids import new_id
from hub.kernel.types import Key

KEPT = 20  # of an account, and as many failures
BATCH = 1_000  # purged in one transaction
RETENTION = timedelta(days=30)
RETENTION_OF_FAILURES = timedelta(days=90)
log = structlog.get_logger(__name__)


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer, as it may be shown."""

    id: str
    account_id: str
    at: datetime
    method: str
    url: str
    status: int | None
    milliseconds: int
    received: int
    failed: bool
    error: str
    answer: str
    trace_id: str


class Talk:
    """One exchange while it happens, not yet redacted and never written like this."""

    def __init__(self, request: httpx.Request) -> None:
        self.request = request
        self.started = time.monotonic()
        self.trace = tracing.current()
        self.status: int | None = None
        self.seconds = 0.0
        self.received = 0
        self.kept = b""
        self.error = ""

    @property
    def failed(self) -> bool:
        return bool(self.error) or self.status is None or self.status >= 400

    def ended(self, received: int, kept: bytes, error: Exception | None) -> None:
        self.received, self.kept = received, kept
        self.failed_by(error)

    def failed_by(self, error: BaseException | None) -> None:
        self.seconds = time.monotonic() - self.started
        self.error = f"{type(error).__name__}: {error}" if error else ""


class Recorder:
    """One account's exchanges in this process: kept in memory, written once at the end of a hook call."""

    def __init__(self, database: Database, account_id: str, redactor: Redactor) -> None:
        self._database = database
        self._account_id = account_id
        self._redactor = redactor
        self._lock = threading.Lock()
        self._talks: deque[Talk] = deque(maxlen=KEPT)
        self._failures: deque[Talk] = deque(maxlen=KEPT)
        self._since_written = 0

    def keep(self, talk: Talk) -> None:
        """Keep an exchange whose answer has begun or failed; its body may still be on the way."""
        with self._lock:
            oldest = self._talks[0] if len(self._talks) == KEPT else None
            if oldest and oldest.failed:  # known by now, though its body came after its status
                self._failures.append(oldest)
            self._talks.append(talk)
            self._since_written += 1
        conversation = current()
        if conversation:
            conversation.at_end(self, self.write)
        elif self._since_written >= KEPT:
            self.write()

    def write(self) -> None:
        """Write what happened since the last time; losing the record must never fail the call it records.

        A stream that was abandoned ends when the collector finds it, which may be inside anybody's transaction.
        """
        with self._lock:
            talks = [*self._failures, *self._talks]
            self._talks.clear()
            self._failures.clear()
            self._since_written = 0
        if not talks:
            return
        start = self._database.clock.now() - timedelta(seconds=time.monotonic())
        rows = [self._row(talk, start) for talk in talks]
        try:
            with self._database.writing() as db:
                db.execute(_INSERT, rows)
                for failed in {row["failed"] for row in rows}:  # of the others there are no more than before
                    db.execute(_KEEP_THE_LAST, {"account": self._account_id, "failed": failed})
        except (sa.exc.SQLAlchemyError, WritesAlready):
            log.warning("exchanges not recorded", account=self._account_id, lost=len(rows), exc_info=True)

    def _row(self, talk: Talk, start: datetime) -> dict[str, Any]:  # Any: the columns of `exchange`
        return {
            "id": new_id(),
            "account_id": self._account_id,
            "at": start + timedelta(seconds=talk.started),
            "method": talk.request.method,
            "url": self._redactor.url(talk.request.url)[:2_000],
            "status": talk.status,
            "milliseconds": int(talk.seconds * 1000),
            "received": talk.received,
            "failed": talk.failed,
            "error": self._redactor.text(talk.error)[:2_000],
            "answer": self._redactor.body(talk.kept) if talk.kept else "",
            "trace_id": talk.trace.trace_id if talk.trace else "",
        }


def recent(db: Transaction, account_id: str) -> Sequence[Exchange]:
    """List what was said last, newest first."""
    rows = db.execute(sa.select(exchange).where(exchange.c.account_id == account_id).order_by(exchange.c.id.desc()))
    return [Exchange(**row) for row in rows.mappings()]


def purge_exchanges(db: Transaction) -> int:
    """Delete some of what is past its retention; 0 where nothing is left of it."""
    clock = sa.type_coerce(now(), sa.BigInteger)
    old = sa.type_coerce(exchange.c.at, sa.BigInteger)
    past = [
        sa.and_(exchange.c.failed == failed, old < clock - retention // timedelta(microseconds=1))
        for failed, retention in ((False, RETENTION), (True, RETENTION_OF_FAILURES))
    ]
    some = sa.select(exchange.c.id).where(sa.or_(*past)).limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(exchange).where(exchange.c.id.in_(some))).rowcount


# Sent with every call to a channel, so they are built once.
_INSERT = sa.insert(exchange)
_mine = sa.and_(
    exchange.c.account_id == sa.bindparam("account", type_=Key),
    exchange.c.failed == sa.bindparam("failed", type_=sa.Boolean),
)
_oldest = sa.select(exchange.c.id).where(_mine).order_by(exchange.c.id.desc()).limit(1).offset(KEPT - 1)
_KEEP_THE_LAST = sa.delete(exchange).where(_mine, exchange.c.id < _oldest.scalar_subquery())
