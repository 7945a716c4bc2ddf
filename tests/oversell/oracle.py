"""Holds what is left in the database against what was asked and answered: the one must follow from the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple

import sqlalchemy as sa

from hub.kernel.db import Database
from hub.orders.tables import order_line, sales_order
from hub.stock.tables import level, movement, reservation
from tests.oversell import ledger
from tests.oversell.history import REFUSALS, Call, History, Kind, Place, Trouble
from tests.oversell.plan import Plan
from tests.oversell.scene import HOT, WAREHOUSES, Lines, Scene, exploded


class Books(NamedTuple):
    """What the database says: all orders, everything that is promised, every movement, the levels."""

    orders: dict[str, str]  # the state, by id
    lines: dict[str, Lines]
    promised: dict[str, Counter[str]]  # units of each SKU that are held, by order
    held: Counter[Place]
    moved: dict[str, Counter[Place]]  # by note, which is the key of the call
    levels: dict[Place, tuple[int, int, int]]  # on hand, reserved, held back


def read(database: Database, scene: Scene) -> Books:
    name = {id_: named for named, id_ in scene.named.items()}
    lines: dict[str, Lines] = defaultdict(tuple)
    promised: dict[str, Counter[str]] = defaultdict(Counter)
    held, moved = Counter[Place](), defaultdict[str, Counter[Place]](Counter)
    with database.reading() as db:
        mine = sales_order.c.merchant_id == scene.merchant
        orders = {row.id: row.state for row in db.execute(sa.select(sales_order.c.id, sales_order.c.state).where(mine))}
        told = sa.select(order_line.c.order_id, order_line.c.product_id,
                         (order_line.c.quantity + order_line.c.cancelled).label("units"))  # fmt: skip
        for row in db.execute(told.order_by(order_line.c.order_id, order_line.c.position)):
            lines[row.order_id] += ((name[row.product_id], row.units),)
        for row in db.execute(sa.select(reservation).where(reservation.c.state == "open")):
            promised[row.order_id][name[row.product_id]] += row.quantity
            held[name[row.warehouse_id], name[row.product_id]] += row.quantity
        for row in db.execute(sa.select(movement)):
            moved[row.note][name[row.warehouse_id], name[row.product_id]] += row.quantity
        levels = {
            (name[row.warehouse_id], name[row.product_id]): (row.on_hand, row.reserved, row.held)
            for row in db.execute(sa.select(level))
        }
    return Books(orders, lines, promised, held, moved, levels)


def violations(
    history: History, scene: Scene, database: Database, plan: Plan, downs: Sequence[tuple[float, float]]
) -> Iterator[str]:  # fmt: skip
    """Name everything that may not be, with how often it is."""
    books = read(database, scene)
    yield from _named(
        {
            "unknown: {} calls were never answered": history.unknown,
            "strange: {} refusals that nothing explains": [each for each in history.calls if _strange(each)],
            "unequal: {} calls were answered otherwise when they were asked again": [
                call for call in history.calls if len({(each.status, each.body) for each in call.answers}) > 1
            ],
            "dishonest: {} answers of a fault": [each for each in history.troubles if not _honest(each, downs)],
        }
    )
    yield from _of_orders(history, books)
    yield from _of_stock(history, books, plan)
    _, most = ledger.oversold(database)
    if most > 0:
        yield f"oversold: at some moment {most} units were promised that were not there"


def _named(found: Mapping[str, Sequence[object]]) -> Iterator[str]:
    for words, each in found.items():
        if each:
            yield f"{words.format(len(each))}, such as {str(each[0])[:300]}"


def _strange(call: Call) -> bool:
    return any(not each.accepted and each.code not in REFUSALS[call.kind] for each in call.answers)


def _of_orders(history: History, books: Books) -> Iterator[str]:
    """Every accepted order is there, once, with its lines, and holds its units or was cancelled; there is no other."""
    sold = {call.answers[0].id: call for call in history.calls if call.kind is Kind.SELL and call.accepted}
    keys = sum(call.kind is Kind.SELL and call.accepted for call in history.calls)
    cancelled = {call.order_id for call in history.calls if call.kind is Kind.CANCEL and call.accepted}
    there = sold.keys() & books.orders.keys()
    holds = {
        one: Counter[str]() if one in cancelled else exploded(call.lines) for one, call in sold.items() if one in there
    }
    yield from _named(
        {
            "lost: {} accepted orders are not there": sorted(sold.keys() - there),
            "doubled: {} orders that nobody was told of": sorted(books.orders.keys() - sold.keys()),
            "lost: {} orders have other lines": [one for one in there if books.lines[one] != sold[one].lines],
            "lost: {} orders are in another state": [
                one for one in there if books.orders[one] != ("cancelled" if one in cancelled else "ready")
            ],
            "lost: {} orders hold other units": [one for one in there if books.promised.get(one, {}) != holds[one]],
        }
    )
    if keys > len(sold):
        yield f"doubled: {keys} keys have {len(sold)} orders"


def _of_stock(history: History, books: Books, plan: Plan) -> Iterator[str]:
    """Levels are what movements and reservations come to, these are what was accepted, and nothing is left unsold."""
    booked, expected = Counter[Place](), Counter[Place]()
    for each in books.moved.values():
        booked.update(each)
    for place in ((where, sku) for where in WAREHOUSES for sku in HOT):
        expected[place] = plan.supply
    moves = [call for call in history.calls if call.kind in (Kind.ADJUST, Kind.TRANSFER)]
    for call in moves:
        if call.accepted:
            expected.update(call.moved)
    wrong = [call for call in moves if books.moved.get(call.key, {}) != (call.moved if call.accepted else {})]
    yield from _named({"lost: {} steps moved something else than was answered": wrong})
    for place, (on_hand, reserved, held) in sorted(books.levels.items()):
        named = f"{place[1]} in {place[0]}"
        if (on_hand, reserved) != (booked[place], books.held[place]):
            yield (
                f"unequal: {named} has {on_hand} and {reserved} reserved; "
                f"movements come to {booked[place]}, open reservations to {books.held[place]}"
            )
        if booked[place] != expected[place]:
            yield f"lost: {named} has movements of {booked[place]}, and answers of {expected[place]}"
        if books.held[place] + held > booked[place]:
            yield f"oversold: {named} has {booked[place]}, and {books.held[place]} are promised"
        if plan.sells_out and books.held[place] + held < booked[place]:
            yield f"unsold: of {named} {booked[place] - books.held[place]} are left, though all who came were refused"


def _honest(trouble: Trouble, downs: Sequence[tuple[float, float]]) -> bool:
    is_away = any(began <= trouble.at <= up for began, up in downs)
    return trouble.status == HTTPStatus.SERVICE_UNAVAILABLE and trouble.retry_after and is_away
