"""What a warehouse says of its outbounds: how far they are, and what has left, which is booked once.

A reading says what is so by now, in totals; the same twice, or an older one, changes nothing. What has left is noted at
the line, and leaves the stock, in the one transaction that holds the order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from hub_hookspecs import Absent, DocumentState, TaskKind, TaskRef, TaskState

from hub.channels.service.wiring import Channels
from hub.channels.store import warehouses
from hub.fulfilment.rules.cancelling import OPEN, Cancel, Cause, heard
from hub.fulfilment.rules.documents import IN_DOUBT, PushStatus, State, is_asked_for_anew, looks, next_look
from hub.fulfilment.rules.outbounds import ENDED, Part, Risen, advanced, risen
from hub.fulfilment.service import arranging, crossing, issuing, leaving, stopping, troubles
from hub.fulfilment.service.pushing import locked
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundLine, OutboundRow
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.orders.service import away
from hub.orders.store.orders import Stored
from hub.stock.service.pushing import moment

AFTERWARDS = timedelta(days=3)  # how long a document that was stopped is still looked at: it may leave all the same
_LATER = timedelta(hours=1)
NAMED = 5  # outbounds in a refusal
LONGEST = 500  # characters of a warehouse's words that are kept


def due(db: Transaction, account_id: str, limit: int) -> list[TaskRef]:
    """The outbounds at this account that the warehouse is to be asked for now."""
    return tasks_of(db, outbounds.due(db, account_id, until=moment(db), limit=limit))


def settle_code(
    db: Transaction, channels: Channels, account_id: str, told: TaskState | Absent, since: datetime, actor: Actor
) -> None:  # fmt: skip
    """Take in what the warehouse says of the outbound that it knows by this code."""
    for one in outbounds.of_codes(db, account_id, [told.key]):
        settle(db, channels, one, told, since=since, actor=actor)


def look(db: Transaction, account_id: str, codes: Collection[str], when: object) -> set[str]:
    """Have these asked for at that instant, None: later, by their age; gives those that are outbounds there."""
    found = outbounds.of_codes(db, account_id, codes) if codes else []
    at = moment(db)
    if when is not None:
        outbounds.look(db, [one.id for one in found], when)
    else:
        for later, ids in looks({one.id: one.created_at for one in found}, at).items():
            outbounds.look(db, ids, at + later)
    return {one.code for one in found}


def accounts(db: Transaction, until: datetime, after: str, limit: int) -> list[tuple[str, str]]:
    """Accounts behind this one of which an outbound is due by then, by merchant and id."""
    return outbounds.accounts_due(db, until=until, after=after, limit=limit)


def still_open(db: Transaction, warehouse_id: str) -> list[str]:
    """The outbounds that a warehouse has still to send, in words."""
    codes = outbounds.open_codes(db, warehouse_id, limit=NAMED + 1)
    more = " and more" if len(codes) > NAMED else ""
    return [f"outbounds are open: {', '.join(codes[:NAMED])}{more}; have them sent or stopped"] if codes else []


def tasks_of(db: Transaction, rows: Sequence[OutboundRow]) -> list[TaskRef]:
    """These outbounds as the warehouse knows them; all are of one merchant's account."""
    ids = {one.warehouse_id for one in rows}
    places = warehouses.named(db, rows[0].merchant_id, ids) if rows else {}
    return [task_of(one, places[one.warehouse_id].place_ref) for one in rows]


def task_of(one: OutboundRow, place_ref: str) -> TaskRef:
    return TaskRef(kind=TaskKind.OUTBOUND, key=one.code, place_ref=place_ref, ref=one.ref)


def settle(
    db: Transaction, channels: Channels, one: OutboundRow, told: TaskState | Absent, *, since: datetime | None = None,
    actor: Actor,
) -> OutboundRow:  # fmt: skip
    """Take in what the warehouse, asked at `since`, says of an outbound; gives it as it is then."""
    stored, one = locked(db, one)
    at = moment(db)
    before = troubles.of(db, stored.order, at)
    if isinstance(told, Absent):
        _absent(db, channels, one, at)
    else:
        stored = _heard(db, channels, stored, one, told, at, actor=actor)
    if is_asked_for_anew(one.next_look_at, since, at):
        outbounds.look(db, [one.id], one.next_look_at)
    arranging.arrange(db, channels, stored, actor=actor, before=before, reads=False)
    return outbounds.find(db, one.id) or one


def _absent(db: Transaction, channels: Channels, one: OutboundRow, at: datetime) -> None:
    """What the warehouse took and does not know any more is for a person; what is in doubt its own job finds out."""
    if one.push_status is PushStatus.PUSHED and one.state not in ENDED:
        reason = "the warehouse does not know it any more"
        outbounds.change(db, one.id, reason=reason, next_look_at=at + next_look(at - one.created_at))
    elif one.push_status in IN_DOUBT:
        outbounds.change(db, one.id, next_look_at=at + next_look(at - one.created_at))
        arranging.push(db, one)
    else:
        outbounds.change(db, one.id, next_look_at=None)


