"""Tells warehouses of inbounds, and looks for those that no job is left for."""

from __future__ import annotations

from hub_hookspecs import Inbound

from hub.fulfilment.jobs import handing
from hub.fulfilment.service import inbound_calls, receipts
from hub.fulfilment.service.announcing import PUSH_INBOUND
from hub.fulfilment.store import inbounds
from hub.fulfilment.store.inbounds import InboundRow
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import Handlers
from hub.orders.service.desk import Desk

LOT = 500  # inbounds looked at in one transaction


def handlers(desk: Desk) -> Handlers:
    return {PUSH_INBOUND: lambda job: handing.push(job, desk, INBOUNDS)}


INBOUNDS: handing.Sort[InboundRow, Inbound] = handing.Sort(
    find=inbounds.find,
    tasks=receipts.tasks_of,
    start=inbound_calls.start,
    call=lambda host, door, asked: host.push_inbound(door, asked),
    settle=lambda db, one, told, actor: receipts.settle(db, one, told, actor=actor),
    taken=lambda db, one, ref, actor: inbound_calls.taken(db, one, ref, actor=actor),
    refused=lambda db, one, why, actor: inbound_calls.refused(db, one, why, actor=actor),
    not_sent=lambda db, one, why, _: inbound_calls.not_sent(db, one, why),
    in_doubt=inbound_calls.in_doubt,
)


class Announcer:
    """A caretaker: looks at all inbounds under way, lot by lot, and leaves a job for those that have none."""

    def __init__(self) -> None:
        self._after = ("", "")

    def __call__(self, db: Transaction) -> int:
        """Look at some more; gives how many, 0 after the last."""
        found = inbounds.undone(db, after=self._after, limit=LOT)
        self._after = (found[-1].account_id, found[-1].id) if found else ("", "")  # before anything can fail
        for account_id in sorted({one.account_id for one in found}):
            some = [one for one in found if one.account_id == account_id and not one.stops]
            busy = jobs.unfinished(db, PUSH_INBOUND, [one.id for one in some], account_id=account_id)
            for one in some:
                if one.id not in busy:
                    jobs.enqueue(db, PUSH_INBOUND, key=one.id, merchant_id=one.merchant_id, account_id=account_id)
        return len(found)
