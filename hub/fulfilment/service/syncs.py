"""Stock syncs of warehouses of others: asked for, begun, and ended; what each SKU comes to is in `counting`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from hub.channels import store as channels
from hub.channels.service import warehouses
from hub.channels.store.warehouses import Warehouse
from hub.fulfilment.rules.syncs import SyncPhase, SyncState
from hub.fulfilment.store import syncs
from hub.fulfilment.store.syncs import SyncRow
from hub.kernel import events, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.jobs import Job, JobKind, Ticket
from hub.stock.service import placing

# Its key is the warehouse: one at a time. The payload says whether it was asked for, or comes round.
SYNC_STOCK = JobKind("fulfilment.sync_stock", lane="bulk")
HAND, DAILY, NEWS = "hand", "daily", "news"
AT_TWO = "0 2 * * *"
_NEWER = "a newer sync took its place before anybody approved it"
_ABANDONED = "the job that did it ended before it was done"


class Asked(NamedTuple):
    """A sync, and the job that does it."""

    sync: SyncRow
    ticket: Ticket


class Daily(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a warehouse is synchronised daily, by the clocks of which zone, and when next."""

    enabled: bool
    timezone: str
    next_at: datetime | None


def ask(db: Transaction, merchant_id: str, warehouse_id: str, *, actor: Actor) -> Asked:
    """Have a warehouse of a 3PL synchronised; one that is under way is that one."""
    placing.require_plan(db, merchant_id)
    house = placing.open_house(db, merchant_id, warehouse_id)
    db.serialise(_subject(house.id))
    running = syncs.in_state(db, house.id, SyncState.RUNNING)
    if running is not None and not jobs.unfinished(db, SYNC_STOCK, [house.id], account_id=house.account_id):
        end(db, running, SyncState.FAILED, _ABANDONED)
        running = None
    if running is None:
        running = syncs.make(db, merchant_id, house.id, house.account_id, HAND)
        _tell(db, "warehouse.sync_asked", running, actor=actor)
    return Asked(running, _enqueue(db, house))


def soon(db: Transaction, merchant_id: str, account_id: str, warehouse_id: str, *, at: datetime | None = None) -> None:
    """Have a warehouse synchronised by itself, now or then: what it told lately it may have counted before."""
    jobs.enqueue(
        db, SYNC_STOCK, key=warehouse_id, merchant_id=merchant_id, account_id=account_id, payload=NEWS, run_at=at
    )  # fmt: skip


def approve(db: Transaction, merchant_id: str, warehouse_id: str, sync_id: str, *, actor: Actor) -> Asked:
    """Let a sync that waits be adopted, exactly as it is shown; what has changed since is left to the next one.

    Where it has adopted what fits, the rest is adopted as near as can be.
    """
    placing.require_plan(db, merchant_id)
    house = placing.open_house(db, merchant_id, warehouse_id)
    found = _waiting(db, house, sync_id, "approved")
    if syncs.in_state(db, house.id, SyncState.RUNNING) is not None:
        message = "another sync of this warehouse is under way and takes its place: look at that one"
        raise Refused(message, code="sync_under_way")
    row = syncs.change(
        db, found.id, state=SyncState.RUNNING.value, job_id=None, reason="", finished_at=None,
        phase=(SyncPhase.FITTING if found.phase is SyncPhase.ADOPTING else SyncPhase.ADOPTING).value,
    )  # fmt: skip
    _tell(db, "warehouse.sync_approved", row, actor=actor, before=found)
    return Asked(row, _enqueue(db, house))


def decline(
    db: Transaction, merchant_id: str, warehouse_id: str, sync_id: str, *, why: str, actor: Actor
) -> SyncRow:  # fmt: skip
    """Adopt nothing more of a sync that waits; the stock stays as it is until the next one."""
    house = warehouses.warehouse(db, merchant_id, warehouse_id)
    found = _waiting(db, house, sync_id, "declined")
    row = syncs.change(db, found.id, state=SyncState.REFUSED.value, reason=f"declined: {why}", finished_at=now())
    _tell(db, "warehouse.sync_declined", row, actor=actor, before=found)
    return row


def _waiting(db: Transaction, house: Warehouse, sync_id: str, done: str) -> SyncRow:
    """The sync that waits for a person, kept from others."""
    db.serialise(_subject(house.id))
    found = syncs.find(db, house.id, sync_id, for_change=True)
    if found is None:
        raise NotFound("stock sync")
    if found.state is not SyncState.WAITING:
        message = f"this sync is {found.state.value}: only one that waits for approval is {done}"
        raise Refused(message, code="sync_not_waiting")
    return found


