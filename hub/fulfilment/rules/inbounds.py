"""What an inbound must say before it is issued, and what the warehouse's totals mean: received is never planned.

A warehouse tells totals, as often as it likes and in any order. What came counts once; a state never goes back; what
differs from the plan is kept for people, and neither dropped nor added by itself.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from hub_hookspecs import DocumentState, Money, TaskLine, TaskState

from hub.fulfilment.rules.documents import State

LARGEST = 2**31 - 1  # base units of a line
MOST_LINES = 500
ENDED = (State.COMPLETE, State.PART_INVALID, State.INVALID)
_ORDER = (State.CREATE, State.PENDING, State.INVALID, State.PART_COMPLETE, State.PART_INVALID, State.COMPLETE)


def code_of(inbound_id: str, at: datetime) -> str:
    """What it is known by at the warehouse, the same on every try: the day, and the end of its id, which is random."""
    return f"IB{at:%y%m%d}-{inbound_id[-12:].upper()}"


# -- before it is issued


class Line(NamedTuple):
    """A line as it was asked for; None: left out."""

    sku: str | None
    product_id: str | None
    quantity: int | None
    unit_cost: Money | None


class Goods(NamedTuple):
    """The product that a line names, and how it stands in the warehouse.

    `missing` says why the warehouse does not know it; "": it does. `known`: base units that lie there or are on their
    way, where the lines say how many are to lie there in all.
    """

    product_id: str
    sku: str
    is_bundle: bool
    missing: str
    known: int = 0


class Fault(NamedTuple):
    """What is wrong with a line, and the cure."""

    line: int
    field: str
    message: str


def faults(lines: Sequence[Line], goods: Sequence[Goods | None], *, house: str, needs_cost: bool) -> Iterator[Fault]:
    """Everything that is wrong, line by line; `goods` are what the lines name, in their order."""
    first: dict[str, int] = {}
    for n, (line, found) in enumerate(zip(lines, goods, strict=True)):
        field = "product_id" if line.product_id is not None else "sku"
        if objection := _unfit(line, found, house):
            yield Fault(n, field, objection)
        elif found is not None and first.setdefault(found.product_id, n) != n:
            message = f"{found.sku} stands in line {first[found.product_id]} too: add the quantities up"
            yield Fault(n, field, message)
        sku, known = (found.sku, found.known) if found else (line.sku or "the product", 0)
        yield from _amounts(n, line, sku, known, needs_cost=needs_cost)


def _unfit(line: Line, found: Goods | None, house: str) -> str:
    if (line.sku is None) == (line.product_id is None):
        return "name the product either by its SKU or by its id"
    if found is None:
        return f"{line.sku or line.product_id!r} is no product of this merchant; list the products to find it"
    if found.is_bundle:
        return f"{found.sku} is a bundle, which has no stock of its own: name its components"
    return f"{found.sku} {found.missing}: add it to {house} first" if found.missing else ""


def _amounts(n: int, line: Line, sku: str, known: int, *, needs_cost: bool) -> Iterator[Fault]:
    if line.quantity is None:
        yield Fault(n, "quantity", f"say how many of {sku} are on their way")
    elif not 1 <= line.quantity <= LARGEST:
        yield Fault(n, "quantity", f"is {line.quantity}; give 1 to {LARGEST} base units of {sku}")
    elif line.quantity <= known:
        message = f"{known} of {sku} lie there or are on their way: leave it out; fewer come by what leaves, or a sync"
        yield Fault(n, "quantity", message)
    if line.unit_cost is None and needs_cost:
        yield Fault(n, "unit_cost", f"say what one unit of {sku} cost: this warehouse wants to know")


# -- what the warehouse tells


class Part(NamedTuple):
    """A line as it is booked: so many planned, and of them so many came, good and damaged."""

    number: int
    sku: str
    planned: int
    good: int
    damaged: int

    @property
    def came(self) -> int:
        return self.good + self.damaged


class Total(NamedTuple):
    """What came of a SKU in all, and the warehouse's reason where it is not all good."""

    planned: int = 0
    good: int = 0
    damaged: int = 0
    note: str = ""

    @property
    def came(self) -> int:
        return self.good + self.damaged


def totals(told: Iterable[TaskLine]) -> dict[str, Total]:
    """By SKU, whatever the warehouse calls a line."""
    found: dict[str, Total] = {}
    for line in told:
        old = found.get(line.sku, Total())
        note = "; ".join(dict.fromkeys(each for each in (old.note, line.note) if each))
        found[line.sku] = Total(
            old.planned + line.planned, old.good + line.good, old.damaged + line.damaged, note
        )  # fmt: skip
    return found


def risen(parts: Iterable[Part], told: Mapping[str, Total]) -> dict[int, Total]:
    """The lines of which more came than was booked, with their new totals.

    Where a figure fell nothing of its line is booked: units that were good and are damaged now came once.
    """
    found = {}
    for part in parts:
        now = told.get(part.sku, Total())
        if now.good >= part.good and now.damaged >= part.damaged and now.came > part.came:
            found[part.number] = now
    return found


def advanced(now: State, parts: Sequence[Part], told: TaskState) -> State:
    """How far an inbound is, by what came of it where anything did, else by the warehouse's word; never back."""
    if all(part.came >= part.planned for part in parts):
        new = State.COMPLETE
    elif any(part.came for part in parts):
        new = State.PART_INVALID if told.state is DocumentState.PART_INVALID else State.PART_COMPLETE
    else:
        has_ended = told.closed or told.state in (DocumentState.INVALID, DocumentState.PART_INVALID)
        new = State.INVALID if has_ended else State.PENDING
    return max(now, new, key=_ORDER.index)


class Difference(enum.StrEnum):
    """How what came differs from what was planned."""

    UNPLANNED = "unplanned"  # a SKU that stands in no line: not booked
    SHORT = "short"  # fewer than planned, and nothing more will come
    OVER = "over"  # more than planned: booked as it came
    FALLEN = "fallen"  # the warehouse has taken back what it had told: what was booked stays until a sync
    SOURCE = "source"  # more came than lay free where it came from


class Figures(NamedTuple):
    """What was planned, and what came, of the SKU that differs; for `source` how many the source could not give."""

    planned: int
    good: int
    damaged: int
    note: str = ""


def differences(
    parts: Sequence[Part], told: Mapping[str, Total], *, closed: bool
) -> dict[tuple[str, Difference], Figures]:  # fmt: skip
    """What people have to know; `parts` as they are booked by now."""
    found: dict[tuple[str, Difference], Figures] = {}
    planned = {part.sku for part in parts}
    for sku, now in told.items():
        if sku not in planned and now.came:
            found[sku, Difference.UNPLANNED] = Figures(0, now.good, now.damaged, now.note)
    for part in parts:
        figures, now = Figures(part.planned, part.good, part.damaged), told.get(part.sku, Total())
        if part.came > part.planned:
            found[part.sku, Difference.OVER] = figures
        if closed and part.came < part.planned:
            found[part.sku, Difference.SHORT] = figures
        if now.good < part.good or now.damaged < part.damaged:
            found[part.sku, Difference.FALLEN] = Figures(part.planned, now.good, now.damaged, now.note)
    return found


def received_cost(unit_cost: Decimal | None, part: Part) -> Decimal | None:
    """What the units that came cost; None: nobody said what one cost."""
    return None if unit_cost is None else unit_cost * part.came
