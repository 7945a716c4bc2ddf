"""Keeps what channels answered, and what becomes of figures that nobody answered; the job that called still has them.

Rows are locked in one order: what was told, then what is due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from hub_hookspecs import StockOutcome, StockStatus

from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import Job
from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from hub.stock.service.pushing import Batch, Teller, moment
from hub.stock.service.touching import ask
from hub.stock.store import due, marking, pushes, told
from hub.stock.store.due import Due, Marked, Outlet
from hub.stock.store.pushes import Answer, PushStatus, Sent

AGAIN = timedelta(seconds=2)  # before a stale figure is told again where no order can explain it


def settle(db: Transaction, job: Job, teller: Teller, batch: Batch, outcomes: Sequence[StockOutcome]) -> Job:
    """Keep what the channel answered; what was changed meanwhile stays due, and the rest is due no more."""
    at = moment(db)
    account_id = teller.account.id
    answered = {batch.sent[each.listing_ref, each.place_ref].due.outlet: each for each in outcomes}
    sent = {one.due.outlet: one for one in batch.sent.values() if one.due.outlet in answered}
    rows = told.lock(db, account_id, answered)
    dues = due.lock(db, account_id, answered)
    after = {outlet: _after(teller, rows[outlet], sent[outlet], each, at) for outlet, each in answered.items()}
    told.write(db, after)
    told.display(db, _displayed(sent, answered), at=at)
    is_said = [outlet for outlet, each in answered.items() if each.status is not StockStatus.STALE]
    over = [outlet for outlet in is_said if outlet in dues and dues[outlet].turn == sent[outlet].due.turn]
    due.done(db, account_id, over)
    open_ = {outlet: one for outlet, one in dues.items() if outlet not in over and not _is_doubted(one, rows[outlet])}
    again = {outlet: _again(teller, after[outlet], answered[outlet], at) for outlet in open_}
    due.set_moments(db, account_id, again)
    if teller.reads_orders and any(telling.waits_for_orders(row) for row in after.values()):
        teller.orders.ask(db, teller.account, at + teller.channel.orders_visible_after)
    answers = [_answer(sent[outlet].push_id, each) for outlet, each in answered.items()]
    pushes.settle(db, answers, at=at)
    counted = Counter(job.progress or {}) + Counter(each.status.value for each in outcomes)
    return jobs.advance(db, job, progress=dict(counted))


def _after(teller: Teller, row: Told, one: Sent, outcome: StockOutcome, at: datetime) -> Told:
    match outcome.status:
        case StockStatus.CONFIRMED:
            cas = teller.channel.compare_and_set
            return telling.confirmed(row, one.quantity, at=at, compare_and_set=cas)
        case StockStatus.REFUSED:
            return telling.refused(row, at=at)
        case StockStatus.STALE:
            if outcome.actual is None:  # not an answer: whatever it did lands within the usual time
                return telling.still_out(row, at=at)
            return telling.stale(row, outcome.actual, at=at)


def _again(teller: Teller, row: Told, outcome: StockOutcome, at: datetime) -> datetime:
    """When a figure that stays due is looked at again."""
    if outcome.status is not StockStatus.STALE:
        return at
    when = telling.due_again_at(row, visible_after=teller.visible_after) or at
    return max(when, at + AGAIN)


def _is_doubted(one: Due, row: Told) -> bool:
    """Whether a worker that lost its lease has said meanwhile that what it told may land later still (`doubt`)."""
    return row.asked_at is not None and one.not_before > row.asked_at + telling.LATE


def _displayed(sent: Mapping[Outlet, Sent], answered: Mapping[Outlet, StockOutcome]) -> dict[Outlet, int]:
    found = {
        outlet: sent[outlet].quantity if each.status is StockStatus.CONFIRMED else each.actual
        for outlet, each in answered.items()
    }
    return {outlet: figure for outlet, figure in found.items() if figure is not None}


def _answer(push_id: str, outcome: StockOutcome) -> Answer:
    return Answer(push_id, PushStatus(outcome.status.value), outcome.actual, outcome.reason)


def refuse(db: Transaction, job: Job, teller: Teller, batch: Batch, open_: Iterable[Sent], *, reason: str) -> Job:
    """The channel said no to the call as a whole, and there is nothing in it but these."""
    asked = {one.push_id for one in open_}
    outcomes = [
        StockOutcome(listing_ref=ref, place_ref=place, status=StockStatus.REFUSED, reason=reason)
        for (ref, place), one in batch.sent.items()
        if one.push_id in asked
    ]
    return settle(db, job, teller, batch, outcomes)


def free(db: Transaction, job: Job, teller: Teller, open_: Iterable[Sent]) -> Job:
    """The channel did nothing about these: no late effect is to be waited for, and they are due at once."""
    at, outlets = moment(db), [one.due.outlet for one in open_]
    rows = told.lock(db, teller.account.id, outlets)
    due.lock(db, teller.account.id, outlets)
    told.write(db, {outlet: telling.not_taken(row, at=at) for outlet, row in rows.items()})
    due.set_moments(db, teller.account.id, dict.fromkeys(outlets, at))
    reason = "the channel did not take the call; it is told again"
    pushes.settle(db, [Answer(one.push_id, PushStatus.LOST, None, reason) for one in open_], at=at)
    return jobs.advance(db, job)


def still_out(db: Transaction, job: Job, teller: Teller, open_: Iterable[Sent]) -> Job:
    """The call goes on, or has just ended, without an answer to these: what it wrote may yet land."""
    at, outlets = moment(db), [one.due.outlet for one in open_]
    rows = told.lock(db, teller.account.id, outlets)
    due.lock(db, teller.account.id, outlets)
    told.write(db, {outlet: telling.still_out(row, at=at) for outlet, row in rows.items()})
    due.set_moments(db, teller.account.id, dict.fromkeys(outlets, at + telling.LATE))
    return jobs.report(db, job, progress=job.progress)


def doubt(db: Transaction, teller: Teller, sent: Iterable[Sent]) -> None:
    """Another worker has the job, and what this one told may land after what that one tells: all is due again."""
    at = moment(db)
    outlets = [one.due.outlet for one in sent]
    rows = told.lock(db, teller.account.id, outlets)
    told.write(db, {outlet: telling.cancel_seen(row, at=at) for outlet, row in rows.items()})
    mine = Marked(teller.account.merchant_id, teller.account.id)
    marking.mark_again(db, mine, outlets, cause="lease_lost", at=at + telling.LATE)
    ask(db, teller.account.merchant_id, teller.account.id, at=at + telling.LATE)
