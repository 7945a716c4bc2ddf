"""Promises stock to orders, frees it again, and lets it leave; never more than is free, and each cause once.

Levels are locked before anything is decided, all at once and in one order: orders that want the same products wait for
each other, whatever the order of their lines, and never crosswise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.stock.rules.levels import Lack, MovementKind, Place, ReservationState, lacking, summed
from hub.stock.service.touching import touch
from hub.stock.store import levels, movements, reservations
from hub.stock.store.movements import Booking
from hub.stock.store.reservations import Reservation


class Want(NamedTuple):
    """So many base units of a product, for a cause that reserves nothing twice; never a bundle."""

    cause: str
    product_id: str
    quantity: int


class Shortage(NamedTuple):
    """No candidate has everything: what each lacks. Nothing was reserved."""

    lacks: tuple[Lack, ...]


def reserve(
    db: Transaction, merchant_id: str, order_id: str, wants: Sequence[Want], candidates: Sequence[str]
) -> str | Shortage:
    """Promise all wants out of the first candidate that has them all free; gives that warehouse.

    All or nothing. Wants whose causes have reserved before are left as they are: the warehouse is theirs then.
    """
    found = levels.lock(db, candidates, {one.product_id for one in wants})
    known = reservations.of_causes(db, [one.cause for one in wants])  # after the lock: of two at once the second sees
    new = [one for one in wants if one.cause not in {each.cause for each in known}]
    if known:
        candidates = [known[0].warehouse_id]
        if not new:
            return candidates[0]
        if candidates[0] not in {warehouse_id for warehouse_id, _ in found}:  # the merchant ships from elsewhere now
            found = levels.lock(db, candidates, {one.product_id for one in new})
    standing = {place: one.standing for place, one in found.items()}
    lacks: list[Lack] = []
    for warehouse_id in candidates:
        wanted = summed(((warehouse_id, one.product_id), one.quantity) for one in new)
        if missing := lacking(standing, wanted):
            lacks += missing
            continue
        _promise(db, merchant_id, order_id, new, warehouse_id, wanted)
        return warehouse_id
    return Shortage(tuple(lacks))


def _promise(
    db: Transaction, merchant_id: str, order_id: str, wants: Sequence[Want], warehouse_id: str,
    wanted: Mapping[Place, int],
) -> None:  # fmt: skip
    if not levels.change(db, {}, reserved=wanted):
        raise RuntimeError("a locked level changed under its lock")
    reservations.write(db, merchant_id, order_id, wants, warehouse_id)
    touch(db, {one.product_id for one in wants}, cause=f"order:{order_id}")


def release(db: Transaction, causes: Collection[str], *, cause: str) -> list[Reservation]:
    """Free what is still promised for these causes; gives what was. What has left or is free already stays so."""
    return _close(db, causes, ReservationState.RELEASED, cause=cause)


def ship(db: Transaction, merchant_id: str, causes: Collection[str], *, cause: str, actor: Actor) -> list[Reservation]:
    """Let leave what is still promised for these causes; each is a movement of its own, named by both causes."""
    closed = _close(db, causes, ReservationState.SHIPPED, cause=cause)
    bookings = [
        Booking(
            warehouse_id=one.warehouse_id, product_id=one.product_id, kind=MovementKind.SHIPMENT,
            quantity=-one.quantity, cause=f"{cause}:{one.cause}",
        )
        for one in closed
    ]  # fmt: skip
    if bookings and len(movements.write(db, merchant_id, bookings, actor=actor)) < len(bookings):
        raise RuntimeError(f"a movement for {cause} was there before its reservation was closed")
    return closed


def _close(
    db: Transaction, causes: Collection[str], state: ReservationState, *, cause: str
) -> list[Reservation]:  # fmt: skip
    """Close what is open of these, and change their levels: what is free is as much as before when it leaves."""
    known = reservations.of_causes(db, causes)
    levels.lock(db, {one.warehouse_id for one in known}, {one.product_id for one in known})
    turned = reservations.close(db, causes, state)
    closed = [one for one in known if one.cause in turned]
    if not closed:
        return []
    freed = summed((one.place, -one.quantity) for one in closed)
    left = freed if state is ReservationState.SHIPPED else {}
    if not levels.change(db, left, reserved=freed):
        raise RuntimeError("a locked level changed under its lock")
    touch(db, {one.product_id for one in closed}, cause=cause)
    return closed
