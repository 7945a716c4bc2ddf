"""Fetches a channel's category tree as a new edition, and shows it once it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from hub_hookspecs import ChannelError, Temporary

from hub.crosslisting import rules
from hub.crosslisting.rules import Placed
from hub.crosslisting.service.categories import keep_fresh
from hub.crosslisting.service.shop import BATCH, Desk, Outlet
from hub.crosslisting.store import categories
from hub.kernel import jobs
from hub.kernel.errors import HubError, Refused
from hub.kernel.ids import new_id
from hub.kernel.jobs import CancelRequested, Done, Failed, Job, Settled

MOST = 50_000  # whoever writes or reads a workbook holds them all: some 1 KB each


def fetch(job: Job, desk: Desk) -> Settled:
    """Replace the tree; until the last batch is there, and where this dies, the old one stays."""
    shop = desk.open_shop(job.account_id)
    if not shop.has_categories or shop.is_disabled:
        return Failed("the channel has no categories, or its plugin is disabled", "not_supported")
    _drop_leftovers(job, desk)
    try:
        return _fetched(job, desk, shop)
    except (ChannelError, HubError, CancelRequested):
        _drop_leftovers(job, desk)
        raise


def _fetched(job: Job, desk: Desk, shop: Outlet) -> Settled:
    edition, written = new_id(), 0
    for batch in _batches(shop):
        with desk.database.writing() as db:
            categories.add(db, job.account_id, edition, batch)
            written += len(batch)
            job = jobs.report(db, job, progress={"categories": written})
        if job.cancel_requested:
            raise CancelRequested(job.id)
        if written > MOST:
            raise Refused(f"the channel has more than {MOST:,} categories", code="too_many_categories")
    with desk.database.writing() as db:
        shown = categories.publish(db, job.account_id, edition, written)
        keep_fresh(db, job.merchant_id, job.account_id)
        jobs.advance(db, job)
    if not shown:
        raise Temporary("another fetch of the same tree has ended meanwhile", code="overtaken")
    return Done({"categories": written})


def _drop_leftovers(job: Job, desk: Desk) -> None:
    """Drop what a fetch that broke off or died has written: the next one begins an edition of its own."""
    with desk.database.writing() as db:
        categories.drop_unshown(db, job.account_id)
        jobs.report(db, job, progress={"categories": 0})


def _batches(shop: Outlet) -> Iterator[list[Placed]]:
    placed = rules.placed(shop.host.list_categories(shop.door))
    while batch := list(islice(placed, BATCH)):
        yield batch
