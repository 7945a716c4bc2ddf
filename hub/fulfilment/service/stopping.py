"""Asks for outbounds to be stopped: taken back where the warehouse has nothing of them, else the warehouse is asked."""

from __future__ import annotations

from hub_hookspecs import Cancellation, Capability

from hub.channels import rules as channel_rules
from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.cancelling import Cancel, Cause, answered
from hub.fulfilment.rules.documents import State
from hub.fulfilment.rules.outbounds import ENDED
from hub.fulfilment.service import issuing
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor
from hub.kernel.jobs import JobKind

CANCEL_OUTBOUND = JobKind("fulfilment.cancel_outbound", lane="urgent", can_be_unknown=True)
READ_TASKS = JobKind("fulfilment.read_tasks", lane="default")


def lacks(db: Transaction, channels: Channels, one: OutboundRow) -> str:
    """Why the warehouse takes no cancellations; "": it does."""
    account = standing.account(db, one.merchant_id, one.account_id)
    narrower = channel_rules.lacks(account.lacks, enabled=True, plugin=account.plugin)
    return channels.host(account.plugin).lacking(Capability.CANCEL_OUTBOUND, narrower)


def ask(
    db: Transaction, channels: Channels, one: OutboundRow, cause: Cause, why: str, *, actor: Actor
) -> OutboundRow:  # fmt: skip
    """Have the warehouse, which has it, asked to stop it; one that takes no cancellations has refused at once."""
    if reason := lacks(db, channels, one):
        refused = {"cancel": Cancel.REFUSED.value, "cancel_cause": cause.value, "cancel_reason": reason}
        row = outbounds.change(db, one.id, **refused)
    else:
        row = outbounds.change(db, one.id, cancel=Cancel.ASKED.value, cancel_cause=cause.value, cancel_reason=why)
        do(db, row)
    issuing.tell(db, "outbound.cancel_asked", row, actor=actor, before=one)
    return row


def do(db: Transaction, one: OutboundRow) -> None:
    """Leave the job that asks the warehouse."""
    jobs.enqueue(db, CANCEL_OUTBOUND, key=one.id, merchant_id=one.merchant_id, account_id=one.account_id)


def look_now(db: Transaction, one: OutboundRow) -> jobs.Ticket:
    """Have the warehouse asked how far it is."""
    outbounds.look(db, [one.id], now())
    return read(db, one.merchant_id, one.account_id)


def read(db: Transaction, merchant_id: str, account_id: str) -> jobs.Ticket:
    """Have an account asked for all documents that are due."""
    return jobs.enqueue(db, READ_TASKS, merchant_id=merchant_id, account_id=account_id)


def note(db: Transaction, one: OutboundRow, answer: Cancellation, *, actor: Actor) -> OutboundRow:
    """Keep what the warehouse said to a wish to stop it; what is stopped has ended, unless it has left."""
    said = answered(answer.outcome)
    values: dict[str, object] = {"cancel": said.cancel.value, "cancel_reason": answer.reason}
    if said.is_stopped and one.state not in ENDED:
        values["state"] = (State.PART_INVALID if one.state is State.PART_COMPLETE else State.INVALID).value
    row = outbounds.change(db, one.id, **values)
    if said.cancel in (Cancel.PENDING, Cancel.TOO_LATE):
        look_now(db, row)
    issuing.tell(db, "outbound.cancel_answered", row, actor=actor, before=one)
    return row
