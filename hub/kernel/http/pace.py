"""Keeps to the rate that a channel declares, shared by all workers: one bucket per scope in the database."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import httpx
import msgspec
import sqlalchemy as sa
from hub_hookspecs import Rate, RateLimited
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.db import Database, Transaction, now
from hub.kernel.http.tables import rate as bucket

MARGIN = 1.02  # clocks and networks jitter; a channel counts strictly
SECOND = 1_000_000  # the database's clock ticks in microseconds
LONGEST = 10.0  # seconds that a thread waits for its turn
STALE = 0.25  # seconds after which tokens taken together and not yet used are forgotten
FULL_FOR = timedelta(days=1)  # before a bucket is forgotten; sooner, they would come and go all day
BATCH = 1_000  # purged in one transaction
_VARYING = re.compile(r"\d+|[0-9a-f]{8,}(-[0-9a-f]+)*", re.IGNORECASE)


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's declared rate, and who shares it: "account:<id>", "credentials:<hash>" or "proof:<plugin>".

    `by_host`: all of the scope that ask one host. A person waits for these, so they are given more patience.
    """

    rate: Rate
    scope: str
    by_host: bool = False

    @property
    def burst(self) -> int:
        return max(1, self.rate.requests // 20)

    @property
    def interval(self) -> float:
        """Seconds between requests such that burst and all that follows stay inside every window."""
        return self.rate.per.total_seconds() / (self.rate.requests - self.burst + 1) * MARGIN

    @property
    def batch(self) -> int:
        """Tokens to take at once: one, unless a statement per request would cost a fast channel its speed."""
        return max(1, min(self.burst, int(1 / self.interval / 25)))

    @property
    def patience(self) -> float:
        """Seconds worth waiting here; anything longer frees the thread."""
        return LONGEST if self.by_host else min(LONGEST, max(2.0, 2 * self.interval))

    def scope_of(self, request: httpx.Request) -> str:
        scope = f"{self.scope}@{request.url.netloc.decode()}" if self.by_host else self.scope
        if self.rate.scope != "endpoint":
            return scope
        path = "/".join("*" if _VARYING.fullmatch(part) else part for part in request.url.path.split("/"))
        return f"endpoint:{scope}:{request.method} {path}"


class Pace:
    """One per process: hands out tokens, and waits or refuses where there are none."""

    def __init__(self, database: Database, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._database = database
        self._sleep = sleep
        self._spare: dict[str, tuple[int, float]] = {}  # tokens taken and not yet used, and until when they hold
        self._lock = threading.Lock()

    def wait(self, limit: Limit, request: httpx.Request, *, left: float) -> None:
        """Return when the request may go out; `RateLimited` says how long it would take otherwise."""
        scope = limit.scope_of(request)
        if self._use_spare(scope):
            return
        patience = min(limit.patience, left / 2)
        with self._database.writing() as db:
            ahead = take(db, scope, limit, patience=patience)
        if ahead > patience:
            raise RateLimited(
                f"the channel's {limit.rate.requests} requests per {limit.rate.per.total_seconds():g} s are used up",
                code="rate",
                retry_after=timedelta(seconds=ahead),
            )
        if ahead > 0:
            self._sleep(ahead)
        if limit.batch > 1:
            self._keep(scope, limit.batch - 1)

    def _use_spare(self, scope: str) -> bool:
        with self._lock:
            tokens, until = self._spare.get(scope, (0, 0.0))
            if not tokens or time.monotonic() > until:
                return False
            self._spare[scope] = (tokens - 1, until)
            return True

    def _keep(self, scope: str, tokens: int) -> None:
        with self._lock:
            self._spare[scope] = (tokens, time.monotonic() + STALE)


def purge_rates(db: Transaction) -> int:
    """Delete some of the buckets that have been full for long: an absent one is full too."""
    long_ago = sa.type_coerce(now(), sa.BigInteger) - FULL_FOR // timedelta(microseconds=1)
    full = sa.select(bucket.c.scope).where(bucket.c.tat < long_ago).limit(BATCH).with_for_update(skip_locked=True)
    return db.execute(sa.delete(bucket).where(bucket.c.scope.in_(full))).rowcount


def take(db: Transaction, scope: str, limit: Limit, *, patience: float) -> float:
    """Take a batch of tokens and answer the seconds until they hold; more than `patience` means none was taken."""
    interval = int(limit.interval * SECOND)
    cost = limit.batch * interval
    grace = limit.burst * interval
    clock = sa.type_coerce(now(), sa.BigInteger)
    insert = postgresql.insert if db.dialect == "postgresql" else sqlite.insert
    started = insert(bucket).values(scope=scope, tat=clock + cost)
    taken = started.on_conflict_do_update(
        index_elements=[bucket.c.scope],
        set_={"tat": sa.case((bucket.c.tat > clock, bucket.c.tat), else_=clock) + cost},
        where=bucket.c.tat <= clock + (int(patience * SECOND) + grace - cost),
    ).returning((bucket.c.tat - clock).label("ahead"))
    ahead = db.execute(taken).scalar()
    if ahead is None:
        ahead = db.execute(sa.select(bucket.c.tat - clock + cost).where(bucket.c.scope == scope)).scalar_one()
        return max((int(ahead) - grace) / SECOND, patience + 0.001)
    return max((int(ahead) - grace) / SECOND, 0.0)
