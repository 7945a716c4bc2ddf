"""What a warehouse says of its inbounds: how far they are, and what came, which is booked once.

A reading says what is so by now, in totals; the same twice, or an older one, changes nothing. What came is noted at the
line and rises at the warehouse in one transaction, under the lock of the inbound: two that read the same book it once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from hub_hookspecs import Absent, DocumentState, TaskKind, TaskRef, TaskState
from msgspec.structs import replace

from hub.channels.service.wiring import Channels
from hub.channels.store import warehouses
from hub.fulfilment.rules import inbounds as rules
from hub.fulfilment.rules.cancelling import Cancel, heard
from hub.fulfilment.rules.documents import IN_DOUBT, PushStatus, State, is_asked_for_anew, looks, next_look
from hub.fulfilment.rules.inbounds import ENDED, Difference, Figures, Total
from hub.fulfilment.service import crossing
from hub.fulfilment.service.announcing import ask, tell
from hub.fulfilment.store import discrepancies, inbounds
from hub.fulfilment.store.inbounds import InboundLine, InboundRow
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.stock.service.pushing import moment
from hub.stock.service.receiving import Arrival, Delivery, Draw, receive

NAMED = 5  # inbounds in a refusal
LONGEST = 500  # characters of a warehouse's words that are kept
AFTERWARDS = timedelta(days=3)  # how long one that has ended is still looked at: a correction may follow
_LATER = timedelta(hours=6)


def due(db: Transaction, account_id: str, limit: int) -> list[TaskRef]:
    """The inbounds at this account that the warehouse is to be asked for now."""
    return tasks_of(db, inbounds.due(db, account_id, until=moment(db), limit=limit))


def settle_code(
    db: Transaction, channels: Channels, account_id: str, told: TaskState | Absent, since: datetime, actor: Actor
) -> None:  # fmt: skip
    """Take in what the warehouse says of the inbound that it knows by this code."""
    for one in inbounds.of_codes(db, account_id, [told.key]):
        settle(db, one, told, since=since, actor=actor)


def look(db: Transaction, account_id: str, codes: Collection[str], when: object) -> set[str]:
    """Have these asked for at that instant, None: later, by their age; gives those that are inbounds there."""
    found = inbounds.of_codes(db, account_id, codes) if codes else []
    at = moment(db)
    if when is not None:
        inbounds.look(db, [one.id for one in found], when)
    else:
        for later, ids in looks({one.id: one.created_at for one in found}, at).items():
            inbounds.look(db, ids, at + later)
    return {one.code for one in found}


def accounts(db: Transaction, until: datetime, after: str, limit: int) -> list[tuple[str, str]]:
    """Accounts behind this one of which an inbound is due by then, by merchant and id."""
    return inbounds.accounts_due(db, until=until, after=after, limit=limit)


def still_open(db: Transaction, warehouse_id: str) -> list[str]:
    """The inbounds that a warehouse has still to receive, in words."""
    codes = inbounds.open_codes(db, warehouse_id, limit=NAMED + 1)
    more = " and more" if len(codes) > NAMED else ""
    return [f"inbounds are open: {', '.join(codes[:NAMED])}{more}; have them received or cancelled"] if codes else []


def tasks_of(db: Transaction, rows: Sequence[InboundRow]) -> list[TaskRef]:
    """These inbounds as the warehouse knows them; all are of one merchant's account."""
    places = warehouses.named(db, rows[0].merchant_id, {one.warehouse_id for one in rows}) if rows else {}
    return [
        TaskRef(kind=TaskKind.INBOUND, key=one.code, place_ref=places[one.warehouse_id].place_ref, ref=one.ref)
        for one in rows
    ]


def settle(
    db: Transaction, one: InboundRow, told: TaskState | Absent, *, since: datetime | None = None, actor: Actor
) -> InboundRow:  # fmt: skip
    """Take in what the warehouse, asked at `since`, says of an inbound; gives it as it is then."""
    current = inbounds.find(db, one.id, for_change=True)
    if current is None:
        raise RuntimeError("an inbound is never deleted")
    if current.push_status is PushStatus.VOID:
        return inbounds.change(db, one.id, next_look_at=None)
    at = moment(db)
    row = _absent(db, current, at) if isinstance(told, Absent) else _heard(db, current, told, at, actor=actor)
    if not is_asked_for_anew(current.next_look_at, since, at):
        return row
    return inbounds.change(db, one.id, next_look_at=current.next_look_at)


def _absent(db: Transaction, one: InboundRow, at: datetime) -> InboundRow:
    """What the warehouse took and does not know any more is for a person; what is in doubt its own job finds out."""
    again = at + next_look(at - one.created_at)
    if one.push_status in IN_DOUBT:
        ask(db, one)
        return inbounds.change(db, one.id, next_look_at=again)
    if one.push_status is PushStatus.PUSHED and one.state not in ENDED:
        return inbounds.change(db, one.id, reason="the warehouse does not know it any more", next_look_at=again)
    return inbounds.change(db, one.id, next_look_at=None)


