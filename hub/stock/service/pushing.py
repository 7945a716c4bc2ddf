"""Tells an account what is due: reads targets, in one transaction of the job that calls.

From reading to settling a figure is in doubt (`Told.asked`): whoever dies, it is due again when whatever was sent has
landed. Rows are locked in one order: what was told, then what is due. A turn is read before the levels are: a change
that commits later has a later turn, and leaves the figure due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from hub_hookspecs import Channel, StockTarget

from hub.channels import store as channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.jobs import Job
from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from hub.stock.service import offering
from hub.stock.service.desk import Orders
from hub.stock.service.offering import Explained
from hub.stock.service.touching import ask
from hub.stock.store import agreements, alarms, approvals, due, modes, plans, pushes, rules, told
from hub.stock.store.due import Due, Outlet
from hub.stock.store.pushes import Figure, Sent

LOOKS = timedelta(seconds=30)  # between two looks at whether orders have explained a reading
_MOMENT = sa.select(now())


@dataclass(frozen=True, kw_only=True)
class Teller:
    """An account while it is told: its channel, and whether its orders are read."""

    account: AccountRow
    channel: Channel
    orders: Orders
    reads_orders: bool

    @property
    def visible_after(self) -> timedelta | None:
        return self.channel.orders_visible_after if self.reads_orders else None


class Batch(NamedTuple):
    """What goes out in one call, by outlet; `looked` is how many figures were looked at for it."""

    targets: list[StockTarget]
    sent: dict[tuple[str, str], Sent]  # by the channel's own names: listing ref and place ref
    looked: int


class _Verdicts:
    """What becomes of the figures of a batch, before anything is written."""

    def __init__(self) -> None:
        self.told: dict[Outlet, Told] = {}
        self.sends: list[tuple[Due, Told, Explained]] = []
        self.done: list[Outlet] = []
        self.agreed: list[Figure] = []
        self.later: dict[Outlet, datetime] = {}
        self.other: list[Outlet] = []  # another figure was approved than is offered now


def read_targets(db: Transaction, job: Job, teller: Teller, *, limit: int) -> Batch:
    """Decide about the figures that are due longest: told, told later, or nothing to say any more."""
    at = moment(db)
    account_id = teller.account.id
    outlets = due.upcoming(db, account_id, limit=limit)
    if not outlets:
        jobs.hold(db, job)
        return Batch([], {}, 0)
    rows = told.lock(db, account_id, outlets)
    dues = _wanted(db, account_id, due.lock(db, account_id, outlets))
    offers = offering.offers_of(db, teller.account, dues)
    verdicts = _Verdicts()
    for outlet, one in dues.items():
        _judge(teller, verdicts, one, rows[outlet], offers.get(outlet), at)
    pushes.lose(db, [one.outlet for one, before, _ in verdicts.sends if before.asked_at is not None])
    sent = pushes.send(db, account_id, [_figure(*one) for one in verdicts.sends], at=at)
    agreements.note(db, account_id, verdicts.agreed, at=at)
    told.write(db, verdicts.told)
    due.done(db, account_id, verdicts.done)
    due.set_moments(db, account_id, verdicts.later)
    approvals.unapprove(db, account_id, verdicts.other)
    if teller.reads_orders and any(telling.waits_for_orders(rows[outlet]) for outlet in verdicts.later):
        teller.orders.ask(db, teller.account, at)
    jobs.hold(db, job)  # the last thing before the call: the job is still ours
    named = {(each.listed.ref, one.due.place_ref): one for one, (_, _, each) in zip(sent, verdicts.sends, strict=True)}
    return Batch([_target(name, one) for name, one in named.items()], named, len(outlets))


def _wanted(db: Transaction, account_id: str, dues: Mapping[Outlet, Due]) -> Mapping[Outlet, Due]:
    """Those that may be told, now that their rows are locked: a change may have taken an approval back meanwhile."""
    if not modes.approved_only(db, account_id):
        return dues
    return {outlet: one for outlet, one in dues.items() if one.approved is not None}


def _judge(
    teller: Teller, verdicts: _Verdicts, one: Due, before: Told, explained: Explained | None, at: datetime
) -> None:  # fmt: skip
    if explained is None or explained.offer is None:
        verdicts.done.append(one.outlet)
        if before.refused_at is not None:
            verdicts.told[one.outlet] = telling.withdrawn(before)
        return
    if one.approved is not None and one.approved != explained.offer.figure:
        verdicts.other.append(one.outlet)
        return
    row = before
    if telling.waits_for_orders(row) and not teller.reads_orders:
        row = telling.orders_read(row, began_at=at, visible_after=None, at=at)
        verdicts.told[one.outlet] = row
    # Not only by the row of what is due: that one may be new, while a call of before can still take effect.
    again_at = telling.due_again_at(row, visible_after=teller.visible_after)
    if telling.waits_for_orders(row):
        verdicts.later[one.outlet] = at + LOOKS
    elif again_at is not None and again_at > at:
        verdicts.later[one.outlet] = again_at
    elif telling.nothing_to_send(row, explained.offer.figure):
        verdicts.done.append(one.outlet)
        if row.refused_at is not None:
            verdicts.told[one.outlet] = telling.withdrawn(row)
        if row.expected != row.shown:  # the log says so by itself where it is what we told last
            verdicts.agreed.append(_figure(one, row, explained))
    else:
        verdicts.told[one.outlet] = telling.asked(row, at=at)
        verdicts.later[one.outlet] = at + telling.LATE
        verdicts.sends.append((one, row, explained))


def _figure(one: Due, before: Told, explained: Explained) -> Figure:
    if explained.offer is None:
        raise RuntimeError("a figure was told that nobody offers")
    return Figure(one, before, explained.listed.product_id, explained.offer.figure)


def _target(name: tuple[str, str], one: Sent) -> StockTarget:
    expected = one.told.expected
    return StockTarget(
        listing_ref=name[0], place_ref=name[1], quantity=one.quantity,
        expected=expected if expected is None or expected >= 0 else None,
    )  # fmt: skip


def arrange(db: Transaction, account: AccountRow) -> None:
    """Nothing is due now: come back when something is."""
    when = due.earliest(db, account.id)
    if when is not None:
        ask(db, account.merchant_id, account.id, at=when)


def forget(db: Transaction, account_id: str) -> None:
    """Nothing is told any more to an account that is closed; its rules, plan, mode and alarms end with it."""
    due.forget(db, account_id)
    rules.forget(db, account_id)
    plans.forget(db, account_id)
    modes.forget(db, account_id)
    alarms.forget(db, account_id)


def account(db: Transaction, account_id: str) -> AccountRow:
    return channels.accounts.expect(db, account_id)


def moment(db: Transaction) -> datetime:
    """The instant by the clock that all workers share."""
    found: datetime = db.execute(_MOMENT).scalar_one()
    return found
