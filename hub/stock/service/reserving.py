"""The one way in which stock is promised to orders, freed again, and lets leave: many at once, never more than is free.

A book is opened over all levels that a batch may touch: one statement locks them, in one order, before anything is
decided. So batches that want the same products wait for each other, whatever the order of their lines, and never
crosswise. What is decided is noted in the book, where what one frees is there for the next, and written at the end in
a statement for each kind of change, however many there are. Whoever changes what an order holds has its row locked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.stock.rules.adopting import Counted
from hub.stock.rules.levels import MovementKind, Place, ReservationState
from hub.stock.service.rechecking import may_serve
from hub.stock.service.touching import touch
from hub.stock.store import levels, movements, reservations
from hub.stock.store.levels import Level
from hub.stock.store.movements import Booking, counted_by
from hub.stock.store.reservations import Held

__all__ = ["Book", "Held", "open_book"]


def open_book(
    db: Transaction, warehouse_ids: Collection[str], product_ids: Collection[str], held: Iterable[Held] = ()
) -> Book:  # fmt: skip
    """Lock the levels of these products in these warehouses, and those of what is `held` already."""
    warehouses, products = set(warehouse_ids), set(product_ids)
    for one in held:
        warehouses.add(one.warehouse_id)
        products.add(one.product_id)
    return Book(levels.lock(db, warehouses, products) if products else {})


class Book:
    """What a batch changes; nothing is written before `write`. `free` is what is left of each level at that point."""

    def __init__(self, found: Mapping[Place, Level]) -> None:
        self.levels = found
        self.free = {place: level.standing.free for place, level in found.items()}
        self._on_hand: dict[Place, int] = {}
        self._reserved: dict[Place, int] = {}
        self._held: dict[Place, int] = {}
        self._new: list[tuple[Held, ReservationState]] = []
        self._sizes: dict[str, int] = {}
        self._closed: dict[ReservationState, list[str]] = {ReservationState.RELEASED: [], ReservationState.SHIPPED: []}
        self._bookings: list[Booking] = []
        self._touched: dict[str, str] = {}  # the order, by product
        self._freed: set[str] = set()  # products that others may have more of

    def promise(self, one: Held) -> None:
        """Reserve so many, for a cause that has reserved nothing before; the caller has found them free."""
        self._new.append((one, ReservationState.OPEN))
        self._move(one, reserved=one.quantity, free=-one.quantity)

    def take(self, one: Held, *, left_at: datetime | None, counted: Counted | None = None) -> None:
        """Let so many leave at once that nothing was reserved for; the caller has found them free.

        What a reading has `counted` off before needs not be free: it moves nothing.
        """
        self._new.append((one, ReservationState.SHIPPED))
        self._leave(one, left_at, counted)
        gone = 0 if counted else one.quantity
        self._move(one, on_hand=-gone, free=-gone)

    def resize(self, one: Held, quantity: int) -> Held:
        """Let what is promised be more, where the caller has found them free, or fewer."""
        more = quantity - one.quantity
        if more:
            self._sizes[one.cause] = quantity
            self._move(one, reserved=more, free=-more)
        return one._replace(quantity=quantity)

    def release(self, held: Iterable[Held]) -> None:
        """Let what is promised be free again."""
        for one in held:
            self._closed[ReservationState.RELEASED].append(one.cause)
            self._move(one, reserved=-one.quantity, free=one.quantity)

    def ship(self, held: Iterable[Held], *, left_at: datetime | None) -> None:
        """Let what is promised leave: what is free stays as much. Each is a movement of its own, named by its cause."""
        for one in held:
            self._closed[ReservationState.SHIPPED].append(one.cause)
            self._leave(one, left_at)
            self._move(one, on_hand=-one.quantity, reserved=-one.quantity)

    def ship_part(
        self, one: Held, quantity: int, part: str, *, left_at: datetime | None, counted: Counted | None = None
    ) -> Held | None:  # fmt: skip
        """Let so many of what is promised leave, as this `part` of it; gives what is still promised, None: nothing.

        `part` is a name that no other part of it has: as a movement it is told apart by that. What a reading has
        `counted` off before leaves nothing but what is promised.
        """
        self._leave(one._replace(quantity=quantity, cause=f"{one.cause}:{part}"), left_at, counted)
        if counted is None:
            self._move(one, on_hand=-quantity, reserved=-quantity)
        else:
            self._move(one, reserved=-quantity, free=quantity)
        if quantity == one.quantity:
            self._closed[ReservationState.SHIPPED].append(one.cause)
            return None
        rest = one._replace(quantity=one.quantity - quantity)
        self._sizes[one.cause] = rest.quantity
        return rest

    def hold(self, place: Place, quantity: int) -> None:
        """Let up to so many of what is free there be unsellable."""
        if (held := min(quantity, self.free.get(place, 0))) > 0:
            self._held[place] = self._held.get(place, 0) + held
            self.free[place] -= held

    def _leave(self, one: Held, left_at: datetime | None, counted: Counted | None = None) -> None:
        cause = f"shipment:{one.cause}"
        self._bookings.append(
            Booking(
                warehouse_id=one.warehouse_id, product_id=one.product_id, kind=MovementKind.SHIPMENT,
                quantity=-one.quantity, cause=cause, occurred_at=left_at,
            )
        )  # fmt: skip
        if counted is not None:
            self._bookings.append(counted_by(counted, one.place, one.quantity, cause, left_at))

    def _move(self, one: Held, *, on_hand: int = 0, reserved: int = 0, free: int = 0) -> None:
        self._on_hand[one.place] = self._on_hand.get(one.place, 0) + on_hand
        self._reserved[one.place] = self._reserved.get(one.place, 0) + reserved
        self.free[one.place] = self.free.get(one.place, 0) + free
        self._touched[one.product_id] = one.order_id
        if free > 0:
            self._freed.add(one.product_id)

    def write(self, db: Transaction, merchant_id: str, *, at: datetime, actor: Actor) -> None:
        """Write all of it, or raise: then nothing of the transaction may stay.

        A cause that has reserved before raises, and so does one that was closed by somebody who had not the order.
        """
        if self._reserved and not levels.change(db, self._on_hand, reserved=self._reserved, held=self._held):
            raise RuntimeError("more was promised or let leave than was free")
        reservations.resize(db, self._sizes)
        for state, causes in self._closed.items():
            if causes and len(reservations.close(db, causes, state)) < len(causes):
                raise RuntimeError("what is to be freed or to leave is not promised any more")
        reservations.write(db, merchant_id, self._new, at=at)
        if self._bookings and len(movements.write(db, merchant_id, self._bookings, actor=actor)) < len(self._bookings):
            raise RuntimeError("what had left before left again")
        for product_id, order_id in self._touched.items():
            touch(db, [product_id], cause=f"order:{order_id}")
        may_serve(db, merchant_id, self._freed)
