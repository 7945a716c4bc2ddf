"""What a level becomes when a warehouse of others says what lies there, and when so much changes that a person decides.

What the warehouse has frozen for documents of ours is promised by our own reservations already: only what it has frozen
beyond that is held here. What is promised to orders that the warehouse knows nothing of stays promised, so what is
offered is its good units less those.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

MARGIN = timedelta(minutes=2)  # how far a warehouse's clock may be from ours
SHARE = 50  # percent of the SKUs with stock that may change in one sync
FEW = 5  # SKUs; a share of fewer says nothing


class Reading(NamedTuple):
    """Base units that a warehouse says it has: sellable, good but promised there, and damaged."""

    good: int
    frozen: int
    damaged: int

    @property
    def total(self) -> int:
        return self.good + self.frozen + self.damaged


class Figures(NamedTuple):
    """A level, but for what is promised."""

    on_hand: int
    held: int


class Promise(NamedTuple):
    """So many units of a level that an order was promised; `pushed`: the warehouse may be packing them."""

    cause: str
    order_id: str
    quantity: int
    made_at: datetime
    pushed: bool


class Release(NamedTuple):
    """Which promises are let go of for a level to hold what a reading says; `lacks`: units that are missing still."""

    let_go: tuple[Promise, ...]
    lacks: int


def adopted(reading: Reading, accepted: int) -> Figures:
    """The level by a reading; `accepted` are units of our documents that the warehouse had taken before it was read."""
    return Figures(reading.total, reading.damaged + for_others(reading.frozen, accepted))


def for_others(frozen: int, accepted: int) -> int:
    """How much of what a warehouse has frozen is not for documents of ours."""
    return max(frozen - max(accepted, 0), 0)


def had_left(at: datetime | None, read_from: datetime) -> bool:
    """Whether what left `at` that time was off the shelves before they were counted; None: it left afterwards."""
    return at is not None and at <= read_from - MARGIN


def had_come(at: datetime | None, made_at: datetime, read_until: datetime) -> bool:
    """Whether what came `at` that time may have been counted; None: it may, where its document was there by then.

    In doubt it was: a unit too few is found by the next reading, one too many is sold.
    """
    return made_at <= read_until if at is None else at <= read_until + MARGIN


class Counted(NamedTuple):
    """Which reading had counted goods off before they were told to have left, and how much of what it found is held.

    `read_until`: when that reading ended. `held`: units, frozen there, that were thought to be frozen for these goods.
    """

    sync: str
    read_until: datetime
    held: int = 0


def lacking(figures: Figures, reserved: int) -> int:
    """How many of the units that are promised such a level cannot hold."""
    return max(reserved + figures.held - figures.on_hand, 0)


def fitting(figures: Figures, reserved: int) -> Figures:
    """The level nearest to this that holds what is promised: where it does not fit, nothing of it is free."""
    on_hand = max(figures.on_hand, reserved)
    return Figures(on_hand, min(figures.held, on_hand - reserved))


def release(lacks: int, promises: Collection[Promise]) -> Release:
    """The youngest promises that the warehouse knows nothing of, whole, until nothing lacks."""
    let_go: list[Promise] = []
    for one in sorted(promises, key=lambda each: (each.made_at, each.cause), reverse=True):
        if lacks > 0 and not one.pushed:
            let_go.append(one)
            lacks -= one.quantity
    return Release(tuple(let_go), max(lacks, 0))


class Tally(NamedTuple):
    """SKUs of a sync that have stock here: all of them, those that it changes, and those that it leaves nothing of."""

    stocked: int = 0
    changed: int = 0
    emptied: int = 0

    def plus(self, before: int, after: int) -> Tally:
        """With one SKU more, of which so many were on hand."""
        if not before:
            return self  # what comes is no swing: it was nothing before
        return Tally(self.stocked + 1, self.changed + (after != before), self.emptied + (not after))


def swing(tally: Tally, share: int) -> str:
    """Why a sync waits for a person, in words; "" where it need not. `share` is in percent, 100: any."""
    if tally.stocked and tally.emptied == tally.stocked:
        return f"the warehouse says that nothing is left of all {tally.stocked} SKU(s) with stock"
    if tally.changed >= FEW and tally.changed * 100 > share * tally.stocked:
        return f"{tally.changed} of {tally.stocked} SKUs with stock would change, which is more than {share} %"
    return ""
