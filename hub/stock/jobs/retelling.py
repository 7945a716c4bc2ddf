"""Looks again at what a change outside of stock may have touched, and at what was forgotten."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa

from hub.channels.host import Hosts
from hub.channels.service.hearing import refresh
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.jobs import Cancelled, Done, Job, Settled
from hub.kernel.jobs.records import Caretaker
from hub.stock.service import rechecking, retrying, touching
from hub.stock.service.desk import Desk
from hub.stock.store import due, marking
from hub.stock.store.stale import START, After

LISTINGS = 1_000  # of an account looked at in one transaction
FORGOTTEN = timedelta(minutes=10)  # after which a figure that is due has surely no job any more
ACCOUNTS = 100
REFUSED = 500  # figures told again in one transaction


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """How far telling again what was refused has come."""

    after: After = START
    listings: int = 0


def retell_account(job: Job, desk: Desk) -> Settled:
    """Look again at every figure of an account: its places, its rule, or whether it is told at all have changed."""
    after = str(job.resume or "")
    while True:
        with desk.database.writing() as db:
            marked, after = marking.mark_account(
                db, job.account_id, cause=f"account:{job.id}", after=after, limit=LISTINGS
            )
            for merchant_id, account_id in sorted(marked):
                touching.ask(db, merchant_id, account_id)
            job = jobs.advance(db, job, resume=after)
            if not after:
                rechecking.remapped(db, job.merchant_id, job.account_id)
        if not after:
            return Done()
        if job.cancel_requested:
            return Cancelled()


def retell_refused(job: Job, desk: Desk) -> Settled:
    """Tell again what the channel has refused: it may take it by now. What is due anyway is left as it is."""
    done = msgspec.convert(job.resume or {}, Retried)
    while True:
        with desk.database.writing() as db:
            found = retrying.some_again(db, job.account_id, done.after, cause=f"refused:{job.id}", limit=REFUSED)
            if not found:
                jobs.advance(db, job, progress={"listings": done.listings})
                return Done({"listings": done.listings})
            last = found[-1]
            after = (last.since, last.listing_id, last.place_ref)
            done = Retried(after=after, listings=done.listings + len(found))
            job = jobs.advance(db, job, progress={"listings": done.listings}, resume=done)
        if job.cancel_requested:
            return Cancelled()


def retell_product(job: Job, desk: Desk) -> Settled:
    """Look again at every figure that shows a product: a pack, or what a bundle contains, has changed."""
    with desk.database.writing() as db:
        touching.touch(db, [job.key], cause=f"product:{job.id}")
        rechecking.may_serve(db, job.merchant_id, [job.key])
        jobs.advance(db, job)
    return Done()


def hearing_kept(hosts: Hosts) -> Caretaker:
    """Keep who is told of stock as the plugins that are installed now have it."""
    return lambda db: refresh(db, hosts)


def wake_forgotten(db: Transaction) -> int:
    """Have told what has been due for long: its job was cancelled, or died with the process that ran it."""
    moment = db.execute(sa.select(now())).scalar_one()
    for merchant_id, account_id in due.overdue(db, before=moment - FORGOTTEN, limit=ACCOUNTS):
        touching.ask(db, merchant_id, account_id)
    return 0  # they come round again as long as they are due


def retry_refused(db: Transaction) -> int:
    """Have told again, a day from now, what channels have refused, as long as they do; gives how many accounts."""
    return retrying.ask_for_left(db, limit=ACCOUNTS)
