"""What an order line holds of our stock, and what must be done when its order is told of (again).

A channel tells an order as it is now, as often as it likes and in any order; the hub keeps what a line stands at, so
only the difference moves stock and the same news twice moves none.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hub_hookspecs import OrderState

MARGIN = timedelta(minutes=2)  # how far a channel's clock may be from ours


class Standing(enum.StrEnum):
    """Where a line stands with our stock."""

    NONE = "none"  # it takes nothing: unpaid, or none of it is wanted
    UNLINKED = "unlinked"  # it takes something, but nobody knows of what
    SHORT = "short"  # there is not enough
    COVERED = "covered"  # the stock has it already: sold before the opening was counted, or left before we came
    RESERVED = "reserved"
    SHIPPED = "shipped"
    RELEASED = "released"  # it was reserved, and is wanted no more


SETTLED = (Standing.SHIPPED, Standing.COVERED)


class Claim(enum.StrEnum):
    """What an order in a state may ask of our stock."""

    NOTHING = "nothing"
    HOLD = "hold"
    TAKE = "take"
    KEEP = "keep"  # whatever it has


class Step(enum.StrEnum):
    """What is to be done with the stock of a line; the units are those that are wanted now."""

    LEAVE = "leave"
    HOLD = "hold"  # let it hold just these: reserved first, or more or fewer of them
    SHIP = "ship"  # let just these leave: out of what is reserved, the rest of which is free, or from the shelf
    FREE = "free"


_CLAIMS = {
    OrderState.READY: Claim.HOLD,
    OrderState.CANCEL_REQUESTED: Claim.HOLD,  # until it is agreed to, it may have to be sent
    OrderState.UNKNOWN: Claim.HOLD,  # a word that we do not know may mean a sale: better held than sold twice
    OrderState.SHIPPED: Claim.TAKE,
    OrderState.DELIVERED: Claim.TAKE,
    OrderState.RETURNED: Claim.KEEP,  # what comes back is counted by people
    OrderState.CANCELLED: Claim.NOTHING,
}


def claim(state: OrderState, *, holds_unpaid: bool = False, sent_by_channel: bool = False) -> Claim:
    """What an order claims; unpaid ones hold stock only where the merchant wants it.

    What a channel sends out of its own warehouse was never on a shelf of ours.
    """
    if sent_by_channel:
        return Claim.NOTHING
    if state is OrderState.UNPAID:
        return Claim.HOLD if holds_unpaid else Claim.NOTHING
    return _CLAIMS[state]


class Line(NamedTuple):
    """A line as the hub has it: how many of the listing's units it holds or took, and where it stands.

    `moved`: what it holds, or is covered by, is not what it is to be sent from by now. `away`: it lies in a warehouse
    of others.
    """

    units: int
    standing: Standing
    moved: bool = False
    away: bool = False


NEW = Line(0, Standing.NONE)
_ADDED = re.compile(r" \(added [0-9]+\)\Z")
_KEEPING = {Standing.RESERVED: Step.SHIP, Standing.UNLINKED: Step.FREE, Standing.SHORT: Step.FREE}


def step(kept: Line, wanted: int, claimed: Claim) -> Step:
    """What is to be done for a line of which `wanted` units are still wanted.

    What was shipped, or lies in the opening stock, is settled; less of it or its cancelling comes back by a person's
    count only, never by a channel's word. Nor does that move what is held in a warehouse of others, which may be
    packing it already: that is settled with them first. The opening stock of one product has nothing of another, which
    is still to be sent.
    """
    if kept.standing is Standing.COVERED and kept.moved and wanted and claimed is Claim.HOLD:
        return Step.HOLD
    if kept.away and kept.standing is Standing.RESERVED:
        return Step.LEAVE
    if kept.standing in SETTLED:
        return Step.LEAVE
    if claimed is Claim.KEEP:  # what comes back has left, though nobody heard of that; what took nothing waits no more
        return _KEEPING.get(kept.standing, Step.LEAVE)
    if claimed is Claim.NOTHING or not wanted:
        return Step.LEAVE if kept.standing in (Standing.NONE, Standing.RELEASED) else Step.FREE
    if claimed is Claim.TAKE:
        return Step.SHIP
    return Step.LEAVE if kept == Line(wanted, Standing.RESERVED) else Step.HOLD


def step_anew(wanted: int, claimed: Claim) -> Step:
    """What is to be done for a line that was let go of, as if it had held nothing; what is over claims nothing more."""
    if not wanted or claimed in (Claim.KEEP, Claim.NOTHING):
        return Step.FREE
    return Step.SHIP if claimed is Claim.TAKE else Step.HOLD


def shares(parts: Sequence[tuple[Standing, int, int]], wanted: int) -> list[int]:
    """How many of a line are wanted of each of its parts, which stand so, of which so many were wanted and have units.

    What is settled has its share first and never grows, wherever it stands: a part that was counted may have begun anew
    before one that has left. Of the others each keeps what it wanted; what is wanted beyond that falls to the last of
    them, or, where all are settled, to a new one.
    """
    found = [0] * len(parts)
    for n, (standing, quantity, units) in enumerate(parts):
        if standing in SETTLED:
            found[n] = min(wanted, max(quantity, units))
            wanted -= found[n]
    others = [n for n, part in enumerate(parts) if part[0] not in SETTLED]
    for n in others:
        found[n] = wanted if n == others[-1] else min(wanted, parts[n][1])
        wanted -= found[n]
    return [*found, wanted] if wanted or not parts else found


def added_to(ref: str, number: int) -> str:
    """What the hub calls the part that was added to a line as its `number`-th."""
    return f"{ref} (added {number})"


def is_of_the_hub(ref: str) -> bool:
    """Whether a line is called as only the hub calls one."""
    return _ADDED.search(ref) is not None


def still_wanted(state: OrderState, quantity: int) -> int:
    """Of a cancelled order nothing is wanted, whatever its lines say."""
    return 0 if state is OrderState.CANCELLED else quantity


class Opening(enum.StrEnum):
    """Whether the opening stock of a level has an order in it already."""

    COVERS = "covers"
    MAY_COVER = "may_cover"  # by clocks that differ nobody can tell; it moves, and says so
    COVERS_NOT = "covers_not"


def opening(placed_at: datetime, opened_at: datetime | None) -> Opening:
    """Held against the instant before the channel was asked for what its listing shows."""
    if opened_at is None or placed_at > opened_at + MARGIN:
        return Opening.COVERS_NOT
    return Opening.COVERS if placed_at <= opened_at - MARGIN else Opening.MAY_COVER
