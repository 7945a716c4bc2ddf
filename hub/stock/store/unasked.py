"""Whether a job of an account is asked for already: two looks at the index of jobs."""

from __future__ import annotations

import sqlalchemy as sa

from hub.channels.tables import account
from hub.kernel.jobs.tables import Condition, is_ready, is_started, job

PUSH = "stock.push"


def unasked(kind: str) -> sa.ColumnElement[bool]:
    """Of an account in the query: nobody has asked for this job of it, and nobody is at it."""
    return sa.and_(_one(kind, is_ready(job.c.state)).is_(None), _one(kind, is_started(job.c.state)).is_(None))


def _one(kind: str, where: Condition) -> sa.ScalarSelect[str]:
    same = (job.c.kind == kind, job.c.account_id == account.c.id, job.c.key == "")
    return sa.select(job.c.id).where(*same, where).limit(1).correlate(account).scalar_subquery()
