"""Runs jobs: claims, calls the handler with no transaction open, and settles by what it answered or raised."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
import structlog
from hub_hookspecs.errors import ActionRequired, RateLimited, Rejected, Temporary, UnknownOutcome
from prometheus_client import Counter
from structlog.contextvars import bound_contextvars

from hub.kernel.db import Database
from hub.kernel.errors import HubError
from hub.kernel.jobs.claim import LEASE, claim_next
from hub.kernel.jobs.records import (
    Cancelled,
    CancelRequested,
    Failed,
    Handler,
    Job,
    JobKind,
    LeaseLost,
    Runtime,
    State,
    Troubles,
)
from hub.kernel.jobs.settle import Broken, Ending, Retry, settle
from hub.kernel.jobs.watch import runs
from hub.kernel.shortages import is_shortage

log = structlog.get_logger(__name__)
ended = Counter("hub_job_runs_total", "Runs by kind and the state they left", ["kind", "state"])
UNHANDLED_WAIT = timedelta(seconds=60)


class Runner:
    """What one worker process does with the jobs of its lanes."""

    def __init__(self, runtime: Runtime, *, worker: str = "", lease: timedelta = LEASE) -> None:
        self.database: Database = runtime.database
        self.troubles: Troubles = runtime.troubles
        self.worker = worker
        self.lease = lease
        self.stopping = threading.Event()
        self._handlers: dict[str, tuple[JobKind, Handler]] = {
            kind.name: (kind, handler) for kind, handler in runtime.handlers.items()
        }

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self._handlers)

    def run_lane(self, lane: str) -> int:
        """Run jobs of this lane until none is due; a freed seat or an ended twin is used at once."""
        done = 0
        while not self.stopping.is_set() and (job := self.claim(lane)):
            self.run(job)
            done += 1
        return done

    def claim(self, lane: str) -> Job | None:
        return claim_next(self.database, lane, self.worker, lease=self.lease)

    def silent(self, seconds: float) -> list[Job]:
        """The jobs here that gave no sign of life for so long."""
        return runs.silent(self, seconds)

    def hand_back(self, *, but: Collection[Job] = ()) -> int:
        """Release the leases of what still runs here, so that others need not wait for them to expire.

        The threads may go on for a moment; whatever they write meets the fence.
        """
        given = 0
        kept = {job.lease_token for job in but}
        for job in runs.running(self):
            if job.lease_token in kept:
                continue
            released = Retry(counts=False, unknown=job.can_be_unknown)
            given += self._settle(job, released, None) is not None
        return given

    def run(self, job: Job) -> State | None:
        """Run one claimed job to the end of this run; None where its lease was lost."""
        with runs.over(job, self), bound_contextvars(job=job.id, kind=job.kind):
            ending, error = self._handle(job)
            if isinstance(error, LeaseLost):
                log.warning("job taken over by another worker", job=job.id, kind=job.kind)
                return None
            state = self._settle(job, ending, error)
        ended.labels(job.kind, state or "lost").inc()
        return state

    def _handle(self, job: Job) -> tuple[Ending, BaseException | None]:
        kind, handler = self._handlers.get(job.kind, (None, None))
        if handler is None or kind is None or job.version > kind.version:
            missing = HubError(f"no handler for {job.kind} version {job.version}", code="no_handler")
            return Retry(after=UNHANDLED_WAIT, counts=False), missing
        try:
            return handler(job), None
        except BaseException as error:  # noqa: BLE001 - the boundary: whatever a plugin raises, the job is settled
            return _ending_of(job, error), error

    def _settle(self, job: Job, ending: Ending, error: BaseException | None) -> State | None:
        try:
            with self.database.writing() as db:
                state = settle(db, job, ending, error)
                if isinstance(error, ActionRequired | RateLimited):
                    self.troubles(db, job, error)
        except LeaseLost:
            log.warning("job taken over by another worker before it could be settled", job=job.id, kind=job.kind)
            return None
        except (sa.exc.DBAPIError, sa.exc.TimeoutError):
            # The lease expires and another worker takes the job up: nothing is lost, and nobody is told a lie.
            log.warning("job could not be settled", job=job.id, kind=job.kind, exc_info=True)
            return None
        except sa.exc.StatementError as unwritable:
            # The handler answered something that no column can hold: a bug, and the run is not to be repeated.
            return None if isinstance(ending, Broken) else self._settle(job, Broken(), unwritable)
        return state


def _ending_of(job: Job, error: BaseException) -> Ending:
    match error:
        case UnknownOutcome():
            return Retry(unknown=True)
        case ActionRequired():
            return Retry(counts=False)
        case Temporary(retry_after=after):
            return Retry(after=after)
        case sa.exc.DBAPIError() | sa.exc.TimeoutError() if is_shortage(error):
            # What the channel was told before the database went away may have landed.
            return Retry(unknown=job.can_be_unknown)
        case CancelRequested():
            return Cancelled()
        case Rejected() | HubError() if not job.unknown:
            return Failed(str(error), getattr(error, "code", ""))
        case _:
            return Retry(unknown=True) if job.unknown else Broken()
