"""What is done about what an order holds in warehouses of others, whenever that or the order has changed.

An order that wants something else than its outbounds say has them taken back where the warehouse has nothing of them,
and asks the warehouse to stop them where it has; what it holds stays promised until that is settled. Then outbounds are
made for what it still holds, and pushed as soon as nothing stands against it. All of it can be done again at any time.
"""

from __future__ import annotations

from hub_hookspecs import Paper

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.fulfilment.rules.cancelling import OPEN, Cause, is_new_wish
from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.rules.outbounds import ENDED, Act, act
from hub.fulfilment.rules.troubles import Trouble
from hub.fulfilment.service import gating, held, issuing, stopping, troubles, wishes
from hub.fulfilment.service.held import Holding, Share
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundRow
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.kernel.jobs import JobKind
from hub.orders.rules.lines import Claim
from hub.orders.service import away
from hub.orders.store.orders import Stored
from hub.stock.service.pushing import moment

PUSH_OUTBOUND = JobKind("fulfilment.push_outbound", lane="urgent", can_be_unknown=True)


def arrange(
    db: Transaction, channels: Channels, stored: Stored, *, actor: Actor, before: set[Trouble] | None = None,
    pushes: bool = True, reads: bool = True,
) -> Stored:  # fmt: skip
    """Bring the outbounds of an order, which was read for change, in line with it; gives the order as it is then.

    `before`: what was the matter with them before the caller changed one. Without `pushes` nothing is pushed: the
    caller is about to; nor is a warehouse asked without `reads`: it has just been.
    """
    at = moment(db)
    before = troubles.of(db, stored.order, at) if before is None else before
    stored = _let_go(db, channels, stored, actor=actor, reads=reads)
    holding = held.look(db, stored)
    kept = outbounds.of_order(db, stored.order.id)
    if holding.claimed is Claim.HOLD:
        taken = {(one.warehouse_id, one.package_ref) for one in kept if one.current}
        for group in sorted(holding.groups.keys() - taken):
            if all(holding.is_wanted(line_id) for line_id, _ in holding.groups[group]):
                kept.append(issuing.issue(db, holding, group, kept, actor=actor))
    for one in [_promised(db, each, stored) for each in kept]:
        if one.current and one.push_status is PushStatus.NOT_PUSHED:
            judged = gating.judge(db, channels, stored, one, actor=actor)
            gating.note(db, one, judged.waits)
            if pushes and not judged.waits:
                push(db, one)
    troubles.tell(db, stored.order, before, troubles.of(db, stored.order, at))
    if any(one.cancel_cause is not Cause.NONE for one in kept):
        wishes.go_on(db, stored.order.id)
    return stored


def _promised(db: Transaction, one: OutboundRow, stored: Stored) -> OutboundRow:
    """Keep by when it is to leave, which its channel may say later or anew; people are told of that deadline then."""
    if not one.current or one.left_at is not None or one.ship_by == stored.order.ship_by:
        return one
    return outbounds.change(db, one.id, ship_by=stored.order.ship_by, alerted_at=None)


def push(db: Transaction, one: OutboundRow) -> None:
    """Have an outbound pushed, or what became of an earlier push found out."""
    jobs.enqueue(db, PUSH_OUTBOUND, key=one.id, merchant_id=one.merchant_id, account_id=one.account_id)


def _let_go(db: Transaction, channels: Channels, stored: Stored, *, actor: Actor, reads: bool) -> Stored:
    """Settle each outbound that its order does not want as it is; gives the order after that."""
    holding = held.look(db, stored)
    kept = [one for one in outbounds.of_order(db, stored.order.id) if one.current]
    free: set[str] = set()
    covered: set[Share] = set()
    for one in kept:
        asked = {(line.line_id, line.product_id): line.quantity - line.shipped for line in _lines(db, one)}
        covered |= asked.keys()
        now = _settled(db, channels, holding, one, asked, actor=actor, reads=reads)
        if now is Act.TAKE_BACK or now is Act.RENEW:
            free |= {line_id for line_id, _ in asked}
    loose = {share for group in holding.groups.values() for share in group} - covered
    free |= {line_id for line_id, _ in loose if not holding.is_wanted(line_id)}
    holds = {line_id for group in holding.groups.values() for line_id, _ in group}
    unwanted = {line_id for line_id in free & holds if not holding.is_wanted(line_id)}
    return away.release(db, channels, stored, unwanted, actor=actor) if unwanted else stored


