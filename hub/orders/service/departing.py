"""What warehouses of others say has left: it leaves the stock once, part by part, whatever the line stands at by now.

A line stays reserved until its warehouse is done with it, and is shipped then with what has left; what has not is free.
Goods that leave though nothing holds them there any more (a cancel came too late) leave all the same: of those that are
promised to others by then the hub lets none leave twice, and says how many it knows nothing of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hub.orders.rules.lines import Standing
from hub.orders.service.moves import Left, Move, Outcome
from hub.stock.service.reserving import Book, Held
from hub.stock.store.movements import Gone


def departed(book: Book, each: Move, held: Sequence[Held], gone: Sequence[Gone]) -> Outcome:
    """Let leave what is new of it; `held` is what the line holds now, `gone` what has left for it before."""
    line, left = each.line, each.word.left
    stays = line.standing is Standing.RESERVED and (left is None or left.warehouse_id == line.warehouse_id)
    here = list(held) if stays else []
    counted = _counted(here, gone, line.turn) if stays else {}
    before = sum(one.quantity for one in gone)
    here, totals, beyond = _leave(book, each, here, gone)
    if stays and not each.word.ends:
        places = (line.warehouse_id,) if line.warehouse_id else ()
        return Outcome(Standing.RESERVED, line.units, line.turn, places, line.in_margin, beyond=beyond)
    if not stays and sum(totals.values()) == before:  # nothing new has left of what lies elsewhere, or nowhere
        places = (line.warehouse_id,) if line.warehouse_id else ()
        return Outcome(line.standing, line.units, line.turn, places, line.in_margin, beyond=beyond)
    book.release(here if stays else held)
    units = _units(each, counted, totals)
    where = left.warehouse_id if left else line.warehouse_id
    return Outcome(Standing.SHIPPED, units, line.turn, (where,) if where else (), line.in_margin, beyond=beyond)


def _leave(
    book: Book, each: Move, here: Sequence[Held], gone: Sequence[Gone]
) -> tuple[list[Held], dict[str, int], dict[str, int]]:
    """What is still held after that, what has left in all, and what could not leave, both by product."""
    totals: dict[str, int] = {}
    for one in gone:
        totals[one.product_id] = totals.get(one.product_id, 0) + one.quantity
    kept = {one.product_id: one for one in here}
    beyond: dict[str, int] = {}
    left = each.word.left
    if left is None:
        return list(here), totals, beyond
    for product, count in sorted(_news(left, gone).items()):
        more = _part(book, each, left, kept, Units(product, count))
        totals[product] = totals.get(product, 0) + count - more
        if more:
            beyond[product] = more
    return list(kept.values()), totals, beyond


class Units(NamedTuple):
    """So many base units of a product."""

    product_id: str
    quantity: int


def _part(book: Book, each: Move, left: Left, kept: dict[str, Held], units: Units) -> int:
    """Let so many leave: what the line holds of them first, then what is free; gives how many are left over."""
    product, count = units
    name, counted = left.part.replace(":", "/"), left.counted.get(product)
    if (one := kept.pop(product, None)) is not None:
        promised = min(count, one.quantity)
        if (rest := book.ship_part(one, promised, name, left_at=each.left_at, counted=counted)) is not None:
            kept[product] = rest
        count -= promised
    if counted is not None:
        book.hold((left.warehouse_id, product), counted.held)
    free = min(count, book.free.get((left.warehouse_id, product), 0)) if counted is None else count
    if free > 0:
        cause = f"line:{each.line.id}:+{name}:{product}"
        taken = Held(cause, each.line.order_id, left.warehouse_id, product, free)
        book.take(taken, left_at=each.left_at, counted=counted)
    return count - max(free, 0)


def _news(left: Left, gone: Iterable[Gone]) -> dict[str, int]:
    """What is said to have left, but for products of which this has left before by that name."""
    name = left.part.replace(":", "/")
    known = {one.product_id for one in gone if name in (one.cause.split(":")[-1], one.cause.split(":")[3].lstrip("+"))}
    return {product: count for product, count in left.units.items() if count > 0 and product not in known}


def _counted(here: Iterable[Held], gone: Iterable[Gone], turn: int) -> dict[str, int]:
    """What the line was made of, by product: what it holds, and what has left of that."""
    found: dict[str, int] = {}
    for one in here:
        found[one.product_id] = found.get(one.product_id, 0) + one.quantity
    for each in gone:
        if each.cause.split(":")[3] == str(turn):
            found[each.product_id] = found.get(each.product_id, 0) + each.quantity
    return found


def _units(each: Move, counted: Mapping[str, int], totals: Mapping[str, int]) -> int:
    """How many of the listing's units have left: those of which every part has."""
    units = each.line.units
    if counted and units:
        return min(min(totals.get(one, 0), count) * units // count for one, count in counted.items())
    if each.needs:
        return min(totals.get(one, 0) // need for one, need in each.needs.items())
    return units
