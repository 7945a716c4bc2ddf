"""The lines of an order as its channel tells them, each with what it holds so far.

More of a line that has left, or lies in the opening stock, is a line of its own: what is settled stays settled, and
what was added holds stock, waits, is sent and is given up as any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub_hookspecs import Money, Order, OrderLine, OrderState
from msgspec.structs import replace

from hub.kernel.ids import new_id
from hub.orders.rules.lines import added_to, shares, still_wanted
from hub.orders.store.orders import LineRow


def lines_of(told: Order, order_id: str, before: Sequence[LineRow]) -> tuple[LineRow, ...]:
    """The lines as they are told; one that is told no more is wanted no more."""
    kept: dict[str, list[LineRow]] = {line.ref: [line] for line in before if not line.adds_to}
    for line in before:
        if line.adds_to:
            kept[line.adds_to].append(line)
    lines = [
        line
        for n, one in enumerate(told.lines)
        for line in _told(told.state, one, n, order_id, kept.pop(one.ref, []))
    ]  # fmt: skip
    gone = (line for rows in kept.values() for line in rows)
    return (*lines, *(replace(one, quantity=0, cancelled=one.quantity + one.cancelled) for one in gone))


def _told(
    state: OrderState, told: OrderLine, position: int, order_id: str, kept: Sequence[LineRow]
) -> list[LineRow]:  # fmt: skip
    """One line, and after it what was added to it once all of it was settled."""
    parts = [(line.standing, line.quantity, line.units) for line in kept]
    wanted = still_wanted(state, told.quantity)
    found: list[LineRow] = []
    unseen, each = told.quantity + told.cancelled, shares(parts, wanted)
    for n, quantity in enumerate(each):
        line = _kept(_new(told, position, order_id), kept[n]) if n < len(kept) else _added(told, position, order_id, n)
        whole = unseen if n == len(each) - 1 else line.quantity + line.cancelled
        found.append(replace(line, quantity=quantity, cancelled=max(whole - quantity, 0)))
        unseen -= quantity + found[-1].cancelled
    return found


def _new(told: OrderLine, position: int, order_id: str) -> LineRow:
    amount, currency = money_of(told.unit_price)
    return LineRow(
        id=new_id(), order_id=order_id, ref=told.ref, position=position, listing_ref=told.listing_ref, sku=told.sku,
        name=told.name, quantity=0, cancelled=0, unit_price=amount, currency=currency, place_ref=told.place_ref,
        package_ref=told.package_ref,
    )  # fmt: skip


def _kept(line: LineRow, kept: LineRow) -> LineRow:
    return replace(
        line, id=kept.id, ref=kept.ref, adds_to=kept.adds_to, quantity=kept.quantity, cancelled=kept.cancelled,
        listing_id=kept.listing_id, product_id=kept.product_id, pack=kept.pack, units=kept.units, turn=kept.turn,
        standing=kept.standing, in_margin=kept.in_margin, in_doubt=kept.in_doubt, warehouse_id=kept.warehouse_id,
        chosen=kept.chosen,
    )  # fmt: skip


def _added(told: OrderLine, position: int, order_id: str, number: int) -> LineRow:
    """No opening stock covers what was added: that was counted, or has left, before."""
    line = _new(told, position, order_id)
    return line if number == 0 else replace(line, ref=added_to(told.ref, number), adds_to=told.ref, turn=1)


def money_of(money: Money | None) -> tuple[str | None, str | None]:
    return (None, None) if money is None else (format(money.amount, "f"), money.currency)
