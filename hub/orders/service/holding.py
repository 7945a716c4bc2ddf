"""Decides what the lines of a batch get: reserved, more or fewer, shipped, freed; the stock is moved by its own slice.

What a line holds stays what it holds, whatever becomes of the pack or of what a bundle contains: it was sold as that.
Where its listing is linked to another product by then (moved, merged, undone), goods of that one will be sent: the line
lets go of what it holds for them as soon as one warehouse has all of them free, and keeps it until then. A listing that
is linked to nothing any more changes nothing: its order is still to be sent. What lies in the opening stock of one
product begins anew for another. What has left is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.orders.rules.allotting import allot
from hub.orders.rules.lines import Standing, Step
from hub.orders.service.beginning import begun, covered, missing, started, wish_of
from hub.orders.service.departing import departed
from hub.orders.service.moves import Lack, Move, Outcome
from hub.stock.service.reserving import Book, Held, open_book
from hub.stock.store import movements, reservations
from hub.stock.store.movements import Gone


def move(
    db: Transaction, merchant_id: str, moves: Sequence[Move], *, at: datetime, actor: Actor
) -> dict[str, Outcome]:  # fmt: skip
    """Do all of it that can be done; gives what became of each line, by its id.

    Those that come first get first. A line gets all that it wants, or nothing more than it has.
    """
    held = _held(db, moves)
    warehouses = {one for each in moves for one in each.warehouses}
    products = {one for each in moves for one in each.products}
    gone = _gone(db, moves)
    book = open_book(db, warehouses, products, [one for each in held.values() for one in each])
    told = [each for each in moves if each.word.is_news]
    outcomes = {
        each.line.id: departed(book, each, held.get(each.line.id, ()), gone.get(each.line.id, ())) for each in told
    }
    rest = [_released(book, each, held) for each in moves if not each.word.is_news]
    outcomes |= {each.line.id: _changed(book, each, held[each.line.id]) for each in _givers_first(rest, held)}
    free = [each for each in rest if each.line.id not in held]
    outcomes |= started(book, [each for each in free if each.needs or each.step is Step.FREE])
    outcomes |= {
        each.line.id: outcomes.get(each.line.id, Outcome(Standing.UNLINKED, 0, each.line.turn))._replace(anew=True)
        for each in free
        if each.word.let_go or each.moved
    }
    book.write(db, merchant_id, at=at, actor=actor)
    return outcomes


def _gone(db: Transaction, moves: Sequence[Move]) -> dict[str, list[Gone]]:
    """What has left before, by line, of those of which it is told how much leaves."""
    told = [each.line.id for each in moves if each.word.is_news]
    found: dict[str, list[Gone]] = {}
    for one in movements.left_for(db, told) if told else ():
        found.setdefault(one.line_id, []).append(one)
    return found


def _released(book: Book, each: Move, held: dict[str, list[Held]]) -> Move:
    """Let a line that may lie elsewhere from now on begin anew; what is not wanted any more is freed as any other."""
    if not each.word.let_go or each.step is Step.FREE or each.line.id not in held:
        return each
    book.release(held.pop(each.line.id))
    return each._replace(line=replace(each.line, turn=each.line.turn + 1))


def _held(db: Transaction, moves: Sequence[Move]) -> dict[str, list[Held]]:
    """What the lines hold now, by line."""
    holders = sorted({each.line.order_id for each in moves if each.line.standing is Standing.RESERVED})
    lines = {each.line.id for each in moves}
    found: dict[str, list[Held]] = {}
    for one in reservations.of_orders(db, holders) if holders else ():
        line_id = one.cause.split(":")[1]
        if line_id in lines:
            found.setdefault(line_id, []).append(one)
    return found


def _givers_first(moves: Sequence[Move], held: Mapping[str, list[Held]]) -> list[Move]:
    """What is freed in a batch is there for those that want more, or something else."""
    return sorted(
        (each for each in moves if each.line.id in held),
        key=lambda each: each.step is not Step.FREE and (each.moved or each.wanted > each.line.units),
    )


def _changed(book: Book, each: Move, held: list[Held]) -> Outcome:
    """Let a line that holds something hold or ship as much as is wanted, or nothing, or another product."""
    line = each.line
    if each.step is Step.FREE:
        book.release(held)
        return Outcome(Standing.RELEASED, line.units, line.turn + 1)
    if _has_outgrown(book, each, held):
        return _of_all(book, each, held)
    exchanged = _exchanged(book, each, held) if each.moved and (each.lies_elsewhere or each.step is Step.HOLD) else ()
    if isinstance(exchanged, Outcome):
        return exchanged
    sizes = {one.cause: one.quantity // line.units * each.wanted for one in held}
    lacks = _lacks(book, held, sizes)
    units = line.units if lacks else each.wanted
    if not lacks:
        held = [book.resize(one, sizes[one.cause]) for one in held]
    if each.step is Step.SHIP:
        book.ship(held, left_at=each.left_at)
    places = tuple(sorted({one.warehouse_id for one in held}))
    if each.step is Step.SHIP:
        return Outcome(Standing.SHIPPED, units, line.turn, places, line.in_margin, lacks)
    return Outcome(Standing.RESERVED, units, line.turn, places, line.in_margin, exchanged or lacks)


def _has_outgrown(book: Book, each: Move, held: Sequence[Held]) -> bool:
    """Whether more is wanted of a bundle of which the opening stock had a part: it has nothing of what was added."""
    return each.wanted > each.line.units and bool(covered(book, each) - {one.product_id for one in held})


def _of_all(book: Book, each: Move, held: list[Held]) -> Outcome:
    """Let a bundle hold all of its parts, those too that were counted with it: rather a unit too few, and it says so.

    Where there is not enough of them it keeps what it has.
    """
    exchanged = _exchanged(book, each._replace(placed_at=None), held)
    if isinstance(exchanged, Outcome):
        return exchanged._replace(in_margin=True)
    kept = _changed(book, each._replace(wanted=each.line.units), held)
    return kept._replace(lacks=exchanged)


def _exchanged(book: Book, each: Move, held: list[Held]) -> Outcome | tuple[Lack, ...]:
    """Let a line hold what its listing sells now for what it has; else what stands against that, and it keeps it."""
    free = dict(book.free)
    for one in held:
        free[one.place] += one.quantity
    wish = wish_of(book, each)
    given = allot(dict(free), [wish]) if wish.needs else {}
    if wish.needs and not given:
        return missing(book, free, wish)
    book.release(held)
    after = each._replace(line=replace(each.line, turn=each.line.turn + 1))
    return begun(book, after, wish, given.get(each.line.id))._replace(anew=True)


def _lacks(book: Book, held: Iterable[Held], sizes: Mapping[str, int]) -> tuple[Lack, ...]:
    """What stands against these sizes; two lines never hold by one cause."""
    return tuple(
        Lack(one.product_id, sizes[one.cause], one.quantity + book.free[one.place])
        for one in held
        if sizes[one.cause] > one.quantity + book.free[one.place]
    )
