"""Goods arrive at a warehouse of others, as it tells: what is damaged is there and held, the rest may be sold.

Where they come from a warehouse of the merchant's own they leave it, but only as far as they lie free there: what is
promised or held never leaves by itself, whatever has arrived elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.stock.rules.adopting import Counted
from hub.stock.rules.levels import MovementKind, Place, summed
from hub.stock.service.rechecking import may_serve
from hub.stock.service.touching import touch
from hub.stock.store import levels, movements
from hub.stock.store.levels import Level
from hub.stock.store.movements import Booking, counted_by


class Arrival(NamedTuple):
    """So many base units of a product came, in addition to what its earlier causes brought; `note` says how.

    `counted`: a reading of the warehouse has counted them already, and raises nothing a second time.
    """

    product_id: str
    good: int
    damaged: int
    cause: str
    note: str = ""
    counted: Counted | None = None


class Draw(NamedTuple):
    """Up to `wanted` base units of a product leave the source, from which its causes have taken `taken` before."""

    product_id: str
    wanted: int
    taken: int
    cause: str

    def caused(self, quantity: int) -> str:
        return f"{self.cause}:{self.taken + quantity}"


class Delivery(NamedTuple):
    """What came to a warehouse at once, and what it is taken from; `source_id` None: from outside."""

    warehouse_id: str
    arrivals: Sequence[Arrival]
    source_id: str | None = None
    draws: Sequence[Draw] = ()
    at: datetime | None = None  # when it came; None: now


def receive(db: Transaction, merchant_id: str, given: Delivery, *, actor: Actor) -> dict[str, int]:
    """Book it, each cause once; gives how much left the source, by product.

    Levels are locked in one order before anything is decided, as by all who book.
    """
    levels.make(db, merchant_id, [(given.warehouse_id, one.product_id) for one in given.arrivals])
    warehouses = {given.warehouse_id} | ({given.source_id} if given.source_id else set())
    products = {one.product_id for one in given.arrivals} | {one.product_id for one in given.draws}
    taken = _taken(given, levels.lock(db, warehouses, products))
    bookings = _bookings(given, taken)
    written = {one.cause for one in movements.write(db, merchant_id, bookings, actor=actor)}
    came = [one for one in given.arrivals if one.cause in written and one.counted is None]
    held = summed(((given.warehouse_id, one.product_id), one.damaged) for one in came)
    moved = summed((one.place, one.quantity) for one in bookings if one.cause in written)
    if moved and not levels.change(db, moved, held=held, turned=True):
        raise RuntimeError("a locked level changed under its lock")
    if bookings:
        touch(db, {product_id for _, product_id in moved}, cause=bookings[0].cause)
    may_serve(db, merchant_id, {one.product_id for one in came if one.good})
    return taken


def _taken(given: Delivery, found: Mapping[Place, Level]) -> dict[str, int]:
    """How much can leave the source, by product; nothing where it has none."""
    taken = {}
    for draw in given.draws:
        here = found.get((given.source_id or "", draw.product_id))
        if here is not None and (count := min(draw.wanted, here.standing.free)) > 0:
            taken[draw.product_id] = count
    return taken


def _bookings(given: Delivery, taken: Mapping[str, int]) -> list[Booking]:
    came = [
        Booking(
            warehouse_id=given.warehouse_id, product_id=one.product_id, kind=MovementKind.RECEIPT,
            quantity=one.good + one.damaged, cause=one.cause, note=one.note, occurred_at=given.at,
        )
        for one in given.arrivals
    ]  # fmt: skip
    known = [
        counted_by(one.counted, came[n].place, -came[n].quantity, one.cause, came[n].occurred_at)
        for n, one in enumerate(given.arrivals)
        if one.counted is not None
    ]
    left = [
        Booking(
            warehouse_id=given.source_id or "", product_id=one.product_id, kind=MovementKind.TRANSFER_OUT,
            quantity=-taken[one.product_id], cause=one.caused(taken[one.product_id]), occurred_at=given.at,
        )
        for one in given.draws
        if one.product_id in taken
    ]  # fmt: skip
    return came + known + left
