"""The other side: shelves that sell, an order feed that lags behind them, and levels set from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tests.simulation_stock.oracle import Oracle


@dataclass(slots=True, eq=False)
class Shelf:
    """What a channel shows of one listing at one place; the log beside it is the oracle's."""

    name: str
    level: int
    compare_and_set: bool
    sales: list[Line] = field(default_factory=list)
    others: list[tuple[int, int]] = field(default_factory=list)  # what people changed there: (tick, units)
    overwritten: list[Line] = field(default_factory=list)
    since: float = 0.0


@dataclass(slots=True, eq=False)
class Line:
    """What one order took from one shelf; `named` says whether the order tells from which place."""

    shelf: Shelf
    units: int
    named: bool
    tick: int
    placed_at: float
    cancelled: int = 0
    taken: int = 0  # the tick at which the hub took it in; 0: not yet
    judged: bool = False  # a level was written over it, and the oracle has said what it thinks of that


class Version(NamedTuple):
    visible_at: float
    cancelled: tuple[int, ...]  # units, line by line


@dataclass(slots=True, eq=False)
class Order:
    lines: tuple[Line, ...]
    versions: list[Version]

    def shown(self, now: float) -> Version | None:
        """The newest version that the feed shows."""
        return next((each for each in reversed(self.versions) if each.visible_at <= now), None)


class Target(NamedTuple):
    """A `StockTarget` on its way, with what only the oracle knows of it."""

    shelf: Shelf
    quantity: int
    expected: int | None
    asked_at: float
    tick: int  # when targets were read
    basis: int  # the tick of the figure that `expected` was counted from
    since: int  # the tick from which on lines that were taken in were counted off it
    turn: int


class Answer(NamedTuple):
    status: Literal["confirmed", "stale"]
    actual: int
    tick: int


class Channel:
    """One account on the other side; levels are set as `StockTarget` says, in two steps that others may part."""

    def __init__(self, oracle: Oracle, *, compare_and_set: bool) -> None:
        self.oracle, self.compare_and_set = oracle, compare_and_set
        self.orders: list[Order] = []
        self.changes: list[tuple[float, Order]] = []

    def sell(self, wanted: Sequence[tuple[Shelf, int]], *, named: bool, now: float, visible_at: float) -> Order | None:
        """Sell what is still there of what is wanted."""
        lines = []
        for shelf, units in wanted:
            if sold := min(units, shelf.level):
                shelf.level -= sold
                lines.append(Line(shelf, sold, named, self.oracle.next(), now))
                shelf.sales.append(lines[-1])
        if not lines:
            return None
        order = Order(tuple(lines), [Version(visible_at, (0,) * len(lines))])
        self.orders.append(order)
        self.changes.append((now, order))
        return order

    def cancel(self, order: Order, units: Sequence[int], *, restock: bool, now: float, visible_at: float) -> None:
        for line, more in zip(order.lines, units, strict=True):
            line.cancelled += more
            if restock and more:
                self.edit(line.shelf, more)
        order.versions.append(Version(visible_at, tuple(line.cancelled for line in order.lines)))
        self.changes.append((now, order))

    def edit(self, shelf: Shelf, units: int) -> None:
        """Others than the hub and the buyers change what is shown."""
        shelf.level += units
        shelf.others.append((self.oracle.next(), units))

    def looked(self, target: Target, now: float) -> Answer | None:
        """The live read of a push; None: it goes on to write."""
        shelf = target.shelf
        if not self.compare_and_set:
            return None
        if target.expected is None or shelf.level != target.expected:
            return Answer("stale", shelf.level, self.oracle.next())
        if shelf.level != target.quantity:
            return None
        return self._proved(target, now)

    def written(self, target: Target, now: float) -> Answer:
        """The write, comparing where the channel can; a lost comparison is read again."""
        if (answer := self.looked(target, now)) is not None:
            return answer
        answer = self._proved(target, now)
        target.shelf.level = target.quantity
        return answer

    def _proved(self, target: Target, now: float) -> Answer:
        self.oracle.level_set(target, now)
        return Answer("confirmed", target.quantity, self.oracle.next())
