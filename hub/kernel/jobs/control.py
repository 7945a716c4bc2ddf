"""What a person may ask of a job: to stop it, or to try it once more."""

from __future__ import annotations

import sqlalchemy as sa

from hub.kernel.db import Transaction, now
from hub.kernel.errors import NotFound, Refused
from hub.kernel.jobs.enqueue import Ticket, request
from hub.kernel.jobs.queries import SHOWN, find, opened
from hub.kernel.jobs.records import FINISHED, Job, RetryChecks, State, Trouble
from hub.kernel.jobs.tables import among, job

COPIED = (
    "kind", "version", "key", "merchant_id", "account_id", "lane", "max_attempts", "can_be_unknown",
    "payload", "progress", "resume",
)  # fmt: skip


def cancel(db: Transaction, job_id: str) -> Job:
    """Stop a job: at once where it waits, at its next step where it runs, after the read-back where that is owed.

    One statement: between two of them the run could end, and neither would find the job. In a transaction of its own:
    it locks the row out of the order in which others lock theirs.
    """
    row = db.execute(_CANCEL, {"cancelled_id": job_id}).mappings().first()
    return _found(db, job_id) if row is None else opened(row)


def retry(db: Transaction, job_id: str, checks: RetryChecks) -> Ticket:
    """Ask again for work that was not done, from where it stood; the old job stays as it is.

    Refused where the check of its kind, which knows what the work needs, refuses it.
    """
    old = _found(db, job_id)
    if old.state not in FINISHED:
        raise Refused("the job has not ended yet; cancel it first or wait", code="job_not_finished")
    if old.state is State.DONE:
        raise Refused("the job is done, there is nothing left to try again; ask for new work", code="job_done")
    if check := checks.get(old.kind):
        check(db, old)
    return request(db, {name: getattr(old, name) for name in COPIED} | {"wanted_at": None})


def conclude(db: Transaction, job_id: str, *, message: str) -> Job:
    """Let a person who has looked at the channel end a job whose outcome is unknown."""
    doubtful = sa.update(job).where(job.c.id == job_id, among(job.c.state, State.UNKNOWN))
    ended = {"state": State.FAILED.value, "unknown": False, "finished_at": now()}
    told = {"error": Trouble("Concluded", message, "concluded")}
    row = db.execute(doubtful.values(ended | told).returning(*SHOWN)).mappings().first()
    if row is not None:
        return opened(row)
    _found(db, job_id)
    raise Refused("only a job with an unknown outcome is concluded by hand", code="job_not_unknown")


def _found(db: Transaction, job_id: str) -> Job:
    found = find(db, job_id)
    if found is None:
        raise NotFound("job")
    return found


_idle = among(job.c.state, State.READY, State.WAITING)
_CANCEL = (
    sa.update(job)
    .where(job.c.id == sa.bindparam("cancelled_id"), among(job.c.state, *sorted(set(State) - FINISHED)))
    .values(
        state=sa.case((_idle, State.CANCELLED.value), else_=job.c.state),
        finished_at=sa.case((_idle, now()), else_=job.c.finished_at),
        cancel_requested=True,
    )
    .returning(*SHOWN)
)
