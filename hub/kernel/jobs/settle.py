"""Ends a run: one fenced update of the job and its seats given back, in one transaction."""

from __future__ import annotations

import random
import traceback
from datetime import timedelta

import msgspec
import sqlalchemy as sa

from hub.kernel import gate
from hub.kernel.db import Transaction, now
from hub.kernel.jobs.records import Again, Cancelled, Done, Failed, Job, LeaseLost, Settled, State, Trouble
from hub.kernel.jobs.tables import Condition, is_running, job, moment_after

BASE = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
LONGEST_DOUBT = timedelta(hours=1)
MAX_RESCUES = 3
MESSAGE_CHARACTERS = 2_000
TRACEBACK_CHARACTERS = 20_000


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
    values = _ending(db, mine, ending) | told(error) | {"lease_token": "", "lease_until": None}
    if db.execute(sa.update(job).where(*is_ours(mine)).values(values)).rowcount == 0:
        raise LeaseLost(mine.id)
    if mine.seats:
        gate.give_back(db, [mine.id])
    return State(str(values["state"]))


def is_ours(mine: Job) -> tuple[Condition, ...]:
    """The fence: this very lease is still the one that holds the job."""
    return job.c.id == mine.id, job.c.lease_token == mine.lease_token, is_running(job.c.state)


def _ending(db: Transaction, mine: Job, ending: Ending) -> dict[str, object]:
    match ending:
        case Done(outcome=outcome):
            return _finished(State.DONE) | {"outcome": outcome, "error": None}
        case Failed(message=message, code=code):
            return _finished(State.FAILED) | {"error": Trouble("Failed", message, code)}
        case Cancelled():
            return _finished(State.CANCELLED)
        case Broken():
            return _finished(State.DEAD)
        case Again():
            return _again(_locked(db, mine), ending)
        case Retry():
            return _retry(_locked(db, mine), ending)


def told(error: BaseException | None) -> dict[str, object]:
    if error is None:
        return {}
    trouble = Trouble(type(error).__name__, _storable(str(error)[:MESSAGE_CHARACTERS]), str(getattr(error, "code", "")))
    return {
        "error": trouble,
        "traceback": _storable("".join(traceback.format_exception(error))[-TRACEBACK_CHARACTERS:]),
    }


def _storable(text: str) -> str:
    """Keep what a database column can: no NUL, no lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "backslashreplace").decode()


def _locked(db: Transaction, mine: Job) -> sa.RowMapping:
    """Read what others may have asked meanwhile, and keep them from asking more until we have written."""
    columns = (job.c.attempts, job.c.rescues, job.c.unknown, job.c.cancel_requested, job.c.max_attempts)
    row = db.execute(sa.select(*columns).where(*is_ours(mine)).with_for_update()).mappings().first()
    if row is None:
        raise LeaseLost(mine.id)
    return row


def _again(row: sa.RowMapping, ending: Again) -> dict[str, object]:
    if row["cancel_requested"]:
        return _finished(State.CANCELLED)
    kept = {"resume": ending.resume, "progress": ending.progress}
    given = {name: value for name, value in kept.items() if value is not msgspec.UNSET}
    cleared = {"attempts": 0, "rescues": 0, "unknown": False, "error": None}
    return {"state": State.WAITING.value, "run_at": moment_after(ending.after)} | cleared | given


def _retry(row: sa.RowMapping, ending: Retry) -> dict[str, object]:
    attempts = row["attempts"] + ending.counts
    counted: dict[str, object] = {"attempts": attempts}
    if row["unknown"] or ending.unknown:
        wait = max(ending.after or timedelta(0), back_off(attempts, LONGEST_DOUBT))
        return counted | {"state": State.UNKNOWN.value, "unknown": True, "run_at": moment_after(wait)}
    if row["cancel_requested"]:
        return counted | _finished(State.CANCELLED)
    if ending.counts and attempts >= row["max_attempts"]:
        return counted | _finished(State.DEAD)
    wait = max(ending.after or timedelta(0), back_off(attempts, LONGEST_WAIT))
    return counted | {"state": State.WAITING.value, "run_at": moment_after(wait)}


def back_off(failures: int, longest: timedelta) -> timedelta:
    """Full jitter: anything up to the doubled wait, so that many do not return at once."""
    return min(longest, BASE * (1 << min(failures, 20))) * random.random()


def _finished(state: State) -> dict[str, object]:
    return {"state": state.value, "finished_at": now(), "unknown": False, "cancel_requested": job.c.cancel_requested}