def _heard(
    db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, told: TaskState, at: datetime, *,
    actor: Actor,
) -> Stored:  # fmt: skip
    lines = outbounds.lines(db, [one.id])[one.id]
    news = risen([Part(x.line_id, x.product_id, x.sku, x.quantity, x.shipped) for x in lines], told.lines)
    left_at = told.at or at
    state = advanced(one.state, told.state, rose=bool(news.totals))
    is_done = state in (State.COMPLETE, State.PART_INVALID) or (told.closed and state is State.PART_COMPLETE)
    ends = is_done and (one.state not in (State.COMPLETE, State.PART_INVALID) or bool(news.totals))
    if news.totals:  # before any level is held: who adopts what lies there waits for this, or has done it
        crossing.alone(db, one.warehouse_id)
    if news.totals or ends:  # what leaves, what ends with it, and what is then let go of
        away.hold_levels(db, [stored], {line.product_id for line in lines})
    if news.totals:
        stored = _left(db, channels, stored, one, lines, news, told.at, left_at, actor=actor)
    row = outbounds.change(db, one.id, **_changes(one, told, state, news, at, left_at))
    if ends:
        stored = leaving.end(db, channels, stored, row, at=left_at, courier=told.courier, awb=told.awb, actor=actor)
    if _shown(one) != _shown(row):
        crossed = bool(news.totals) and one.cancel is Cancel.CANCELLED
        issuing.tell(db, "outbound.crossed" if crossed else "outbound.changed", row, actor=actor, before=one,
                     announce=crossed)  # fmt: skip
    if row.push_status is PushStatus.PUSHED and not row.current and row.cancel is Cancel.NONE and state not in ENDED:
        stopping.ask(db, channels, row, Cause.ORDER, "it was taken back before it was known to be there", actor=actor)
    return stored


def _left(
    db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, lines: Sequence[OutboundLine], news: Risen,
    told_at: datetime | None, left_at: datetime, *, actor: Actor,
) -> Stored:  # fmt: skip
    """Book what has left since the last reading, named by the total that it comes to; `alone`, with its levels held."""
    left: dict[str, dict[str, int]] = {}
    for line in lines:
        total = news.totals.get((line.line_id, line.product_id), line.shipped)
        if total == line.shipped:
            continue
        if not outbounds.book(db, line, total):
            raise RuntimeError("a locked outbound changed under its lock")
        left.setdefault(line.line_id, {})[line.product_id] = total - line.shipped
    counted = crossing.left(db, one, left, told_at)
    whole = sum(news.totals.get((line.line_id, line.product_id), line.shipped) for line in lines)
    return away.ship(
        db, channels, stored, left, warehouse_id=one.warehouse_id, cause=f"{one.code}-{whole}", left_at=left_at,
        actor=actor, counted=counted,
    )  # fmt: skip


def _changes(
    one: OutboundRow, told: TaskState, state: State, news: Risen, at: datetime, left_at: datetime
) -> dict[str, object]:  # fmt: skip
    """The columns that a reading sets. A warehouse that knows it has taken it, whatever was thought before."""
    was_refused = told.state is DocumentState.INVALID and told.problem and one.cancel is Cancel.NONE
    status = PushStatus.FAILED if was_refused and one.state is not State.INVALID else PushStatus.PUSHED
    if one.push_status is PushStatus.FAILED and state is State.INVALID:
        status = PushStatus.FAILED
    cancel = heard(one.cancel, told)
    values: dict[str, object] = {
        "push_status": status.value, "state": state.value, "word": told.progress[:LONGEST], "cancel": cancel.value,
        "ref": told.ref or one.ref, "told": "", "waits": "[]", "reason": _problem(told, news),
        "pushed_at": one.pushed_at or at, "next_look_at": _next(one, told, state, cancel, at),
    }  # fmt: skip
    if told.cancel is not None and cancel is not one.cancel:
        values["cancel_reason"] = told.problem[:LONGEST]
    if news.totals:
        values["left_at"] = one.left_at or left_at
    return values


def _problem(told: TaskState, news: Risen) -> str:
    beyond = "; ".join(f"{count} of {sku[:100]} left that nobody asked for" for sku, count in news.beyond.items())
    return "; ".join(each for each in (told.problem[:LONGEST], beyond) if each)


def _next(one: OutboundRow, told: TaskState, state: State, cancel: Cancel, at: datetime) -> datetime | None:
    """When the warehouse is asked again; None: never."""
    age = at - (one.pushed_at or one.created_at)
    if cancel in OPEN:
        return at + next_look(timedelta(0))
    if state not in ENDED and not told.closed:
        return at + next_look(age)
    was_stopped = cancel is Cancel.CANCELLED and at - one.changed_at < AFTERWARDS
    return at + _LATER if was_stopped and age < AFTERWARDS + AFTERWARDS else None


def _shown(one: OutboundRow) -> tuple[object, ...]:
    return one.push_status, one.state, one.word, one.ref, one.reason, one.cancel
