"""Confirms everything that fits a filter: asked for here, done by a job."""

from __future__ import annotations

import hashlib

import msgspec

from hub.catalog.store.pages import ListingFilter
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.kernel.ids import new_id
from hub.kernel.jobs import JobKind, Ticket

CONFIRM_LISTINGS = JobKind("linking.confirm_listings", version=1, lane="default")


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
