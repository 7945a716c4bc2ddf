"""Buyers who ask to cancel: what is known of the wish, and how far the answer to it is."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from hub_hookspecs import Capability, OrderState

from hub.channels import rules as channel_rules
from hub.channels.rules import State as AccountState
from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.channels.store import switches
from hub.fulfilment.rules.answering import OPEN, State, not_answered
from hub.fulfilment.store import answers
from hub.fulfilment.store.answers import Answer
from hub.kernel import events, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor, Subject
from hub.kernel.jobs import JobKind
from hub.orders.rules.flags import Code
from hub.orders.service import flagging, reading
from hub.orders.store import flags
from hub.orders.store.orders import OrderRow

_SAY_SO = (Code.CANCEL_REQUESTED, Code.CANCELLED_LATE)  # flags of an order whose buyer asks
ANSWER_CANCELLATION = JobKind("fulfilment.answer_cancellation", lane="urgent", can_be_unknown=True)


class Wish(NamedTuple):
    """A buyer asks to cancel. `lacks`: why the hub cannot tell the channel an answer; "": it can.

    No channel tells until when it waits for the answer; `ship_by` is when the order is to leave by.
    """

    since: datetime
    ship_by: datetime | None
    lacks: str


def of_order(db: Transaction, channels: Channels, order: OrderRow) -> Wish | None:
    """What is known of the wish; None: nobody asks."""
    if order.state is not OrderState.CANCEL_REQUESTED:
        return None
    flagged = flags.of_orders(db, [order.id]).get(order.id, ())
    since = min((each.since for each in flagged if each.code in _SAY_SO), default=order.changed_at)
    return Wish(since, order.ship_by, lacks(db, channels, order))


def lacks(db: Transaction, channels: Channels, order: OrderRow) -> str:
    """Why the hub cannot tell the channel of an order that a buyer's wish is answered; "": it can."""
    account = standing.account(db, order.merchant_id, order.account_id)
    if account.state is AccountState.CLOSED:
        return "its account is closed"
    enabled = switches.is_enabled(db, order.merchant_id, account.plugin)
    narrower = channel_rules.lacks(account.lacks, enabled=enabled, plugin=account.plugin)
    return channels.host(account.plugin).lacking(Capability.ANSWER_CANCELLATION, narrower)


def do(db: Transaction, one: Answer | answers.Undone) -> None:
    """Leave the job that tells the channel, as soon as it may be told."""
    jobs.enqueue(db, ANSWER_CANCELLATION, key=one.id, merchant_id=one.merchant_id, account_id=one.account_id)


def go_on(db: Transaction, order_id: str) -> None:
    """What was asked of warehouses for an order has changed: an answer that waited for it is looked at again."""
    one = answers.last(db, order_id)
    if one is not None and one.state is State.WAITING:
        do(db, one)


def settle(db: Transaction, order: OrderRow, one: Answer, state: State, words: str = "", *, actor: Actor) -> None:
    """Note what came of an answer, once; what its channel says now is read, and taken in as any news."""
    row = answers.turn(db, one.id, OPEN, state=state.value, words=words, settled_at=now())
    if row is None:
        return
    if state in (State.REFUSED, State.TOO_LATE):
        flagging.raise_flag(db, order, not_answered(one.accept, words))
    else:
        flagging.drop_flag(db, order.id, Code.NOT_ANSWERED)
    reading.ask(db, order.merchant_id, order.account_id, [order.ref])
    tell(db, f"order.cancel_answer_{state.value}", row, actor=actor, before=one)


def let_go(db: Transaction, account_id: str) -> None:
    """The account is closed: what its channel was not told yet it never will be."""
    answers.give_up(db, account_id, "the account was closed before its channel was told")


def tell(db: Transaction, kind: str, row: Answer, *, actor: Actor, before: Answer | None = None) -> None:
    """Note in the audit trail what became of an answer."""
    events.record(
        db, kind, subject=Subject(kind="order", id=row.order_id), actor=actor, merchant_id=row.merchant_id,
        before=_told(before) if before else None, after=_told(row),
    )  # fmt: skip


def _told(row: Answer) -> dict[str, object]:
    return {
        "answer_id": row.id, "accept": row.accept, "reason": row.reason, "goods_left": row.goods_left,
        "state": row.state.value, "words": row.words,
    }  # fmt: skip
