"""Confirms every listing that fits a filter, batch by batch, each batch committed with where it ended."""

from __future__ import annotations

from collections import Counter

import msgspec

from hub.catalog.store import pages
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs import Cancelled, Done, Handlers, Job, Settled
from hub.linking.service import deciding
from hub.linking.service.selecting import CONFIRM_LISTINGS, Request

BATCH = 500


def handlers(database: Database) -> Handlers:
    return {CONFIRM_LISTINGS: lambda job: confirm_listings(job, database)}


def confirm_listings(job: Job, database: Database) -> Settled:
    """Run such a request from where its job stands."""
    request = msgspec.convert(job.payload, Request)
    after, totals = str(job.resume or ""), Counter[str](job.progress or {})
    while True:
        with database.writing() as db:
            rows = pages.listings(
                db, job.merchant_id, request.wanted, limit=BATCH, after=after, until=request.until
            )  # fmt: skip
            if not rows:
                return Done(dict(totals))
            answers = deciding.confirm(db, job.merchant_id, [row["id"] for row in rows], actor=request.actor)
            totals += Counter(answer.outcome for answer in answers)
            after = rows[-1]["id"]
            job = jobs.advance(db, job, progress=dict(totals), resume=after)
        if job.cancel_requested:
            return Cancelled()
