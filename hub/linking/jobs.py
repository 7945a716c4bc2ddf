"""Confirms every listing that fits a filter, batch by batch, each batch committed with where it ended."""

from __future__ import annotations

import hashlib
from collections import Counter

import msgspec

from hub.catalog.store import pages
from hub.catalog.store.pages import ListingFilter
from hub.kernel import jobs
from hub.kernel.db import Database, Transaction
from hub.kernel.events import Actor
from hub.kernel.ids import new_id
from hub.kernel.jobs import Cancelled, Done, Handlers, Job, JobKind, Settled, Ticket
from hub.linking import service

CONFIRM_LISTINGS = JobKind("linking.confirm_listings", version=1, lane="default")
BATCH = 500


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Which listings, on whose word, and the last listing there was when it was given."""

    wanted: ListingFilter
    actor: Actor
    until: str


def confirm_all(db: Transaction, merchant_id: str, wanted: ListingFilter, *, actor: Actor) -> Ticket:
    """Ask for all listings that fit to be confirmed; those imported later are not meant."""
    request = Request(wanted=wanted, actor=actor, until=new_id())
    said = msgspec.json.encode((merchant_id, wanted, actor))
    key = hashlib.sha256(said).hexdigest()  # another filter, or another person, is another request
    return jobs.enqueue(
        db, CONFIRM_LISTINGS, key=key, merchant_id=merchant_id, payload=msgspec.to_builtins(request)
    )  # fmt: skip


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
            answers = service.confirm(db, job.merchant_id, [row["id"] for row in rows], actor=request.actor)
            totals += Counter(answer.outcome for answer in answers)
            after = rows[-1]["id"]
            job = jobs.advance(db, job, progress=dict(totals), resume=after)
        if job.cancel_requested:
            return Cancelled()
