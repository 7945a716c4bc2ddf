"""The hub is held against what a 3PL knows: begun by hand or daily, each difference kept with its age, and told.

Nothing is put right here but what documents say anyway: what has left, or come, is booked as it is heard.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import NamedTuple

from hub_hookspecs import Absent, TaskKind, TaskRef, TaskState

from hub.channels import store as channels
from hub.channels.rules import State as AccountState
from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.channels.store.warehouses import Warehouse
from hub.fulfilment.rules.outbounds import Part
from hub.fulfilment.rules.reconciling import (
    HINTED_SINCE,
    STOPPED_SINCE,
    Found,
    Phase,
    RunState,
    absent,
    departed,
)
from hub.fulfilment.rules.syncs import SyncPhase
from hub.fulfilment.service import counting, documents, receipts, refreshing
from hub.fulfilment.service.syncs import zone_of
from hub.fulfilment.store import inbounds, outbounds, syncs
from hub.fulfilment.store import reconciling as store
from hub.fulfilment.store.reconciling import Finding, Reconciliation
from hub.fulfilment.store.syncs import SyncRow
from hub.kernel import events, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.jobs import Job, JobKind, Ticket
from hub.orders.store import polls
from hub.stock.service import placing
from hub.stock.service.pushing import moment

RECONCILE = JobKind("fulfilment.reconcile", lane="bulk")
HAND, DAILY = "hand", "daily"
_ABANDONED = "the job that did it ended before it was done"


class Asked(NamedTuple):
    """A reconciliation, and the job that does it."""

    reconciliation: Reconciliation
    ticket: Ticket


def ask(db: Transaction, merchant_id: str, account_id: str, *, actor: Actor) -> Asked:
    """Have the hub held against what this 3PL knows; one that is under way is that one."""
    placing.require_plan(db, merchant_id)
    account = standing.open_account(db, merchant_id, account_id)
    if not channels.warehouses.of_accounts(db, [account_id]):
        message = f"{account.name} has no warehouse of a 3PL: choose an account at one"
        raise Refused(message, code="no_third_party")
    db.serialise(_subject(account_id))
    running = store.running(db, account_id)
    if running is not None and not jobs.unfinished(db, RECONCILE, [""], account_id=account_id):
        end(db, running, RunState.FAILED, _ABANDONED)
        running = None
    if running is None:
        running = store.make(db, merchant_id, account_id, HAND)
        _tell(db, "account.reconciliation_asked", running, actor=actor)
    return Asked(running, jobs.enqueue(db, RECONCILE, merchant_id=merchant_id, account_id=account_id, payload=HAND))


def take_up(db: Transaction, job: Job) -> Reconciliation | None:
    """The one that this job does, made where it comes round by itself; None: it has been done."""
    db.serialise(_subject(job.account_id))
    houses = channels.warehouses.of_accounts(db, [job.account_id])
    if houses and jobs.comes_next(db, RECONCILE, account_id=job.account_id) is not None:
        keep(db, houses[0])
    running = store.running(db, job.account_id)
    if running is not None and running.job_id not in (None, job.id):
        end(db, running, RunState.FAILED, _ABANDONED)
        running = None
    if running is None:
        if job.payload != DAILY or store.of_job(db, job.id) is not None:
            return None
        running = store.make(db, job.merchant_id, job.account_id, DAILY)
    return running if running.job_id == job.id else store.change(db, running.id, job_id=job.id)


def end(db: Transaction, one: Reconciliation, state: RunState, reason: str = "") -> Reconciliation:
    """Let it be over; what it has found by then stays, and people are told of it where it is whole."""
    if one.sync_id is not None:
        syncs.drop(db, one.sync_id)
    if state is RunState.DONE:
        store.age(db, one)
    counts = store.counts(db, one.id)
    row = store.change(
        db, one.id, state=state.value, counts=counts, reason=reason or one.reason, sync_id=None, finished_at=now()
    )  # fmt: skip
    kind = "account.reconciled" if state is RunState.DONE else "account.reconciliation_failed"
    actor = Actor(kind="job", id=row.job_id) if row.job_id else events.SYSTEM
    _tell(db, kind, row, actor=actor, announce=state is RunState.DONE and any(counts.values()))
    return row


# -- documents


def asked(db: Transaction, one: Reconciliation, *, limit: int) -> list[tuple[str, TaskRef]]:
    """The documents of its phase that the 3PL is asked for next, by id: those open, and those stopped lately."""
    if one.phase is Phase.OUTBOUNDS:
        since = moment(db) - STOPPED_SINCE
        ids = store.outbounds_asked(db, one.account_id, since, after=one.after, limit=limit)
        tasks = refreshing.tasks_of(db, outbounds.of_codes(db, one.account_id, ids.values()))
    else:
        ids = store.inbounds_asked(db, one.account_id, after=one.after, limit=limit)
        tasks = receipts.tasks_of(db, inbounds.of_codes(db, one.account_id, ids.values()))
    by_code = {task.key: task for task in tasks}
    return [(document_id, by_code[code]) for document_id, code in ids.items()]


def hear(
    db: Transaction, channels_: Channels, one: Reconciliation, task: TaskRef, told: TaskState | Absent, *,
    since: datetime, actor: Actor,
) -> None:  # fmt: skip
    """Note how what the 3PL says of a document differs from what is known here, then take it in."""
    at = moment(db)
    found = _outbound(db, one, told, at) if task.kind is TaskKind.OUTBOUND else _inbound(db, one, told, at)
    store.keep(db, found)
    documents.settle(db, channels_, one.account_id, task.kind, told, since=since, actor=actor)


def _outbound(db: Transaction, one: Reconciliation, told: TaskState | Absent, at: datetime) -> list[Finding]:
    found = []
    for row in outbounds.of_codes(db, one.account_id, [told.key]):
        lines = outbounds.lines(db, [row.id])[row.id]
        parts = [Part(x.line_id, x.product_id, x.sku, x.quantity, x.shipped) for x in lines]
        lost = absent(row.push_status, row.state, told, quantity=sum(part.quantity for part in parts))
        left_at = min(told.at or at, at) if isinstance(told, TaskState) else at
        if (each := lost or departed(parts, told)) is not None:
            found.append(_finding(one, row.warehouse_id, row.code, each, left_at, order_id=row.order_id))
    return found


def _inbound(db: Transaction, one: Reconciliation, told: TaskState | Absent, at: datetime) -> list[Finding]:
    found = []
    for row in inbounds.of_codes(db, one.account_id, [told.key]):
        planned = sum(line.quantity for line in inbounds.lines(db, row.id))
        if (each := absent(row.push_status, row.state, told, quantity=planned)) is not None:
            found.append(_finding(one, row.warehouse_id, row.code, each, at))
    return found


def _finding(
    one: Reconciliation, warehouse_id: str, ref: str, found: Found, since: datetime, *, order_id: str | None = None
) -> Finding:  # fmt: skip
    return Finding(
        reconciliation_id=one.id, kind=found.kind, warehouse_id=warehouse_id, ref=ref, order_id=order_id,
        product_id=None, here=found.here, there=found.there, note=found.note, since=since,
    )  # fmt: skip


# -- stock, and what was hinted at


def next_house(db: Transaction, one: Reconciliation) -> Warehouse | None:
    """The warehouse whose stock is compared next; None: all are."""
    mine = channels.warehouses.of_accounts(db, [one.account_id])
    return next((house for house in mine if house.id > one.after), None)


def begin_comparison(db: Transaction, one: Reconciliation, house: Warehouse) -> SyncRow:
    """Begin to compare what lies there: as a stock sync reads and judges it, which adopts nothing."""
    if one.sync_id is not None and (found := syncs.find(db, house.id, one.sync_id)) is not None:
        return found
    made = syncs.make(db, one.merchant_id, house.id, one.account_id, syncs.CHECK, SyncPhase.READING)
    counting.note(db, made)
    return syncs.change(db, made.id, started_at=now(), read_from=now())


def keep_strangers(db: Transaction, one: Reconciliation) -> None:
    store.keep_strangers(db, one, moment(db) - HINTED_SINCE)


# -- every night


class Daily:
    """A caretaker: has every account at a 3PL reconciled each night after three, by its first warehouse's clocks."""

    LOT = 500

    def __init__(self) -> None:
        self._after = ""

    def __call__(self, db: Transaction) -> int:
        """Look at some more accounts; gives how many, 0 after the last."""
        found = polls.some(db, RECONCILE.name, after=self._after, limit=self.LOT)
        self._after = found[-1][0].id if found else ""
        houses: dict[str, Warehouse] = {}
        for house in channels.warehouses.of_accounts(db, [account.id for account, _ in found]):
            houses.setdefault(house.account_id, house)
        for account, kept in found:
            mine = houses.get(account.id) if account.state is not AccountState.CLOSED else None
            if mine is None and kept is not None:
                forget(db, account.id)
            elif mine is not None and kept is None:
                keep(db, mine)
        return len(found)


