"""Outbounds are stopped by hand, with the verdict shown first, and what warehouses say to that is taken in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub_hookspecs import Cancellation

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.cancelling import OPEN, STOPPABLE, Cancel, Cause, Verdict, judge, remedy, words
from hub.fulfilment.rules.documents import State
from hub.fulfilment.service import arranging, issuing, leaving, stopping, troubles
from hub.fulfilment.service.pushing import locked
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor
from hub.orders.service import away
from hub.orders.store.orders import Stored
from hub.stock.service.pushing import moment


class Stoppable(NamedTuple):
    """An outbound, and what stopping it would come to now, in a word and in words; `remedy` says whom to call."""

    outbound: OutboundRow
    verdict: Verdict
    words: str
    remedy: str


def verdict_on(db: Transaction, channels: Channels, one: OutboundRow) -> Stoppable:
    """What stopping an outbound would come to now; nothing is done."""
    account = standing.account(db, one.merchant_id, one.account_id)
    channel = channels.host(account.plugin).channel
    lacks = stopping.lacks(db, channels, one)
    verdict = judge(one.push_status, one.state, one.cancel, lacks=lacks)
    house, is_refused = channel.title, one.cancel is Cancel.REFUSED
    refused = one.cancel_reason if is_refused else None
    said = words(verdict, house=house, until=channel.cancel_until, lacks=lacks, refused=refused)
    return Stoppable(one, verdict, said, remedy(verdict, house=house, code=one.code, is_refused=is_refused))


def verdicts(db: Transaction, channels: Channels, order_id: str) -> list[Stoppable]:
    """The same for all outbounds of an order that are not replaced."""
    return [verdict_on(db, channels, one) for one in outbounds.of_order(db, order_id) if one.current]


def stop(db: Transaction, channels: Channels, one: OutboundRow, *, why: str, actor: Actor) -> OutboundRow:
    """Stop an outbound by a person's word; what it holds stays promised until they say what becomes of it.

    Refused where it is too late, or the warehouse takes no cancellations, with whom to call. Twice is once.
    """
    stored, one = locked(db, one)
    found = verdict_on(db, channels, one)
    if found.verdict not in (*STOPPABLE, Verdict.ASKED, Verdict.ENDED):
        raise refusal([found])
    stop_all(db, channels, stored, [found], why=why, actor=actor)
    return outbounds.find(db, one.id) or one


def refusal(found: Sequence[Stoppable]) -> Refused:
    """Why none of these, of which there are some, can be stopped."""
    said = "; ".join(f"{each.outbound.code} cannot be stopped: {each.words}" for each in found)
    return Refused(said, code=f"cancel_{found[0].verdict.value}")


def stop_all(
    db: Transaction, channels: Channels, stored: Stored, found: Sequence[Stoppable], *, why: str, actor: Actor
) -> None:  # fmt: skip
    """Stop those of these outbounds of an order, all read for change, that can be; none is asked for twice."""
    before = troubles.of(db, stored.order, moment(db))
    for one, verdict in [(each.outbound, each.verdict) for each in found]:
        if verdict is Verdict.HERE:
            outbounds.change(db, one.id, cancel_cause=Cause.HAND.value, cancel_reason=why)
            issuing.take_back(db, one, actor=actor, replaced=False)
        elif verdict in STOPPABLE and one.cancel not in OPEN:
            stopping.ask(db, channels, one, Cause.HAND, why, actor=actor)
    arranging.arrange(db, channels, stored, actor=actor, before=before)


def why(one: OutboundRow) -> str:
    """What the warehouse is told of why."""
    return {Cause.ORDER: "the order is cancelled", Cause.CHANGE: "the order has changed"}.get(
        one.cancel_cause, one.cancel_reason or "the merchant stops it"
    )


def answered(
    db: Transaction, channels: Channels, one: OutboundRow, answer: Cancellation, *, actor: Actor
) -> None:  # fmt: skip
    """Take in what the warehouse says to a wish to stop an outbound."""
    stored, one = locked(db, one)
    before = troubles.of(db, stored.order, moment(db))
    if one.cancel in (Cancel.ASKED, Cancel.UNKNOWN, Cancel.PENDING):
        row = stopping.note(db, one, answer, actor=actor)
        if row.state is State.PART_INVALID and one.state is not row.state:  # what has not left by now never will
            away.hold_levels(db, [stored])
            stored = leaving.end(db, channels, stored, row, at=None, actor=actor)
    arranging.arrange(db, channels, stored, actor=actor, before=before)


def in_doubt(db: Transaction, one: OutboundRow) -> None:
    """No answer came to a wish to stop it: it is asked again, never assumed."""
    _, now = locked(db, one)
    if now.cancel is Cancel.ASKED:
        outbounds.change(db, one.id, cancel=Cancel.UNKNOWN.value)
