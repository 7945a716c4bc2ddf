"""Books movements and the levels that they change in one transaction; the same cause twice moves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.stock.rules.levels import Lack, Place, Standing, lacking, summed
from hub.stock.service.rechecking import may_serve
from hub.stock.service.touching import touch
from hub.stock.store import levels, movements
from hub.stock.store.movements import Booking, Movement


class NotEnough(Exception):
    """Booked like this, something promised or held would leave; the transaction is to be rolled back."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(f"{len(lacks)} level(s) have not enough that is free")
        self.lacks = tuple(lacks)


class Booked(NamedTuple):
    """What was new, and the levels as they were before and are now."""

    movements: list[Movement]
    before: dict[Place, Standing]
    after: dict[Place, Standing]


def book(db: Transaction, merchant_id: str, bookings: Sequence[Booking], *, actor: Actor) -> Booked:
    """Book those whose cause is new, all or none; raise `NotEnough` where what is free does not reach.

    Four statements, however many there are. Levels are locked before the causes are looked at: of two that book the
    same at once, the second finds it done.
    """
    places = {one.place for one in bookings}
    levels.make(db, merchant_id, places)
    found = levels.lock(db, {one for one, _ in places}, {one for _, one in places})
    before = {place: found[place].standing for place in places}
    written = {one.cause: one for one in movements.write(db, merchant_id, bookings, actor=actor)}
    new = [one for one in bookings if one.cause in written]
    deltas = summed((one.place, one.quantity) for one in new)
    if lacks := lacking(before, {place: -count for place, count in deltas.items() if count < 0}):
        raise NotEnough(lacks)
    opened = {one.place: one.occurred_at for one in new if one.kind == "opening" and one.occurred_at}
    if deltas and not levels.change(db, deltas, opened_at=opened, turned=True):
        raise RuntimeError("a locked level changed under its lock")
    touch(db, {one.product_id for one in new}, cause=new[0].cause if new else "")
    may_serve(db, merchant_id, {one.product_id for one in new if one.quantity > 0 or one.kind == "opening"})
    after = {
        place: standing._replace(on_hand=standing.on_hand + deltas.get(place, 0)) for place, standing in before.items()
    }
    return Booked([written[one.cause] for one in new], before, after)
