"""What a counted figure means to a level that went on moving while people counted.

A workbook is made with what lies there. A count answers to that: what was counted, less what lay there then, is the
difference to book. So what left by sales since then stays left. Whatever else moved the level since (`turn`) makes the
count worthless: nobody knows whether it was counted before or after.
"""

from __future__ import annotations

import enum
from typing import NamedTuple, assert_never

from hub.stock.rules.levels import Standing


class State(enum.StrEnum):
    """Where a stocktake stands; its workbook may be uploaded while it is ready or done."""

    DRAFTING = "drafting"
    READY = "ready"
    BOOKING = "booking"
    DONE = "done"
    FAILED = "failed"


class Outcome(enum.StrEnum):
    """What became of a row that somebody counted."""

    BOOKED = "booked"
    SAME = "same"  # as many as there were: nothing moved
    REFUSED = "refused"


TAKES_WORKBOOK = (State.READY, State.DONE)


class Then(NamedTuple):
    """A level as the workbook was made with it; `on_hand` None: nobody knew of any there."""

    on_hand: int | None
    turn: int


class Now(NamedTuple):
    """The same level now, and which turn it is at: each movement but a sale's takes it one further."""

    standing: Standing
    turn: int


class Move(NamedTuple):
    """Book so many."""

    quantity: int


class Same(NamedTuple):
    """There is nothing to book."""


class No(NamedTuple):
    """Book nothing, for this reason."""

    reason: str


Verdict = Move | Same | No


def verdict(counted: int, then: Then, now: Now, *, booked: int | None) -> Verdict:
    """What to do about a count; `booked`: what this stocktake booked here before.

    That there is nothing where nobody knew of anything is a movement too, of 0: from then on it is known.
    """
    difference = counted - (then.on_hand or 0)
    if booked is not None:
        return _again(difference, booked)
    if now.turn != then.turn:
        return No(
            "something other than sales has changed this level since the workbook was made: download a new one and "
            "count again"
        )
    if difference == 0:
        return Move(0) if then.on_hand is None else Same()
    if now.standing.free + difference < 0:
        return No(_too_few(counted, then, now.standing))
    return Move(difference)


def _again(difference: int, booked: int) -> Verdict:
    if difference == booked:
        return Same()
    return No(
        f"this stocktake has booked {booked:+} here before: what was counted once is changed by an adjustment or by a "
        "new workbook"
    )


def _too_few(counted: int, then: Then, standing: Standing) -> str:
    gone = (then.on_hand or 0) - standing.on_hand
    left = f" and {gone} left since the workbook was made" if gone else ""
    return (
        f"{counted} are too few: {standing.reserved} are promised to orders, {standing.held} are held{left}; "
        "find them, or cancel orders first"
    )


def outcome_of(found: Verdict) -> Outcome:
    match found:
        case Move():
            return Outcome.BOOKED
        case Same():
            return Outcome.SAME
        case No():
            return Outcome.REFUSED
        case never:
            assert_never(never)
