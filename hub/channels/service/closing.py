"""Closes an account for good: refused while work on it is open, and its secrets go with it.

Where a channel is gone nobody hears any more what becomes of its open orders. A person who says how many there are may
close the account all the same: they stay as they are and keep their stock, until people send or cancel each by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.channels import store
from hub.channels.rules import State
from hub.channels.service import farewells, gates, third_party, warehouses
from hub.channels.service.amending import forget_unused
from hub.channels.service.connecting import stop_connecting
from hub.channels.service.standing import open_account, pause
from hub.channels.service.telling import tell
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import gate, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor
from hub.kernel.jobs import State as JobState

UNDER_WAY = (JobState.RUNNING, JobState.UNKNOWN)
NOT_BEGUN = (JobState.READY, JobState.WAITING)
BATCH = 100


def prepare_closing(
    channels: Channels, merchant_id: str, account_id: str, *, actor: Actor, abandons: int | None = None
) -> None:
    """Pause the account and cancel its jobs that are ready or waiting, unless something forbids closing.

    Each job is cancelled in a transaction of its own, as the job engine wants it.
    """
    with channels.database.writing() as db:
        old = open_account(db, merchant_id, account_id, for_change=True)
        _require_nothing_open(channels, db, old, abandons)
        third_party.require_nothing_open(channels, db, store.warehouses.of_accounts(db, [old.id]))
        pause(db, merchant_id, account_id, actor=actor, reason="closing")
    for job_id in _not_begun(channels, merchant_id, account_id):
        with channels.database.writing() as db:
            jobs.cancel(db, job_id)


def close(
    channels: Channels, db: Transaction, merchant_id: str, account_id: str, *, actor: Actor, abandons: int | None = None
) -> AccountRow:
    """Close a prepared account; its identity is free for whoever authorises it next.

    `abandons`: how many open orders are left to people; another number than there are is refused.
    """
    warehouses.one_at_a_time(db, merchant_id)
    old = open_account(db, merchant_id, account_id, for_change=True)
    third_party.retire(channels, db, old, actor=actor)  # first: who is about to push there sees it, or is seen running
    _require_nothing_open(channels, db, old, abandons)
    channels.before_close(db, old)
    stop_connecting(db, old.id)
    store.places.forget(db, old.id)
    store.accounts.change(db, old.id, state=State.CLOSED, reason="", settings="", connected_at=None, tells_stock=False)
    gate.leave(db, old.id)
    gate.remove(db, gates.account_scope(old.id))
    farewells.keep(channels, db, old)
    forget_unused(db, old.credentials)
    left = {"abandoned_orders": abandons} if abandons else {}
    tell(db, "account.closed", old, actor=actor, before={"state": old.state}, after={"state": State.CLOSED, **left})
    return store.accounts.expect(db, old.id)


def _require_nothing_open(channels: Channels, db: Transaction, account: AccountRow, abandons: int | None) -> None:
    running = jobs.listing(db, account.merchant_id, account_id=account.id, states=UNDER_WAY, limit=BATCH)
    reasons = [f"job {job.kind} {job.id} is {job.state}" for job in running]
    reasons += channels.open_work(db, account.id, abandons)
    if reasons:
        raise Refused(f"the account still has open work: {'; '.join(reasons)}", code="work_open")


def _not_begun(channels: Channels, merchant_id: str, account_id: str) -> Iterator[str]:
    while True:
        with channels.database.reading() as db:
            found = jobs.listing(db, merchant_id, account_id=account_id, states=NOT_BEGUN, limit=BATCH)
        if not found:
            return
        for job in found:
            yield job.id
