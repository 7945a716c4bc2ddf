"""Looks at orders again where something has changed that they may have waited for: few of all, the oldest first.

Each transaction settles some orders of one account and notes how far it came: who dies in it has changed nothing, and
the next run goes on there. Two that look at the same orders wait for each other, and the second finds them settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

import msgspec
from hub_hookspecs import Channel

from hub.channels import store as channels
from hub.kernel import jobs
from hub.kernel.db import Database
from hub.kernel.jobs import Cancelled, Done, Job, Settled
from hub.kernel.types import EPOCH
from hub.orders.service import rechecking
from hub.orders.service.take_in import held, hold
from hub.orders.store import waiting
from hub.orders.store.waiting import Waiting

AT_ONCE = 100  # orders settled in one transaction
LOOKED = 500  # orders asked for at once: after them it is asked again what can still be served
ACCOUNTS = 100  # looked at in one transaction for who takes orders in: each takes a lock, of which there are few


Declared = Mapping[str, Channel]  # of every plugin that is loaded, by its name


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """The order that was looked at last."""

    placed_at: datetime = EPOCH
    order_id: str = ""


def recheck(job: Job, database: Database, declared: Declared) -> Settled:
    """Look again at the orders that the change in the job's key concerns; progress counts them, and what changed."""
    what, _, subject = job.key.partition(":")
    return _recheck(job, database, declared, what, subject)


def recheck_unpaid(job: Job, database: Database, declared: Declared) -> Settled:
    """Let unpaid orders hold stock, or let go of it, as their merchant wants it by now."""
    return _recheck(job, database, declared, "unpaid", job.merchant_id)


def recheck_routing(job: Job, database: Database, declared: Declared) -> Settled:
    """Decide again what is sent from where: the merchant's rules, its warehouses or what they know have changed."""
    return _recheck(job, database, declared, "routing", job.merchant_id)


def _recheck(job: Job, database: Database, declared: Declared, what: str, subject: str) -> Settled:
    progress, place = Counter[str](job.progress or {}), msgspec.convert(job.resume or {}, Place)
    _let_pass(database, job.merchant_id)
    while True:
        with database.reading() as db:
            after = (place.placed_at, place.order_id)
            found = waiting.concerned(db, job.merchant_id, what, subject, after=after, limit=LOOKED)
        if not found:
            return Done(dict(progress))
        for account_id, some in _of_one_account(found):
            place = Place(placed_at=some[-1].placed_at, order_id=some[-1].order_id)
            with database.writing() as db:
                changed = rechecking.again(db, declared, account_id, [one.order_id for one in some])
                progress += Counter(looked_at=len(some), changed=changed)
                job = jobs.advance(db, job, progress=dict(progress), resume=place)
            if job.cancel_requested:
                return Cancelled()


def _let_pass(database: Database, merchant_id: str) -> None:
    """Let those pass that were taking orders in when the change was made: they may not have seen it, nor we them.

    Who takes orders of an account in begins by its lock; whoever gets it after this begins with the change. Most locks
    are free, which one statement finds of many; those that are not are waited for one by one, holding none meanwhile.
    """
    after = ""
    while True:
        with database.reading() as db:
            accounts = channels.accounts.ids_of(db, merchant_id, after=after, limit=ACCOUNTS)
            busy = held(db, accounts)
        for account_id in busy:
            with database.reading() as db:
                hold(db, account_id)
        if len(accounts) < ACCOUNTS:
            return
        after = accounts[-1]


def _of_one_account(found: Sequence[Waiting]) -> Iterator[tuple[str, list[Waiting]]]:
    for account_id, group in groupby(found, key=lambda one: one.account_id):
        some = list(group)
        for n in range(0, len(some), AT_ONCE):
            yield account_id, some[n : n + AT_ONCE]
