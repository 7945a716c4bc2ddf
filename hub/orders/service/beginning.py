"""Lets lines that hold nothing yet reserve, or ship from the shelf; what the opening stock has already they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.orders.rules.allotting import Wish, allot, lacking
from hub.orders.rules.lines import Opening, Standing, Step, opening
from hub.orders.service.moves import Lack, Move, Outcome
from hub.stock.rules.levels import Place
from hub.stock.service.reserving import Book, Held


def started(book: Book, moves: Sequence[Move]) -> dict[str, Outcome]:
    """Let lines that hold nothing reserve, or ship from the shelf."""
    outcomes = {each.line.id: Outcome(Standing.NONE, 0, each.line.turn) for each in moves}
    wishes = [(each, wish_of(book, each)) for each in moves if each.step is not Step.FREE]
    given = allot(dict(book.free), [wish for _, wish in wishes if wish.needs])
    lucky = [(each, wish) for each, wish in wishes if each.line.id in given or not wish.needs]
    outcomes |= {each.line.id: begun(book, each, wish, given.get(each.line.id)) for each, wish in lucky}
    short = [(each, wish) for each, wish in wishes if each.line.id not in given and wish.needs]
    return outcomes | {
        each.line.id: Outcome(Standing.SHORT, 0, each.line.turn, lacks=missing(book, book.free, wish))
        for each, wish in short
    }


def wish_of(book: Book, each: Move) -> Wish:
    """What a line wants of each product, but for those whose opening stock has it already."""
    there = covered(book, each)
    needs = {product: count * each.wanted for product, count in each.needs.items() if product not in there}
    return Wish(each.line.id, each.line.order_id, needs, each.candidates, each.others)


def covered(book: Book, each: Move) -> set[str]:
    """The products of a line whose opening stock has it already."""
    return {product for product in each.needs if Opening.COVERS in _openings(book, each, product)}


def _openings(book: Book, each: Move, product: str) -> set[Opening]:
    levels = (book.levels.get((one, product)) for one in (*each.candidates, *each.others))
    return {opening(each.placed_at, one.opened_at) for one in levels if one and each.placed_at}


def begun(book: Book, each: Move, wish: Wish, warehouse_id: str | None) -> Outcome:
    """Let a line have what it wishes from there; None: the opening stock has all of it already."""
    line = each.line
    if warehouse_id is None:
        return Outcome(Standing.COVERED, 0, line.turn)
    for product, quantity in wish.needs.items():
        one = Held(f"line:{line.id}:{line.turn}:{product}", line.order_id, warehouse_id, product, quantity)
        if each.step is Step.SHIP:
            book.take(one, left_at=each.left_at)
        else:
            book.promise(one)
    near = any(Opening.MAY_COVER in _openings(book, each, product) for product in wish.needs)
    standing = Standing.SHIPPED if each.step is Step.SHIP else Standing.RESERVED
    return Outcome(standing, each.wanted, line.turn, (warehouse_id,), near)


def missing(book: Book, free: Mapping[Place, int], wish: Wish) -> tuple[Lack, ...]:
    known = {product for warehouse_id, product in book.levels if warehouse_id in wish.everywhere}
    return tuple(
        Lack(product, wish.needs[product], count if product in known else None)
        for product, count in sorted(lacking(free, wish).items())
    )
