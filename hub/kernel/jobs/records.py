"""The words of the job engine: kinds, jobs, what a handler answers, and the two ways a run is told to stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

import msgspec

from hub.kernel.db import Database, Transaction

Lane = Literal["urgent", "default", "bulk"]
LANES: tuple[Lane, ...] = ("urgent", "default", "bulk")  # most urgent first


class State(StrEnum):
    """Ready, then running; a job once started waits or is unknown between runs and never is ready again."""

    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


FINISHED = frozenset({State.DONE, State.FAILED, State.DEAD, State.CANCELLED})


class JobKind(msgspec.Struct, frozen=True):
    """A sort of work: a module constant of the slice that handles it."""

    name: str
    version: int = 1  # of the payload; raised when its shape changes
    lane: Lane = "bulk"
    can_be_unknown: bool = False  # calls a hook whose effect may have landed without an answer
    max_attempts: int = 12


class Trouble(msgspec.Struct, frozen=True):
    """Why a run went wrong, as it is shown; the traceback is kept beside it and not shown by default."""

    type: str
    message: str
    code: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One row of work; where it is running, the token says on whose behalf."""

    id: str
    kind: str
    version: int
    key: str
    merchant_id: str
    account_id: str
    lane: str
    payload: Any  # Any: whatever the kind's version says
    state: State
    run_at: datetime
    attempts: int
    max_attempts: int
    rescues: int
    can_be_unknown: bool
    unknown: bool  # an effect may have landed: the run begins with the read-back, and `advance` says that it is over
    lease_token: str
    lease_until: datetime | None
    progress: Any  # Any: what the handler shows of its run
    resume: Any  # Any: where the handler goes on
    cancel_requested: bool
    outcome: Any  # Any: what the handler returned
    error: Trouble | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    lease: timedelta = timedelta(0)  # how far `advance` and `hold` extend
    seats: int = 0  # taken in capped scopes, given back when the run ends


class Done(msgspec.Struct, frozen=True):
    """The work is finished."""

    outcome: Any = None  # Any: shown with the job


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """An orderly pause: the job waits and goes on later; what is left unset keeps its value."""

    after: timedelta = timedelta(0)
    resume: Any = msgspec.UNSET  # Any: the handler's own
    progress: Any = msgspec.UNSET  # Any: the handler's own


class Failed(msgspec.Struct, frozen=True):
    """It cannot be done, and trying again would not help; the only such end of a job whose outcome was unknown."""

    message: str
    code: str = "failed"


class Cancelled(msgspec.Struct, frozen=True):
    """The handler saw the request to stop and left things tidy."""


Settled = Done | Again | Failed | Cancelled
Handler = Callable[[Job], Settled]
Handlers = Mapping[JobKind, Handler]
Troubles = Callable[[Transaction, Job, Exception], None]
RetryCheck = Callable[[Transaction, Job], None]  # raises a `HubError` that names the cure, or lets it be tried again
RetryChecks = Mapping[str, RetryCheck]  # by the name of the kind; one without is always tried again
Caretaker = Callable[[Transaction], int]  # does some of what is to be done and answers how much; 0: nothing is left


class Runtime(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker process needs: its database, its handlers, whom to tell of pauses and limits, and who tidies up."""

    database: Database
    handlers: Handlers
    troubles: Troubles = lambda db, job, error: None
    caretakers: Mapping[str, Caretaker] = msgspec.field(default_factory=dict)


class LeaseLost(Exception):
    """Another worker has taken this job over: stop without writing anything."""


class CancelRequested(Exception):
    """Somebody asked to stop this job before its next call to the channel."""
