"""Proves that a running job is still ours: every write of a handler goes through here in its own transaction."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from hub.kernel.db import Transaction
from hub.kernel.jobs import watch
from hub.kernel.jobs.records import CancelRequested, Job, LeaseLost
from hub.kernel.jobs.settle import Values, is_ours, lease_of
from hub.kernel.jobs.tables import job, moment_after


def advance(db: Transaction, mine: Job, *, progress: object = msgspec.UNSET, resume: object = msgspec.UNSET) -> Job:
    """Commit a step of this job with what the step changed; raise `LeaseLost` where another has taken over.

    A step resets the counters and ends an unknown outcome. A request to stop is told by `cancel_requested` of the
    answer and does not undo the step.
    """
    values = {"attempts": 0, "rescues": 0, "unknown": False, "progress": progress, "resume": resume}
    given = {name: value for name, value in values.items() if value is not msgspec.UNSET}
    return msgspec.structs.replace(mine, cancel_requested=_extend(db, mine, given), **given)


def report(db: Transaction, mine: Job, *, progress: object) -> Job:
    """Commit what the next run would begin anew: as `advance`, but attempts and rescues go on counting.

    Else a run that breaks off at the same point each time would be tried for ever.
    """
    return msgspec.structs.replace(mine, cancel_requested=_extend(db, mine, {"progress": progress}), progress=progress)


def hold(db: Transaction, mine: Job) -> None:
    """Make sure, as the last thing before a call to the channel, that the job is ours and still wanted.

    Where the outcome of an earlier call is unknown, a request to stop waits for the read-back.
    """
    if _extend(db, mine, {}) and not mine.unknown:
        raise CancelRequested(mine.id)


def _extend(db: Transaction, mine: Job, values: Values) -> bool:
    """Answer whether somebody asked to stop."""
    asked = db.execute(_EXTEND, {**values, **lease_of(mine), "wait": mine.lease}).scalar()
    if asked is None:
        raise LeaseLost(mine.id)
    watch.stir(mine.lease_token)
    return bool(asked)


_EXTEND = sa.update(job).where(*is_ours()).values(lease_until=moment_after()).returning(job.c.cancel_requested)