def keep(db: Transaction, house: Warehouse) -> None:
    """Let the account of this warehouse be reconciled each night, by the zone that it has now."""
    minute = zlib.crc32(house.account_id.encode()) % 60  # accounts must not all call at the same one
    jobs.every(
        db, RECONCILE, rule=f"{minute} 3 * * *", zone=zone_of(house), account_id=house.account_id,
        merchant_id=house.merchant_id, payload=DAILY,
    )  # fmt: skip


def forget(db: Transaction, account_id: str) -> None:
    """Reconcile it by itself no more."""
    jobs.stop(db, RECONCILE, account_id=account_id)


def expect(db: Transaction, merchant_id: str, account_id: str, reconciliation_id: str) -> Reconciliation:
    account = standing.account(db, merchant_id, account_id)
    found = store.find(db, account.id, reconciliation_id)
    if found is None:
        raise NotFound("reconciliation")
    return found


def _subject(account_id: str) -> str:
    return f"reconciliation:{account_id}"


def _tell(db: Transaction, kind: str, row: Reconciliation, *, actor: Actor, announce: bool = False) -> None:
    account = standing.account(db, row.merchant_id, row.account_id)
    events.record(
        db, kind, merchant_id=row.merchant_id, subject=Subject(kind="account", id=row.account_id), actor=actor,
        announce=announce,
        after={"reconciliation_id": row.id, "account_id": account.id, "account": account.name, "counts": row.counts,
               "reason": row.reason},
    )  # fmt: skip
