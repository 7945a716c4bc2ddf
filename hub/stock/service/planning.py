"""What people ask of plans: whether an account is told by itself or only what is approved, and a plan to approve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.channels.service import standing
from hub.channels.store.accounts import AccountRow
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Subject, record
from hub.kernel.ids import new_id
from hub.kernel.jobs import JobKind
from hub.stock.rules import planning as rules
from hub.stock.rules.planning import PlanState, Standing
from hub.stock.rules.telling import Told
from hub.stock.service import offering
from hub.stock.service.touching import ask
from hub.stock.store import approvals, due, modes, plans, pushes, told
from hub.stock.store.due import Outlet
from hub.stock.store.plans import Plan, Planned
from hub.stock.store.pushes import Push
from hub.stock.store.told import Displayed

MAKE_PLAN = JobKind("stock.make_plan", lane="default")
APPROVE_ALL = JobKind("stock.approve_all", lane="default")


class Compared(NamedTuple):
    """A row of a plan beside what is so now. `push`: what came of telling it since it was approved."""

    planned: Planned
    standing: Standing
    offered: int | None
    told: Told
    live: Displayed
    push: Push | None


def mode(db: Transaction, merchant_id: str, account_id: str, *, for_change: bool = False) -> bool:
    """Whether the account is told only what is approved; `for_change` keeps the account from others."""
    if for_change:
        standing.open_account(db, merchant_id, account_id, for_change=True)
    else:
        standing.account(db, merchant_id, account_id)
    return modes.approved_only(db, account_id)


def put_mode(db: Transaction, merchant_id: str, account_id: str, *, old: bool, new: bool, actor: Actor) -> None:
    """Let the account be told so from now on. What is on its way goes out; approvals end with the mode they are of."""
    if old == new:
        return
    modes.put(db, merchant_id, account_id, approved_only=new)
    approvals.unapprove_all(db, account_id)
    if not new:
        ask(db, merchant_id, account_id)
    record(
        db, "stock.mode_changed", merchant_id=merchant_id, subject=Subject(kind="account", id=account_id), actor=actor,
        before={"approved_only": old}, after={"approved_only": new},
    )  # fmt: skip


def start(db: Transaction, merchant_id: str, account_id: str, *, actor: Actor) -> Plan:
    """Ask for a plan of what is due now, in the place of any other; one that is still being made serves for both."""
    account = standing.open_account(db, merchant_id, account_id, for_change=True)
    if not account.tells_stock:
        raise Refused("the account is not told of stock: nothing is ever due there", code="not_told")
    found = plans.newest(db, account_id)
    if found is not None and found.state is PlanState.MAKING and _runs(db, found):
        return found
    plan_id = new_id()
    plans.make(db, plan_id, merchant_id=merchant_id, account_id=account_id)
    ticket = jobs.enqueue(db, MAKE_PLAN, key=plan_id, merchant_id=merchant_id, account_id=account_id)
    db.flush()
    plans.change(db, plan_id, job_id=ticket.job_id)
    subject = Subject(kind="account", id=account_id)
    record(db, "stock.plan_begun", merchant_id=merchant_id, subject=subject, actor=actor, after={"plan_id": plan_id})
    return expect(db, merchant_id, account_id)


def _runs(db: Transaction, plan: Plan) -> bool:
    job = jobs.find(db, plan.job_id or "")
    return job is not None and job.state not in jobs.FINISHED


def expect(db: Transaction, merchant_id: str, account_id: str, *, for_change: bool = False) -> Plan:
    """The plan of an account, which is the newest one."""
    standing.account(db, merchant_id, account_id)
    found = plans.newest(db, account_id, for_change=for_change)
    if found is None:
        raise NotFound("plan: ask for one first")
    return found


def compared(db: Transaction, account: AccountRow, planned: Sequence[Planned]) -> list[Compared]:
    """These rows beside what is offered, told, shown and due now: a handful of statements, however many."""
    outlets = [one.outlet for one in planned]
    offers = offering.offers_of(db, account, outlets)
    dues = due.of(db, account.id, outlets)
    believed, shown = told.of(db, outlets), told.displayed(db, outlets)
    last = pushes.last_of(db, [one.outlet for one in planned if one.approved_at is not None])
    found = []
    for one in planned:
        explained, waiting = offers.get(one.outlet), dues.get(one.outlet)
        offered = explained.offer.figure if explained and explained.offer else None
        now = None if waiting is None else (waiting.turn, waiting.approved)
        push = last.get(one.outlet)
        found.append(
            Compared(
                planned=one, offered=offered, told=believed.get(one.outlet, Told()),
                live=shown.get(one.outlet, Displayed(None, None)),
                standing=rules.standing(planned=(one.turn, one.offered), due=now, offered=offered),
                push=push if push and one.approved_at and push.sent_at >= one.approved_at else None,
            )
        )  # fmt: skip
    return found


def listed(db: Transaction, plan: Plan, *, limit: int, after: Outlet) -> list[Compared]:
    """Rows of a plan from behind `after` on; one more than `limit`."""
    account = standing.account(db, plan.merchant_id, plan.account_id)
    return compared(db, account, plans.page(db, plan.id, limit=limit + 1, after=after))
