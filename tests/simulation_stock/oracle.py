"""Knows both sides: says which sale was written over, and how long that stood where nothing could compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation_stock.channel import Line, Shelf, Target


@dataclass
class Figures:
    """What was tried, and what channels without compare-and-set cost."""

    events: int = 0
    sales: int = 0
    calls: int = 0  # levels that went out
    stale: int = 0
    unanswered: int = 0
    kills: int = 0
    late: int = 0  # levels that took effect after their call had ended
    hidden: int = 0  # sales that a restock of as many units hid from the comparison
    blind_sales: int = 0  # sales of channels without compare-and-set
    blind_writes: int = 0
    overwritten: int = 0  # sales that a blind write went over
    units: int = 0
    windows: list[float] = field(default_factory=list)  # seconds from such a write until it was made good

    def add(self, other: Figures) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Oracle:
    def __init__(self) -> None:
        self.violations: list[str] = []
        self.figures = Figures()
        self.tick = 0

    def next(self) -> int:
        self.tick += 1
        return self.tick

    def say(self, violation: str) -> None:
        self.violations.append(violation)

    def level_set(self, target: Target, now: float) -> None:
        """A level is about to be set, or found set: were there sales that it could not know of?"""
        shelf = target.shelf
        unseen = [line for line in shelf.sales if not line.judged and not 0 < line.taken <= target.tick]
        if not shelf.compare_and_set:
            self._blindly(shelf, unseen, target, now)
        elif unseen:
            self._judge(shelf, unseen, target)
        for line in unseen:
            line.judged = True

    def _judge(self, shelf: Shelf, unseen: list[Line], target: Target) -> None:
        """Inherent, and said in the docs: units put back at the channel hide as many that sold since the basis.

        A sale that was hidden so is counted off the next figure when it is taken in, and may hide another there.
        """
        put_back = sum(units for tick, units in shelf.others if tick > target.basis)
        twice = (line for line in shelf.sales if line.judged and line.tick <= target.basis)
        put_back += sum(line.units for line in twice if target.since < line.taken <= target.tick)
        hidden = sum(line.units for line in unseen)
        if put_back >= hidden and all(line.tick > target.basis for line in unseen):
            self.figures.hidden += len(unseen)
        else:
            self.say(f"overwritten: {hidden} units sold on {shelf.name} when {target.quantity} was written")

    def _blindly(self, shelf: Shelf, unseen: list[Line], target: Target, now: float) -> None:
        self.figures.blind_writes += 1
        self.figures.overwritten += len(unseen)
        self.figures.units += sum(line.units for line in unseen)
        self.right(shelf, target.tick, now)
        if unseen and not shelf.overwritten:
            shelf.since = now
        shelf.overwritten += unseen

    def right(self, shelf: Shelf, tick: int, now: float) -> None:
        """The level is what is offered by one who knows all that was taken in until `tick`."""
        if shelf.overwritten and all(0 < line.taken <= tick for line in shelf.overwritten):
            self.figures.windows.append(now - shelf.since)
            shelf.overwritten.clear()