def _heard(db: Transaction, one: InboundRow, told: TaskState, at: datetime, *, actor: Actor) -> InboundRow:
    totals = rules.totals(told.lines)
    before = inbounds.lines(db, one.id)
    is_old = told.at is not None and one.told_at is not None and told.at < one.told_at
    lines, booked = _book(db, one, before, {} if is_old else totals, told, actor=actor)
    if is_old:
        return inbounds.change(db, one.id, next_look_at=_next(one, at))
    parts = [line.part for line in lines]
    closed_at = one.closed_at or (at if told.closed else None)
    state = rules.advanced(one.state, parts, told)
    was_refused = bool(told.problem) and told.state is DocumentState.INVALID and state is State.INVALID
    row = inbounds.change(
        db, one.id, push_status=_status(one, told, was_refused=was_refused).value, state=state.value,
        word=told.progress[:LONGEST], ref=told.ref or one.ref, reason=told.problem[:LONGEST], waits=False,
        pushed_at=one.pushed_at or at, told_at=told.at or one.told_at, closed_at=closed_at,
        cancel=_cancel(one.cancel, told).value,
    )  # fmt: skip
    row = inbounds.change(db, one.id, next_look_at=_next(row, at))
    is_over = closed_at is not None and row.cancel is not Cancel.CANCELLED and not was_refused
    differing = rules.differences(parts, totals, closed=is_over) | _unsourced(one, lines)
    news = discrepancies.settle(db, one.id, differing)
    if _shown(one) != _shown(row) or booked:
        tell(db, "inbound.changed", row, actor=actor, before=one, received=booked)
    if news:
        found = [{"sku": each.sku, "kind": each.kind.value, **each.figures._asdict()} for each in news]
        tell(db, "inbound.differs", row, actor=actor, announce=True, differences=found)
    return row


def _book(
    db: Transaction, one: InboundRow, before: Sequence[InboundLine], told: Mapping[str, Total], state: TaskState, *,
    actor: Actor,
) -> tuple[list[InboundLine], list[dict[str, object]]]:  # fmt: skip
    """Book what came beyond what was known, named by line and total; gives the lines as they are then."""
    risen = rules.risen([line.part for line in before], told)
    new = {
        line.number: replace(line, good=now.good, damaged=now.damaged, note=now.note[:LONGEST])
        for line in before
        if (now := risen.get(line.number)) is not None
    }
    owed = [(old, new.get(old.number, old)) for old in before]
    draws = [_draw(one, now) for _, now in owed if now.part.came > now.taken] if one.source_id else []
    if not new and not draws:
        return list(before), []
    arrivals = crossing.came(db, one, [_arrival(one, old, now) for old, now in owed if now is not old], state.at)
    delivery = Delivery(one.warehouse_id, arrivals, source_id=one.source_id, draws=draws, at=state.at)
    taken = receive(db, one.merchant_id, delivery, actor=actor)
    lines = [replace(now, taken=now.taken + taken.get(now.product_id, 0)) for _, now in owed]
    for old, kept in zip(before, lines, strict=True):
        if kept != old and not inbounds.book(db, old, kept):
            raise RuntimeError("a locked inbound changed under its lock")
    known = {each.product_id for each in arrivals if each.counted}
    booked = [
        {"sku": each.sku, "good": each.good, "damaged": each.damaged, "counted_before": each.product_id in known}
        for each in new.values()
    ]
    return lines, booked


def _arrival(one: InboundRow, old: InboundLine, now: InboundLine) -> Arrival:
    return Arrival(
        product_id=now.product_id, good=now.good - old.good, damaged=now.damaged - old.damaged,
        cause=f"inbound:{one.id}:{now.number}:{now.good}+{now.damaged}", note=now.note,
    )  # fmt: skip


def _draw(one: InboundRow, now: InboundLine) -> Draw:
    return Draw(now.product_id, now.part.came - now.taken, now.taken, f"inbound:{one.id}:{now.number}:from")


def _unsourced(one: InboundRow, lines: Sequence[InboundLine]) -> dict[tuple[str, Difference], Figures]:
    """What came though it did not lie free where it was to come from."""
    if one.source_id is None:
        return {}
    return {
        (line.sku, Difference.SOURCE): Figures(line.quantity, line.part.came - line.taken, 0)
        for line in lines
        if line.part.came > line.taken
    }


def _status(one: InboundRow, told: TaskState, *, was_refused: bool) -> PushStatus:
    """A warehouse that knows it has taken it, whatever was thought before; one that says no to it has not."""
    return PushStatus.FAILED if was_refused and _cancel(one.cancel, told) is Cancel.NONE else PushStatus.PUSHED


def _cancel(cancel: Cancel, told: TaskState) -> Cancel:
    """Cancelled there by whomever is cancelled."""
    is_cancelled = told.cancel is not None and heard(Cancel.ASKED, told) is Cancel.CANCELLED
    return Cancel.CANCELLED if is_cancelled and cancel is Cancel.NONE else heard(cancel, told)


def _next(one: InboundRow, at: datetime) -> datetime | None:
    """When the warehouse is asked again; None: never by itself."""
    since = one.pushed_at or one.created_at
    if one.closed_at is None and one.state not in ENDED:
        return at + next_look(at - since)
    ended = one.closed_at or one.told_at or since
    return at + _LATER if at - ended < AFTERWARDS else None


def _shown(one: InboundRow) -> tuple[object, ...]:
    return one.push_status, one.state, one.word, one.ref, one.reason, one.cancel, one.closed_at
