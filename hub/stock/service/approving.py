"""Approves figures of a plan: exactly those are told, and what changed since the plan was made is not approved.

An approval stands with what is due. Whatever changes the figure takes it back in the same transaction, so that a figure
that nobody approved is never told; see `marking` and `pushing`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from hub.channels import store as channels
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor, Subject, record
from hub.kernel.ids import new_id
from hub.kernel.jobs import Ticket
from hub.stock.rules.planning import PlanState, Verdict
from hub.stock.service import offering, planning
from hub.stock.service.offering import Explained
from hub.stock.service.planning import APPROVE_ALL
from hub.stock.service.pushing import moment
from hub.stock.service.touching import ask
from hub.stock.store import approvals, due, modes, plans
from hub.stock.store.due import Due, Outlet
from hub.stock.store.plans import Plan, Planned


class Approved(NamedTuple):
    """What came of approving a row; `figure` is what will be told, or was planned, None where the row is not there."""

    outlet: Outlet
    verdict: Verdict
    figure: int | None
    reason: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """All of a plan, approved by somebody."""

    plan_id: str
    actor: Actor


def approve(
    db: Transaction, merchant_id: str, account_id: str, plan_id: str, outlets: Sequence[Outlet], *, actor: Actor
) -> list[Approved]:
    """Approve some rows of a plan, each as it stands in it; gives what came of each."""
    plan = require(db, merchant_id, account_id, plan_id)
    found = approve_rows(db, plan, plans.of(db, plan.id, outlets), outlets)
    told = [
        {"listing_id": one.outlet[0], "place_ref": one.outlet[1], "figure": one.figure, "outcome": one.verdict}
        for one in found
    ]
    _note(db, plan, actor, {"plan_id": plan.id, "rows": told})
    return found


def approve_all(db: Transaction, merchant_id: str, account_id: str, plan_id: str, *, actor: Actor) -> Ticket:
    """Ask for all rows of a plan to be approved, each as it stands in it."""
    plan = require(db, merchant_id, account_id, plan_id)
    request = Request(plan_id=plan.id, actor=actor)
    _note(db, plan, actor, {"plan_id": plan.id, "rows": "all"})
    return jobs.enqueue(
        db, APPROVE_ALL, key=new_id(), merchant_id=merchant_id, account_id=account_id,
        payload=msgspec.to_builtins(request),
    )  # fmt: skip


def require(db: Transaction, merchant_id: str, account_id: str, plan_id: str) -> Plan:
    """The plan, if it is the account's newest and made, and the account is told only what is approved."""
    plan = planning.expect(db, merchant_id, account_id, for_change=True)
    if plan.id != plan_id:
        raise Refused(f"a newer plan has taken its place: look at plan {plan.id}", code="plan_replaced")
    if plan.state is not PlanState.READY:
        raise Refused("the plan is still being made: wait for its job", code="plan_not_ready")
    if not modes.approved_only(db, account_id):
        raise Refused(
            "the account is told by itself: let it be told only what is approved first", code="told_automatically"
        )
    return plan


def approve_rows(
    db: Transaction, plan: Plan, planned: Mapping[Outlet, Planned], outlets: Collection[Outlet]
) -> list[Approved]:
    """Approve these rows where they are due as they were planned; so many statements, however many."""
    account = channels.accounts.expect(db, plan.account_id)
    dues = due.lock(db, account.id, planned)
    offers = offering.offers_of(db, account, dues)
    found = [_one(outlet, planned.get(outlet), dues.get(outlet), offers.get(outlet)) for outlet in outlets]
    new = {one.outlet: one.figure for one in found if one.verdict is Verdict.APPROVED and one.figure is not None}
    approvals.approve(db, account.id, new)
    plans.note_approved(db, plan.id, new, at=moment(db))
    if new:
        ask(db, plan.merchant_id, account.id)
    return found


def _one(outlet: Outlet, planned: Planned | None, waiting: Due | None, explained: Explained | None) -> Approved:
    if planned is None:
        return Approved(outlet, Verdict.UNKNOWN, None, "the plan has no such row")
    if waiting is None:
        return Approved(outlet, Verdict.SETTLED, planned.offered, "nothing is due there any more")
    if waiting.approved == planned.offered:
        return Approved(outlet, Verdict.ALREADY, planned.offered)
    offered = explained.offer.figure if explained and explained.offer else None
    if (waiting.turn, offered) != (planned.turn, planned.offered):
        now = "nothing" if offered is None else str(offered)
        reason = f"planned were {planned.offered}, and it was changed since: {now} offered now; make a new plan"
        return Approved(outlet, Verdict.CHANGED, planned.offered, reason)
    return Approved(outlet, Verdict.APPROVED, planned.offered)


def _note(db: Transaction, plan: Plan, actor: Actor, after: dict[str, object]) -> None:
    subject = Subject(kind="account", id=plan.account_id)
    record(db, "stock.plan_approved", merchant_id=plan.merchant_id, subject=subject, actor=actor, after=after)