def take_up(db: Transaction, job: Job) -> SyncRow | None:
    """The sync that this job does, made where it comes round by itself; None: there is nothing to do any more."""
    db.serialise(_subject(job.key))
    house = channels.warehouses.warehouse_of(db, job.merchant_id, job.key, keeps_open=True)
    running = syncs.in_state(db, job.key, SyncState.RUNNING)
    if house is None or house.archived_at is not None:
        jobs.stop(db, SYNC_STOCK, account_id=job.account_id, key=job.key)
        if running is not None:
            end(db, running, SyncState.FAILED, "the warehouse was archived")
        return None
    if jobs.comes_next(db, SYNC_STOCK, account_id=house.account_id, key=house.id) is not None:
        keep_daily(db, house)  # its zone may be another one by now
    if running is not None and running.job_id not in (None, job.id):
        end(db, running, SyncState.FAILED, _ABANDONED)
        running = None
    if running is None:
        if job.payload not in (DAILY, NEWS) or syncs.of_job(db, job.id) is not None:
            return None  # it was done, and its job died before it could say so
        running = syncs.make(db, house.merchant_id, house.id, house.account_id, job.payload)
    waiting = syncs.in_state(db, house.id, SyncState.WAITING)
    if waiting is not None:
        end(db, waiting, SyncState.REFUSED, _NEWER)
    if running.job_id == job.id:
        return running
    return syncs.change(db, running.id, job_id=job.id, started_at=running.started_at or now())


def end(db: Transaction, one: SyncRow, state: SyncState, reason: str = "", *, is_news: bool = True) -> SyncRow:
    """Let a sync be over, or wait for a person; people are told of what they have to see to, where that is news."""
    row = syncs.change(db, one.id, state=state.value, reason=reason, finished_at=now())
    if one.cause == syncs.CHECK:
        return row
    kinds = {SyncState.DONE: "synced", SyncState.WAITING: "sync_waits", SyncState.FAILED: "sync_failed"}
    kind = kinds.get(state, "sync_refused")
    actor = Actor(kind="job", id=row.job_id) if row.job_id else events.SYSTEM
    _tell(db, f"warehouse.{kind}", row, actor=actor, before=one, is_news=is_news)
    return row


def turn_daily(db: Transaction, merchant_id: str, warehouse_id: str, *, enabled: bool, actor: Actor) -> Daily:
    """Have a warehouse synchronised every day at 02:00 by its own clocks, or no more."""
    placing.require_plan(db, merchant_id)
    house = placing.open_house(db, merchant_id, warehouse_id)
    before = daily(db, house)
    if before.enabled is enabled:
        return before
    if enabled:
        keep_daily(db, house)
    else:
        jobs.stop(db, SYNC_STOCK, account_id=house.account_id, key=house.id)
    after = daily(db, house)
    events.record(
        db, "warehouse.daily_sync_changed", merchant_id=merchant_id, subject=Subject(kind="warehouse", id=house.id),
        actor=actor, before={"enabled": before.enabled}, after={"enabled": enabled, "timezone": after.timezone},
    )  # fmt: skip
    return after


def keep_daily(db: Transaction, house: Warehouse) -> None:
    """Let it come round by the zone that the warehouse has now."""
    jobs.every(
        db, SYNC_STOCK, rule=AT_TWO, account_id=house.account_id, key=house.id, merchant_id=house.merchant_id,
        payload=DAILY, zone=zone_of(house),
    )  # fmt: skip


def daily_of(db: Transaction, merchant_id: str, warehouse_id: str) -> Daily:
    return daily(db, warehouses.warehouse(db, merchant_id, warehouse_id))


def daily(db: Transaction, house: Warehouse) -> Daily:
    next_at = jobs.comes_next(db, SYNC_STOCK, account_id=house.account_id, key=house.id)
    return Daily(enabled=next_at is not None, timezone=zone_of(house), next_at=next_at)


def zone_of(house: Warehouse) -> str:
    """By whose clocks it is 02:00 there; a warehouse that tells no zone goes by UTC."""
    return house.timezone or "UTC"


def expect(db: Transaction, merchant_id: str, warehouse_id: str, sync_id: str) -> SyncRow:
    house = warehouses.warehouse(db, merchant_id, warehouse_id)
    found = syncs.find(db, house.id, sync_id)
    if found is None:
        raise NotFound("stock sync")
    return found


def _enqueue(db: Transaction, house: Warehouse) -> Ticket:
    return jobs.enqueue(
        db, SYNC_STOCK, key=house.id, merchant_id=house.merchant_id, account_id=house.account_id, payload=HAND
    )  # fmt: skip


def _subject(warehouse_id: str) -> str:
    return f"stock_sync:{warehouse_id}"


def _tell(
    db: Transaction, kind: str, row: SyncRow, *, actor: Actor, before: SyncRow | None = None, is_news: bool = True
) -> None:  # fmt: skip
    announced = is_news and row.state in (SyncState.WAITING, SyncState.FAILED)
    house = channels.warehouses.named(db, row.merchant_id, [row.warehouse_id]).get(row.warehouse_id)
    events.record(
        db, kind, merchant_id=row.merchant_id, subject=Subject(kind="warehouse", id=row.warehouse_id), actor=actor,
        before={"state": before.state.value} if before else None, announce=announced,
        after={"sync_id": row.id, "state": row.state.value, "counts": row.counts, "reason": row.reason,
               "warehouse": house.name if house else ""},
    )  # fmt: skip
