"""How far an outbound is, what has left of it, and what is done when its order wants something else than it says.

A warehouse tells a document as it is now, as often as it likes and in any order: a state never goes back, and a total
only ever rises.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub_hookspecs import DocumentState, TaskLine

from hub.fulfilment.rules.documents import IN_DOUBT, UNSENT, PushStatus, State, state_of

LONGEST_CODE = 50  # characters of a document's code, which warehouses know it by
ENDED = (State.COMPLETE, State.PART_INVALID, State.INVALID)


def code_of(outbound_id: str, at: datetime) -> str:
    """What it is known by at the warehouse, the same on every try: the day, and the end of its id, which is random."""
    return f"OB{at:%y%m%d}-{outbound_id[-12:].upper()}"


def advanced(now: State, told: DocumentState, *, rose: bool) -> State:
    """How far a document is, after the warehouse told of it; `rose`: more has left than was known.

    What was cancelled or ended short comes to life again only by goods that left all the same.
    """
    if now is State.COMPLETE or (now in (State.INVALID, State.PART_INVALID) and not rose):
        return now
    new = state_of(told)
    if new in (State.CREATE, State.PENDING):
        return State.PART_COMPLETE if rose or now is State.PART_COMPLETE else State.PENDING
    if new is State.INVALID:
        return State.PART_INVALID if rose or now is State.PART_COMPLETE else State.INVALID
    return new


class Part(NamedTuple):
    """So many base units of a product that a line of the order wants, and how many of them have left."""

    line_id: str
    product_id: str
    sku: str
    quantity: int
    shipped: int = 0


class Risen(NamedTuple):
    """What has left beyond what was known: the new total of each part, and what nobody had asked for, by SKU."""

    totals: Mapping[tuple[str, str], int]  # by line and product
    beyond: Mapping[str, int]


def risen(parts: Sequence[Part], told: Iterable[TaskLine]) -> Risen:
    """Share the totals of each SKU out among the parts that want it, the first first. A total that fell is ignored."""
    totals: dict[tuple[str, str], int] = {}
    beyond: dict[str, int] = {}
    for line in told:
        left = line.shipped - sum(one.shipped for one in parts if one.sku == line.sku)
        for one in parts:
            more = min(left, one.quantity - one.shipped) if one.sku == line.sku else 0
            if more > 0:
                totals[one.line_id, one.product_id] = one.shipped + more
                left -= more
        if left > 0:
            beyond[line.sku] = left
    return Risen(totals, beyond)


class Act(enum.StrEnum):
    """What is done with an outbound when its order wants something else than it says."""

    TAKE_BACK = "take_back"  # the warehouse has nothing of it: void, and what it holds is free
    AWAIT = "await"  # whether the warehouse has it is being found out
    CANCEL = "cancel"  # the warehouse is asked to stop it
    RENEW = "renew"  # it has ended without sending anything: what it holds is free
    TOO_LATE = "too_late"  # it has left


def act(push_status: PushStatus, state: State) -> Act:
    if state is State.INVALID or push_status is PushStatus.VOID:
        return Act.RENEW
    if state in ENDED:
        return Act.TOO_LATE
    if push_status in UNSENT:
        return Act.TAKE_BACK
    return Act.AWAIT if push_status in IN_DOUBT else Act.CANCEL