def _lines(db: Transaction, one: OutboundRow) -> list[outbounds.OutboundLine]:
    return outbounds.lines(db, [one.id])[one.id]


def _settled(
    db: Transaction, channels: Channels, holding: Holding, one: OutboundRow, asked: dict[Share, int], *,
    actor: Actor, reads: bool,
) -> Act | None:  # fmt: skip
    """Do what is to be done about one outbound; None: it is to stay as it is."""
    cause = _cause(db, channels, holding, one, asked, actor=actor)
    todo = act(one.push_status, one.state)
    may_leave = todo in (Act.AWAIT, Act.CANCEL, Act.TOO_LATE)
    if may_leave and holding.claimed is Claim.TAKE and holding.stored.order.left_at is None:
        if (
            reads and one.state not in ENDED
        ):  # its channel says that it has left: the warehouse is asked, and nothing stopped
            stopping.look_now(db, one)
        return None
    if todo is Act.RENEW:
        is_over = cause is not Cause.NONE or one.cancel_cause in (Cause.ORDER, Cause.CHANGE)
        if is_over:
            outbounds.change(db, one.id, current=False)
        return Act.RENEW if is_over else None
    if todo is Act.TAKE_BACK and cause is Cause.NONE and one.cancel in OPEN:
        issuing.take_back(db, one, actor=actor, replaced=False)  # stopped by hand before it was known not to be there
    if cause is Cause.NONE or todo in (Act.AWAIT, Act.TOO_LATE):
        return None
    if todo is Act.TAKE_BACK:
        return Act.TAKE_BACK if issuing.take_back(db, one, actor=actor) else None
    if is_new_wish(one.cancel, one.cancel_cause, cause):
        stopping.ask(db, channels, one, cause, _why(cause), actor=actor)
    return None


def _cause(
    db: Transaction, channels: Channels, holding: Holding, one: OutboundRow, asked: dict[Share, int], *, actor: Actor
) -> Cause:  # fmt: skip
    """Why an outbound is not what its order wants; NONE: it is."""
    lines = {line_id for line_id, _ in asked}
    if all(holding.is_given_up(line_id) for line_id in lines):
        return Cause.ORDER
    now = holding.groups.get((one.warehouse_id, one.package_ref), {})
    rest = {share: count for share, count in asked.items() if count}
    if now != rest or not all(holding.is_wanted(line_id) for line_id in lines):
        return Cause.CHANGE
    if one.push_status is not PushStatus.PUSHED or one.state is not State.PENDING or not holding.stored.order.buyer:
        return Cause.NONE
    if holding.claimed is Claim.HOLD and _papers_changed(db, channels, holding.stored, one, actor=actor):
        return Cause.CHANGE
    return Cause.NONE


def _papers_changed(db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, *, actor: Actor) -> bool:
    """Whether the papers that the warehouse has are not those of the parcel any more.

    It need not wait for others: by a label that is void, and is asked for anew, nothing is to leave.
    """
    judged = gating.judge(db, channels, stored, one, actor=actor)
    needs = channels.host(_account(db, one).plugin).channel.needs
    if Paper.LABEL_PDF in needs and judged.papers.label is None:
        return True
    return judged.shows != one.shows and (bool(judged.papers.awb) or Paper.AWB not in needs)


def _account(db: Transaction, one: OutboundRow) -> AccountRow:
    return standing.account(db, one.merchant_id, one.account_id)


def _why(cause: Cause) -> str:
    return "the order is cancelled" if cause is Cause.ORDER else "the order has changed; it is sent again as it is now"
