"""Looks at the job table all the time: who holds what, how long a lease lay expired, how soon a killed run went on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.kernel.db import Database, now
from hub.kernel.jobs.records import FINISHED
from hub.kernel.jobs.settle import MAX_RESCUES
from hub.kernel.jobs.tables import job
from tests.servers import Pause

MOST = 2.0  # leases after which a job is stuck
SAMPLE = 0.05  # seconds between two looks
_look = sa.select(
    job.c.id,
    job.c.state,
    job.c.lease_token.label("token"),
    job.c.lease_until.label("until"),
    job.c.rescues,
    now().label("now"),
).where(job.c.state.not_in(FINISHED))


class Held(NamedTuple):
    """A job that is not finished, as one look found it."""

    id: str
    state: str
    token: str
    until: datetime | None
    rescues: int
    now: datetime

    @property
    def live(self) -> bool:
        return self.state == "running" and self.until is not None and self.until > self.now

    @property
    def fit(self) -> bool:
        """Whether another kill would not be the last: a job that gets nowhere dies of its third rescue, by design."""
        return self.live and self.rescues < MAX_RESCUES - 1

    @property
    def expired(self) -> bool:
        return self.state == "running" and not self.live

    @property
    def worker(self) -> str:
        """The name of the process whose lease it is."""
        return self.token.split(":")[0]


class Watch:
    """Samples of one database, taken in a thread of their own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.longest_expired = 0.0  # seconds that a running job was seen with an expired lease
        self.recoveries: list[float] = []  # seconds from a kill until another run of the job was seen
        self.looks = 0
        self._blind = 0  # looks that the database did not answer
        self._expired_since: dict[str, float] = {}
        self._killed: dict[str, tuple[str, float]] = {}
        self._idle = False
        self._spent: set[str] = set()  # leases of killed and frozen workers, live until they expire
        self._stop = threading.Event()

    @contextmanager
    def looking(self) -> Iterator[Watch]:
        thread = threading.Thread(target=self._go, name="watch", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def held(self) -> list[Held]:
        with self.database.reading() as db:
            return [Held(**row) for row in db.execute(_look).mappings()]

    def held_one(self, job_id: str) -> Held | None:
        return next((one for one in self.held() if one.id == job_id), None)

    def waits_for_a_run(self, job_id: str, *, patience: float) -> Held | None:
        """Wait until this job runs under a lease that was not killed and is fit to be; None where it has ended."""
        pause = Pause(patience)
        while (one := self.held_one(job_id)) is not None and not (one.fit and one.token not in self._spent):
            pause.briefly()
        return one

    @contextmanager
    def nobody_at_work(self) -> Iterator[None]:
        """Count no expired lease meanwhile: there is no process that could rescue it."""
        self._idle = True
        try:
            yield
        finally:
            self._idle = False

    def note_kill(self, victim: Held) -> None:
        """Count the time from now until another run of the victim's job is seen."""
        self._spent.add(victim.token)
        self._killed[victim.id] = (victim.token, time.monotonic())

    def figures(self, lease: float) -> dict[str, object]:
        longest, slowest = self.longest_expired / lease, max(self.recoveries, default=0.0) / lease
        told: dict[str, object] = {"longest expired lease": f"{longest:.2f} leases", "looks": self.looks}
        if self._blind:
            told["looks in vain"] = self._blind
        if self.recoveries:
            mean = sum(self.recoveries) / len(self.recoveries) / lease
            told |= {"recovery mean": f"{mean:.2f} leases", "recovery slowest": f"{slowest:.2f} leases"}
        return told

    def violations(self, lease: float) -> list[str]:
        """Name what was stuck: expired and not rescued, or killed and not run again, for more than two leases."""
        now_ = time.monotonic()
        lying = [now_ - since for since in list(self._expired_since.values())]
        waiting = [now_ - since for _, since in list(self._killed.values())]
        longest = max([self.longest_expired, *lying])
        slowest = max([*self.recoveries, *waiting], default=0.0)
        found = [] if self.looks else ["unwatched: nobody looked at the job table"]
        if longest > MOST * lease:
            found.append(f"stuck: a job lay {longest / lease:.1f} leases with an expired lease")
        if slowest > MOST * lease:
            found.append(f"stuck: a killed run went on only after {slowest / lease:.1f} leases")
        return found

    def _go(self) -> None:
        while not self._stop.wait(SAMPLE):
            try:
                self._take(self.held())
            except (sa.exc.DBAPIError, sa.exc.TimeoutError):
                # While the database is away nobody can rescue: what lay expired is counted anew from its return.
                self._blind += 1
                self._expired_since.clear()

    def _take(self, held: list[Held]) -> None:
        self.looks += 1
        moment = time.monotonic()
        expired = {one.token for one in held if one.expired and not self._idle}
        for token in expired:
            since = self._expired_since.setdefault(token, moment)
            self.longest_expired = max(self.longest_expired, moment - since)
        self._expired_since = {token: since for token, since in self._expired_since.items() if token in expired}
        found = {one.id: one for one in held}
        for job_id, (token, since) in list(self._killed.items()):
            one = found.get(job_id)
            if one is None or (one.live and one.token != token):
                self.recoveries.append(moment - since)
                del self._killed[job_id]
