"""What a warehouse is told of an inbound, and what comes of telling it: the steps of a push, each in its transaction.

The inbound says `pushing` before the call goes out: whoever finds it so does not know what came of it, and reads back
first. What is told never changes, so that the same code always means the same.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hub_hookspecs import Inbound, Money
from hub_hookspecs import InboundLine as ToldLine

from hub.channels.service import warehouses
from hub.fulfilment.rules.documents import IN_DOUBT, PushStatus, State, next_look
from hub.fulfilment.service.announcing import missing, tell
from hub.fulfilment.store import inbounds
from hub.fulfilment.store.inbounds import InboundLine, InboundRow
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor
from hub.kernel.jobs import Job
from hub.stock.service import placing
from hub.stock.service.pushing import moment

LONGEST = 2_000  # characters of a warehouse's words that are kept


def start(db: Transaction, job: Job, one: InboundRow) -> Inbound | None:
    """What the warehouse is told, as the last thing before it is; None: it is not to be told now."""
    current = inbounds.find(db, one.id, for_change=True)
    if current is None or current.push_status is not PushStatus.NOT_PUSHED:
        return None
    if current.waits and not _ready(db, current):
        return None
    values = {"push_status": PushStatus.PUSHING.value, "asked_at": now(), "reason": "", "waits": False}
    if inbounds.turn(db, one.id, (PushStatus.NOT_PUSHED,), **values) is None:
        return None
    asked = _asked(db, current)
    if job.unknown:
        jobs.advance(db, job)  # nothing of this inbound is in doubt: the engine must not wait for a read-back
    else:
        jobs.hold(db, job)
    return asked


def taken(db: Transaction, one: InboundRow, ref: str, *, actor: Actor) -> None:
    """The warehouse has it."""
    has = inbounds.turn(
        db, one.id, IN_DOUBT, push_status=PushStatus.PUSHED.value, state=State.PENDING.value, ref=ref, reason="",
        pushed_at=now(), next_look_at=moment(db) + next_look(timedelta(0)),
    )  # fmt: skip
    if has is not None:
        tell(db, "inbound.pushed", has, actor=actor, before=one)


def refused(db: Transaction, one: InboundRow, reason: str, *, actor: Actor) -> None:
    """The warehouse has not taken it, nor will as it is: a person has it pushed again."""
    row = _ends(db, one, PushStatus.FAILED, reason)
    if row is not None:
        tell(db, "inbound.not_taken", row, actor=actor, before=one)


def not_sent(db: Transaction, one: InboundRow, reason: str) -> None:
    """It did not get there, for a reason that passes: it is pushed again by itself."""
    _ends(db, one, PushStatus.NOT_PUSHED, reason)


def in_doubt(db: Transaction, one: InboundRow, reason: str) -> None:
    """No answer came: it is found out before anything is sent again."""
    _ends(db, one, PushStatus.UNKNOWN, reason)


def _ends(db: Transaction, one: InboundRow, status: PushStatus, reason: str) -> InboundRow | None:
    before = (PushStatus.NOT_PUSHED, *IN_DOUBT) if status is PushStatus.FAILED else IN_DOUBT
    return inbounds.turn(db, one.id, before, push_status=status.value, reason=reason[:LONGEST])


def _ready(db: Transaction, one: InboundRow) -> bool:
    """Whether the warehouse knows the products by now; what it calls them is kept then, for good."""
    lines = inbounds.lines(db, one.id)
    there = placing.placed(db, [(one.warehouse_id, line.product_id) for line in lines])
    for line in lines:
        if why := missing(there.get((one.warehouse_id, line.product_id))):
            inbounds.change(db, one.id, reason=f"waits: {line.sku} {why}"[:LONGEST])
            return False
    named = {line.number: (found.sku, found.ref) for line in lines
             for found in [there[one.warehouse_id, line.product_id]]}  # fmt: skip
    inbounds.name_items(db, one.id, named)
    return True


def _asked(db: Transaction, one: InboundRow) -> Inbound:
    house = warehouses.warehouse(db, one.merchant_id, one.warehouse_id)
    return Inbound(
        key=one.code, place_ref=house.place_ref, lines=tuple(_told(line) for line in inbounds.lines(db, one.id)),
        kind=one.kind, expected_at=one.expected_at,
    )  # fmt: skip


def _told(line: InboundLine) -> ToldLine:
    cost = None
    if line.unit_cost is not None and line.currency is not None:
        cost = Money(amount=Decimal(line.unit_cost), currency=line.currency)
    return ToldLine(sku=line.sku, quantity=line.quantity, unit_cost=cost, item_ref=line.item_ref)
