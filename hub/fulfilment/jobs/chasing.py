"""Sees to outbounds that no job is left for, or that are late: the job was cancelled, gave up, or never came."""

from __future__ import annotations

from datetime import timedelta

from hub.fulfilment.rules.cancelling import Cancel
from hub.fulfilment.rules.documents import PushStatus
from hub.fulfilment.service import issuing, troubles
from hub.fulfilment.service.arranging import PUSH_OUTBOUND
from hub.fulfilment.service.pushing import locked
from hub.fulfilment.service.stopping import CANCEL_OUTBOUND
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import Undone
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import SYSTEM
from hub.kernel.jobs import JobKind
from hub.stock.service.pushing import moment

LOT = 500  # outbounds looked at in one transaction
NEAR = timedelta(hours=4)  # before its deadline people are told of what has not left
AT_ONCE = 20  # late ones in one transaction: each locks its order


class Chaser:
    """Looks at all outbounds that are under way, lot by lot, and leaves a job for those that have none."""

    def __init__(self) -> None:
        self._after = ("", "")

    def __call__(self, db: Transaction) -> int:
        """Look at some more; gives how many, 0 after the last."""
        found = outbounds.undone(db, after=self._after, limit=LOT)
        self._after = (found[-1].account_id, found[-1].id) if found else ("", "")  # before anything can fail
        for account_id in sorted({one.account_id for one in found}):
            some = [one for one in found if one.account_id == account_id]
            _leave(db, account_id, PUSH_OUTBOUND, [one for one in some if _is_pushed(one)])
            _leave(db, account_id, CANCEL_OUTBOUND, [one for one in some if not _is_pushed(one)])
        return len(found)


def _is_pushed(one: Undone) -> bool:
    return one.push_status is not PushStatus.PUSHED or one.cancel is Cancel.NONE


def _leave(db: Transaction, account_id: str, kind: JobKind, some: list[Undone]) -> None:
    busy = jobs.unfinished(db, kind, [one.id for one in some], account_id=account_id) if some else set()
    for one in some:
        if one.id not in busy:
            jobs.enqueue(db, kind, key=one.id, merchant_id=one.merchant_id, account_id=account_id)


def warn(db: Transaction) -> int:
    """Tell people of outbounds that are near their deadline and have not left; gives how many, 0 after the last."""
    at = moment(db)
    found = outbounds.late(db, until=at + NEAR, limit=AT_ONCE)
    for each in sorted(found, key=lambda one: one.order_id):
        one = outbounds.find(db, each.id)
        if one is None:
            continue
        stored, one = locked(db, one)
        before = troubles.of(db, stored.order, at)
        row = outbounds.change(db, one.id, alerted_at=now())
        after = troubles.of(db, stored.order, at)
        troubles.tell(db, stored.order, before, after)
        if after - before:
            issuing.tell(db, "outbound.late", row, actor=SYSTEM, announce=True)
    return len(found)
