"""Moves the stock of many lines at once: reserved, more or fewer, shipped, freed; never more than is free.

All levels that a batch may touch are locked by one statement before anything is decided, in one order: batches that
want the same products wait for each other, whatever the order of their lines, and never crosswise. What is freed can
be given to others in the same batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.orders.rules.allotting import Wish, allot, lacking
from hub.orders.rules.lines import Opening, Standing, Step, opening
from hub.orders.store import holding
from hub.orders.store.holding import Held
from hub.orders.store.orders import LineRow
from hub.stock.rules.levels import MovementKind, Place, ReservationState
from hub.stock.service.touching import touch
from hub.stock.store import levels, movements, reservations
from hub.stock.store.levels import Level
from hub.stock.store.movements import Booking


class Move(NamedTuple):
    """What a line asks of stock. `needs` are base units by product for one of the listing's units.

    `placed_at` is held against the opening stock; None: it can not be in there. What leaves did so at `left_at`.
    """

    line: LineRow
    step: Step
    wanted: int
    needs: Mapping[str, int]
    candidates: tuple[str, ...]
    placed_at: datetime | None
    left_at: datetime | None


class Lack(NamedTuple):
    """What a line wants of a product, and what is free of it; None: no level of it is known there."""

    product_id: str
    wanted: int
    free: int | None


class Outcome(NamedTuple):
    """Where a line stands after its move, and from where; `lacks` what it wanted and did not get."""

    standing: Standing
    units: int
    turn: int
    warehouses: tuple[str, ...] = ()
    in_margin: bool = False
    lacks: tuple[Lack, ...] = ()


def move(
    db: Transaction, merchant_id: str, moves: Sequence[Move], *, at: datetime, actor: Actor
) -> dict[str, Outcome]:  # fmt: skip
    """Do all of it that can be done; gives what became of each line, by its id.

    Those that come first get first. A line gets all that it wants, or nothing more than it has.
    """
    held = _held(db, moves)
    warehouses = {one for each in moves for one in each.candidates} | {
        one.warehouse_id for each in held.values() for one in each
    }
    products = {one for each in moves for one in each.needs} | {
        one.product_id for each in held.values() for one in each
    }
    found = levels.lock(db, warehouses, products) if products else {}
    book = _Book(found)
    outcomes = {each.line.id: book.change(each, held[each.line.id]) for each in _givers_first(moves, held)}
    outcomes |= book.start([each for each in moves if each.line.id not in held])
    book.write(db, merchant_id, at=at, actor=actor)
    return outcomes


def _held(db: Transaction, moves: Sequence[Move]) -> dict[str, list[Held]]:
    """What the lines hold now, by line."""
    holders = sorted({each.line.order_id for each in moves if each.line.standing is Standing.RESERVED})
    lines = {each.line.id for each in moves}
    found: dict[str, list[Held]] = {}
    for one in holding.of_orders(db, holders) if holders else ():
        line_id = _line_of(one.cause)
        if line_id in lines:
            found.setdefault(line_id, []).append(one)
    return found


def _givers_first(moves: Sequence[Move], held: Mapping[str, list[Held]]) -> list[Move]:
    """What is freed in a batch is there for those that want more."""
    return sorted((each for each in moves if each.line.id in held), key=lambda each: each.wanted > each.line.units)


def _cause(line: LineRow, product_id: str) -> str:
    return f"line:{line.id}:{line.turn}:{product_id}"


def _line_of(cause: str) -> str:
    return cause.split(":")[1]


class _Book:
    """What a batch changes, before anything is written."""

    def __init__(self, found: Mapping[Place, Level]) -> None:
        self.found = found
        self.free = {place: level.standing.free for place, level in found.items()}
        self.on_hand: dict[Place, int] = {}
        self.reserved: dict[Place, int] = {}
        self.new: list[tuple[Held, ReservationState]] = []
        self.sizes: dict[str, int] = {}
        self.closed: dict[ReservationState, list[str]] = {ReservationState.RELEASED: [], ReservationState.SHIPPED: []}
        self.bookings: list[Booking] = []
        self.touched: dict[str, str] = {}  # the order, by product

    def change(self, each: Move, held: list[Held]) -> Outcome:
        """Let a line that holds something hold or ship as much as is wanted, or nothing."""
        line, places = each.line, tuple(sorted({one.warehouse_id for one in held}))
        if each.step is Step.FREE:
            self._close(held, ReservationState.RELEASED)
            return Outcome(Standing.RELEASED, line.units, line.turn + 1)
        sizes = {one.cause: one.quantity // line.units * each.wanted for one in held}
        lacks = self._lacks(held, sizes)
        if not lacks:
            held = [self._resize(one, sizes[one.cause]) for one in held]
        units = line.units if lacks else each.wanted
        if each.step is Step.SHIP:
            self._close(held, ReservationState.SHIPPED, left_at=each.left_at)
            return Outcome(Standing.SHIPPED, units, line.turn, places, line.in_margin, lacks)
        return Outcome(Standing.RESERVED, units, line.turn, places, line.in_margin, lacks)

    def start(self, moves: Sequence[Move]) -> dict[str, Outcome]:
        """Let lines that hold nothing reserve, or ship from the shelf."""
        outcomes = {each.line.id: Outcome(Standing.NONE, 0, each.line.turn) for each in moves}
        wishes = {each.line.id: self._wish(each) for each in moves if each.step is not Step.FREE}
        wanting = [wish for wish in wishes.values() if wish.needs]
        given = allot(self.free, wanting)
        for each in moves:
            if each.line.id in wishes:
                outcomes[each.line.id] = self._started(each, wishes[each.line.id], given.get(each.line.id))
        return outcomes

    def _wish(self, each: Move) -> Wish:
        """What a line wants of each product, but for those whose opening stock has it already."""
        needs = {
            product: count * each.wanted
            for product, count in each.needs.items()
            if Opening.COVERS not in self._openings(each, product)
        }
        return Wish(each.line.id, each.line.order_id, needs, each.candidates)

    def _openings(self, each: Move, product: str) -> set[Opening]:
        levels_ = (self.found.get((one, product)) for one in each.candidates)
        return {opening(each.placed_at, one.opened_at) for one in levels_ if one and each.placed_at}

    def _started(self, each: Move, wish: Wish, warehouse_id: str | None) -> Outcome:
        line = each.line
        if not wish.needs:
            return Outcome(Standing.COVERED, 0, line.turn)
        if warehouse_id is None:
            return Outcome(Standing.SHORT, 0, line.turn, lacks=self._missing(wish))
        leaves = each.step is Step.SHIP
        for product, quantity in wish.needs.items():
            one = Held(_cause(line, product), line.order_id, warehouse_id, product, quantity)
            self.new.append((one, ReservationState.SHIPPED if leaves else ReservationState.OPEN))
            self._add(one, on_hand=-quantity if leaves else 0, reserved=0 if leaves else quantity)
            if leaves:
                self._leave(one, each.left_at)
        near = any(Opening.MAY_COVER in self._openings(each, product) for product in wish.needs)
        standing = Standing.SHIPPED if leaves else Standing.RESERVED
        return Outcome(standing, each.wanted, line.turn, (warehouse_id,), near)

    def _missing(self, wish: Wish) -> tuple[Lack, ...]:
        known = {product for warehouse_id, product in self.found if warehouse_id in wish.candidates}
        return tuple(
            Lack(product, wish.needs[product], free if product in known else None)
            for product, free in sorted(lacking(self.free, wish).items())
        )

    def _lacks(self, held: Iterable[Held], sizes: Mapping[str, int]) -> tuple[Lack, ...]:
        """What stands against these sizes; two lines never hold by one cause."""
        return tuple(
            Lack(one.product_id, sizes[one.cause], one.quantity + self.free[one.place])
            for one in held
            if sizes[one.cause] > one.quantity + self.free[one.place]
        )

    def _resize(self, one: Held, quantity: int) -> Held:
        if quantity != one.quantity:
            self.sizes[one.cause] = quantity
            self.free[one.place] -= quantity - one.quantity
            self._add(one, reserved=quantity - one.quantity)
        return one._replace(quantity=quantity)

    def _close(self, held: Iterable[Held], state: ReservationState, *, left_at: datetime | None = None) -> None:
        for one in held:
            self.closed[state].append(one.cause)
            left = state is ReservationState.SHIPPED
            self._add(one, on_hand=-one.quantity if left else 0, reserved=-one.quantity)
            if left:
                self._leave(one, left_at)
            else:
                self.free[one.place] += one.quantity

    def _leave(self, one: Held, left_at: datetime | None) -> None:
        self.bookings.append(
            Booking(
                warehouse_id=one.warehouse_id, product_id=one.product_id, kind=MovementKind.SHIPMENT,
                quantity=-one.quantity, cause=f"shipment:{one.cause}", occurred_at=left_at,
            )
        )  # fmt: skip

    def _add(self, one: Held, *, on_hand: int = 0, reserved: int = 0) -> None:
        self.on_hand[one.place] = self.on_hand.get(one.place, 0) + on_hand
        self.reserved[one.place] = self.reserved.get(one.place, 0) + reserved
        self.touched[one.product_id] = one.order_id

    def write(self, db: Transaction, merchant_id: str, *, at: datetime, actor: Actor) -> None:
        if self.reserved and not levels.change(db, self.on_hand, reserved=self.reserved):
            raise RuntimeError("a locked level changed under its lock")
        holding.resize(db, self.sizes)
        for state, causes in self.closed.items():
            if causes and len(reservations.close(db, causes, state)) < len(causes):
                raise RuntimeError("a reservation was closed while its level was locked")
        holding.write(db, merchant_id, self.new, at=at)
        if self.bookings and len(movements.write(db, merchant_id, self.bookings, actor=actor)) < len(self.bookings):
            raise RuntimeError("a line that had left before left again")
        for product_id, order_id in self.touched.items():
            touch(db, [product_id], cause=f"order:{order_id}")
