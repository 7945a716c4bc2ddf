"""What people ask of stocktakes: a workbook of what lies where, and to book what they counted. Jobs do the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.channels import store as channels
from hub.channels.service.warehouses import default_of
from hub.channels.store.warehouses import Warehouse
from hub.kernel import events, files, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id
from hub.kernel.jobs import FINISHED, JobKind
from hub.kernel.sealing import KeyRing
from hub.kernel.workbooks import MEDIA_TYPE
from hub.stock.rules.stocktaking import TAKES_WORKBOOK, State
from hub.stock.service.levels import fault_of
from hub.stock.store import counts, stocktakes
from hub.stock.store.stocktakes import Chosen, Stocktake

DRAFT = JobKind("stock.draft_stocktake", lane="default")
BOOK = JobKind("stock.book_stocktake", lane="default")
WORKBOOK, UPLOAD, RESULT = "stocktake_workbook", "stocktake_upload", "stocktake_result"  # kinds of files
FILES = timedelta(days=30)  # how long they are kept
MOST_WAREHOUSES = 200
Facts = dict[str, Any]  # Any: JSON that a notice is made of


def start(db: Transaction, merchant_id: str, chosen: Chosen, *, actor: Actor) -> Stocktake:
    """Ask for a workbook of what lies in these warehouses of the merchant's own; of all of them where none is named."""
    here = warehouses_of(db, merchant_id, chosen)
    stocktake_id = new_id()
    named = Chosen(warehouse_ids=tuple(one.id for one in here), q=chosen.q, stocked=chosen.stocked)
    stocktakes.make(db, stocktake_id, merchant_id, named)
    ticket = jobs.enqueue(db, DRAFT, key=stocktake_id, merchant_id=merchant_id)
    db.flush()
    stocktakes.turn(db, stocktake_id, [State.DRAFTING], job_id=ticket.job_id)
    made = expect(db, merchant_id, stocktake_id)
    tell(db, "begun", made, actor=actor, after={"warehouse_ids": named.warehouse_ids})
    return made


def warehouses_of(db: Transaction, merchant_id: str, chosen: Chosen) -> list[Warehouse]:
    """The warehouses that are meant, all of them open and the merchant's own."""
    if not chosen.warehouse_ids:
        default_of(db, merchant_id)  # made when it is first asked for
        found = channels.warehouses.warehouses_of(db, merchant_id, limit=MOST_WAREHOUSES)
        return [one for one in found if not fault_of(one)]
    named = channels.warehouses.named(db, merchant_id, chosen.warehouse_ids)
    errors = tuple(
        FieldError(field=f"warehouse_ids[{n}]", message=fault)
        for n, one in enumerate(chosen.warehouse_ids)
        if (fault := fault_of(named.get(one)))
    )
    if errors:
        raise Invalid("stock is counted only in the merchant's own warehouses", errors=errors)
    return [named[one] for one in dict.fromkeys(chosen.warehouse_ids)]


def expect(db: Transaction, merchant_id: str, stocktake_id: str, *, for_change: bool = False) -> Stocktake:
    found = stocktakes.find(db, merchant_id, stocktake_id, for_change=for_change)
    if found is None:
        raise NotFound("stocktake")
    return found


def hand_in(
    ring: KeyRing, db: Transaction, merchant_id: str, stocktake_id: str, content: bytes, *, actor: Actor
) -> Stocktake:  # fmt: skip
    """Take a filled workbook and have what was counted booked. Handed in again, nothing is booked again."""
    found = expect(db, merchant_id, stocktake_id, for_change=True)
    if found.workbook is None or (found.state not in TAKES_WORKBOOK and not _is_left(db, found)):
        raise Refused(f"the stocktake is {found.state}: {_WHEN[found.state]}", code="workbook_not_awaited")
    digest = files.put(db, ring, content, merchant_id=merchant_id, kind=UPLOAD, media_type=MEDIA_TYPE, keep=FILES)
    # One that is still running is about another upload, and sees that it is no longer the last one.
    ticket = jobs.enqueue(db, BOOK, key=stocktake_id, merchant_id=merchant_id)
    db.flush()
    counts.clear(db, stocktake_id)
    fresh = {"state": State.BOOKING.value, "upload": digest, "job_id": ticket.job_id, "reason": "", "outcomes": None}
    stocktakes.turn(db, stocktake_id, [found.state], **fresh)
    tell(db, "workbook_handed_in", found, actor=actor, after={"bytes": len(content)})
    return expect(db, merchant_id, stocktake_id)


def _is_left(db: Transaction, found: Stocktake) -> bool:
    """Whether the job that was to book was given up or cancelled: nobody works on it any more."""
    job = jobs.find(db, found.job_id or "")
    return found.state is State.BOOKING and (job is None or job.state in FINISHED)


def tell(
    db: Transaction, kind: str, found: Stocktake, *, actor: Actor, after: Facts | None = None, announced: bool = False
) -> None:
    """Keep what was done, and where it is `announced` have people told."""
    events.record(
        db, f"stocktake.{kind}", merchant_id=found.merchant_id, subject=Subject(kind="stocktake", id=found.id),
        actor=actor, after=after, announce=announced,
    )  # fmt: skip


_WHEN = {
    State.DRAFTING: "its workbook is being made, wait for the notice",
    State.READY: "nothing was counted yet",
    State.BOOKING: "what was counted is being booked, wait for the notice",
    State.DONE: "all is done",
    State.FAILED: "no workbook could be made, begin a new one",
}
