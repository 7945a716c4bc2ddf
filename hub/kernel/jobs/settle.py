"""Ends a run: one fenced update of the job and its seats given back, in one transaction."""

from __future__ import annotations

import random
import traceback
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.kernel import gate
from hub.kernel.db import Transaction, now
from hub.kernel.http.redaction import Redactor
from hub.kernel.jobs.records import Again, Cancelled, Done, Failed, Job, LeaseLost, Settled, State, Trouble
from hub.kernel.jobs.tables import Condition, is_running, job, moment_after
from hub.kernel.shortages import is_shortage

BASE = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
LONGEST_DOUBT = timedelta(hours=1)
MAX_RESCUES = 3
AWAY = "the database was busy or away"
REFUSED = "the database refused a statement of the hub: a fault of the hub, which the job's traceback names"
MESSAGE_CHARACTERS = 2_000
TRACEBACK_CHARACTERS = 20_000
_redactor = Redactor()
Values = Mapping[str, Any]  # Any: columns of a job, and what the statement calls `wait`


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """The run broke off: whether that counts against the job, and whether a call may have landed (`unknown`)."""

    after: timedelta | None = None
    counts: bool = True
    unknown: bool = False


class Broken(msgspec.Struct, frozen=True):
    """A bug: never tried again by itself."""


Ending = Settled | Retry | Broken


def settle(db: Transaction, mine: Job, ending: Ending, error: BaseException | None = None) -> State:
    """Write how the run of this job ended; raise `LeaseLost` where another has taken over."""
    values = {**_ending(db, mine, ending), **_told(error)}
    write = _PAUSE if "wait" in values else _FINISH
    if db.execute(write, {**values, **lease_of(mine)}).rowcount == 0:
        raise LeaseLost(mine.id)
    if mine.seats:
        gate.give_back(db, [mine.id])
    return State(values["state"])


def is_ours() -> tuple[Condition, ...]:
    """The fence: this very lease is still the one that holds the job."""
    held = job.c.lease_token == sa.bindparam("held_token")
    return job.c.id == sa.bindparam("held_id"), held, is_running(job.c.state)


def lease_of(mine: Job) -> Values:
    return {"held_id": mine.id, "held_token": mine.lease_token}


def back_off(failures: int, longest: timedelta) -> timedelta:
    """Full jitter: anything up to the doubled wait, so that many do not return at once."""
    return min(longest, BASE * (1 << min(failures, 20))) * random.random()


def _ending(db: Transaction, mine: Job, ending: Ending) -> Values:
    match ending:
        case Done(outcome=outcome):
            return {"state": State.DONE, "outcome": outcome, "error": None}
        case Failed(message=message, code=code):
            return {"state": State.FAILED, "error": Trouble("Failed", message, code)}
        case Cancelled():
            return {"state": State.CANCELLED}
        case Broken():
            return {"state": State.DEAD}
        case Again():
            return _again(_locked(db, mine), ending)
        case Retry():
            return _retry(_locked(db, mine), ending)


def _locked(db: Transaction, mine: Job) -> sa.RowMapping:
    """Read what others may have asked meanwhile, and keep them from asking more until we have written."""
    row = db.execute(_LOCK, lease_of(mine)).mappings().first()
    if row is None:
        raise LeaseLost(mine.id)
    return row


def _again(row: sa.RowMapping, ending: Again) -> Values:
    if row["cancel_requested"]:
        return {"state": State.CANCELLED}
    kept = {"resume": ending.resume, "progress": ending.progress}
    given = {name: value for name, value in kept.items() if value is not msgspec.UNSET}
    cleared = {"attempts": 0, "rescues": 0, "unknown": False, "error": None}
    return {"state": State.WAITING, "wait": ending.after, **cleared, **given}


def _retry(row: sa.RowMapping, ending: Retry) -> Values:
    attempts = row["attempts"] + ending.counts
    if row["unknown"] or ending.unknown:
        wait = max(ending.after or timedelta(0), back_off(attempts, LONGEST_DOUBT))
        return {"state": State.UNKNOWN, "unknown": True, "wait": wait, "attempts": attempts}
    if row["cancel_requested"]:
        return {"state": State.CANCELLED, "attempts": attempts}
    if ending.counts and attempts >= row["max_attempts"]:
        return {"state": State.DEAD, "attempts": attempts}
    wait = max(ending.after or timedelta(0), back_off(attempts, LONGEST_WAIT))
    return {"state": State.WAITING, "unknown": False, "wait": wait, "attempts": attempts}


def _told(error: BaseException | None) -> Values:
    if error is None:
        return {}
    text = "".join(traceback.format_exception(error))[-TRACEBACK_CHARACTERS:]
    return {"error": trouble_of(error), "traceback": _storable(_hidden(text))}


def trouble_of(error: BaseException) -> Trouble:
    """Tell what people can use: a statement and the names in it stay in the traceback, for who mends code."""
    kind = type(error).__name__
    if isinstance(error, sa.exc.SQLAlchemyError):
        return Trouble(kind, AWAY if is_shortage(error) else REFUSED, "database")
    message = _storable(_hidden(str(error)[:MESSAGE_CHARACTERS]))
    return Trouble(kind, message, _storable(_hidden(str(getattr(error, "code", "")))))


def _hidden(text: str) -> str:
    """Redact once more what looks like a secret; whoever raised the error knew the secrets by value."""
    return "\n".join(map(_redactor.text, text.split("\n")))


def _storable(text: str) -> str:
    """Keep what a database column can: no NUL, no lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "backslashreplace").decode()


_LEASELESS: Values = {"lease_token": "", "lease_until": None}
_FINISH = sa.update(job).where(*is_ours()).values(finished_at=now(), unknown=False, **_LEASELESS)
_PAUSE = sa.update(job).where(*is_ours()).values(run_at=moment_after(), **_LEASELESS)
_LOCK = (
    sa.select(job.c.attempts, job.c.unknown, job.c.cancel_requested, job.c.max_attempts)
    .where(*is_ours())
    .with_for_update()
)
