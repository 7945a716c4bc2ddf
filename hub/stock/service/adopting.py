"""What a warehouse of others says lies there becomes what the hub has: once, and only of what stands as it stood.

Nobody's promise is broken: a level that could not hold what is promised stays, until its youngest promises that the
warehouse knows nothing of are let go of, in the transaction in which whoever calls says so of their orders.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.stock.rules.adopting import Figures, Promise, fitting, lacking
from hub.stock.rules.levels import MovementKind, Place, ReservationState
from hub.stock.service.rechecking import may_serve
from hub.stock.service.touching import touch
from hub.stock.store import levels, movements, reservations
from hub.stock.store.levels import Level
from hub.stock.store.movements import Booking


class Word(NamedTuple):
    """What a level is to be, as long as it stands as it stood when its warehouse was asked."""

    product_id: str
    before: Figures
    turn: int
    after: Figures

    @property
    def moved(self) -> Figures:
        return Figures(self.after.on_hand - self.before.on_hand, self.after.held - self.before.held)


class Adopted(NamedTuple):
    """What became of each product: `done`, `changed` meanwhile, or so many units that it could not hold."""

    done: set[str]
    changed: set[str]
    lacks: Mapping[str, int]


def stands(found: Level | None, word: Word) -> bool:
    """Whether a level is what it was; one that is not there is empty."""
    now = (found.on_hand, found.held, found.turn) if found else (0, 0, 0)
    return now == (*word.before, word.turn)


def adopt(
    db: Transaction, merchant_id: str, warehouse_id: str, words: Sequence[Word], *, sync: str, actor: Actor
) -> Adopted:  # fmt: skip
    """Let these levels be so; the same sync again moves nothing. Six statements, however many there are."""
    found = _locked(db, merchant_id, warehouse_id, words)
    changed = {one.product_id for one in words if not stands(found[one.product_id], one)}
    lacks = {
        one.product_id: count
        for one in words
        if one.product_id not in changed and (count := lacking(one.after, found[one.product_id].reserved))
    }
    able = [one for one in words if one.product_id not in changed and one.product_id not in lacks]
    _write(db, merchant_id, warehouse_id, able, {}, sync=sync, actor=actor)
    return Adopted({one.product_id for one in able}, changed, lacks)


def adopt_without(
    db: Transaction, merchant_id: str, warehouse_id: str, word: Word, let_go: Collection[Promise], *, sync: str,
    forced: bool = False, actor: Actor,
) -> Figures | None:  # fmt: skip
    """Let a level be so whose youngest promises end with it; None: it is not as it was, and nothing was done.

    Whoever calls has the orders of these promises locked, and settles them in the same transaction. `forced`: where it
    could not hold what is promised still, it becomes the nearest that can. Gives what it is then.
    """
    found = _locked(db, merchant_id, warehouse_id, [word])[word.product_id]
    freed = sum(one.quantity for one in let_go)
    after = fitting(word.after, found.reserved - freed) if forced else word.after
    if not stands(found, word) or lacking(after, found.reserved - freed):
        return None
    if len(reservations.close(db, [one.cause for one in let_go], ReservationState.RELEASED)) < len(let_go):
        raise RuntimeError("what a locked order was promised is not promised any more")
    now = word._replace(after=after)
    _write(db, merchant_id, warehouse_id, [now], {word.product_id: freed}, sync=sync, actor=actor)
    return after


def _locked(
    db: Transaction, merchant_id: str, warehouse_id: str, words: Sequence[Word]
) -> dict[str, Level]:  # fmt: skip
    """The levels by product, made where there are none."""
    products = sorted(one.product_id for one in words)
    levels.make(db, merchant_id, [(warehouse_id, product_id) for product_id in products])
    return {product_id: one for (_, product_id), one in levels.lock(db, [warehouse_id], products).items()}


def _write(
    db: Transaction, merchant_id: str, warehouse_id: str, words: Sequence[Word], freed: Mapping[str, int], *,
    sync: str, actor: Actor,
) -> None:  # fmt: skip
    bookings = [
        Booking(
            warehouse_id=warehouse_id, product_id=one.product_id, kind=MovementKind.SYNC, quantity=one.moved.on_hand,
            cause=f"sync:{sync}:{one.product_id}",
        )
        for one in words
        if one.moved.on_hand
    ]  # fmt: skip
    if len(movements.write(db, merchant_id, bookings, actor=actor)) < len(bookings):
        raise RuntimeError("a level stands as it stood before a sync that has moved it")
    on_hand: dict[Place, int] = {(warehouse_id, one.product_id): one.moved.on_hand for one in words}
    held: dict[Place, int] = {(warehouse_id, one.product_id): one.moved.held for one in words}
    reserved = {(warehouse_id, product_id): -count for product_id, count in freed.items()}
    if words and not levels.change(db, on_hand, reserved=reserved, held=held, turned=True):
        raise RuntimeError("a locked level changed under its lock")
    touch(db, {one.product_id for one in words}, cause=f"sync:{sync}")
    may_serve(db, merchant_id, {one.product_id for one in words if one.moved.on_hand > one.moved.held})
