"""Puts listings back where steps found them, if they stand by those steps.

One rule for all: a step can be undone where the listing stands by what the step led to, and it stands by what it stood
by before then, as if the step had never been. So steps are undone one after another, the last one first, and an undoing
like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from hub.catalog.rules import sku_key
from hub.catalog.service.variants import regroup
from hub.catalog.store import classes, gone, links, listings
from hub.catalog.store.links import Link
from hub.catalog.store.listings import Waiting
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Event
from hub.linking import rules
from hub.linking.rules import CHANGED, RENAMED, Kind, Obstacle
from hub.linking.service import holding, steps
from hub.linking.service.steps import Move, Standing


class Back(NamedTuple):
    """A step on its way back: the listing as it is, and where the step found it."""

    event: Event
    one: Waiting
    to: Standing


def undo_listings(
    db: Transaction, merchant_id: str, done: Sequence[Event], *, actor: Actor, cause: str | None = None
) -> tuple[dict[str, str], dict[str, Obstacle]]:
    """Undo steps of one kind, of one listing each: gives the new event by the old, and what stands against the others.

    Products that were made from listings go with the last step that held them, and come back with the first again.
    """
    if not done:
        return {}, {}
    kind = rules.undoing_of(done[0].kind)
    found = {one.id: one for one in listings.waiting(db, merchant_id, {event.subject.id for event in done})}
    backs = [Back(event, found[event.subject.id], _before(event)) for event in done]
    stuck, returning = _obstacles(db, merchant_id, backs, again=kind == Kind.REDONE)
    free = [back for back in backs if back.event.id not in stuck]
    gone.bring_back(db, returning)
    turned = _turn(db, free, again=kind == Kind.REDONE)
    leaving = _left_over(db, merchant_id, free, turned) if kind == Kind.UNDONE else {}
    moves = _moves(free, returning, leaving)
    ids = steps.put(db, merchant_id, kind, moves, actor=actor, cause=cause)
    by = {back.event.id: id_ for back, id_ in zip(free, ids, strict=True)}
    turned_by = {turned[back.event.id].product_id: by[back.event.id] for back in free if back.event.id in turned}
    gone.take_away(db, {product_id: turned_by[product_id] for product_id in leaving})
    grouped = {link.product_id: turned_by[link.product_id] for link in turned.values() if link.parent_id}
    regroup(db, merchant_id, grouped, untold={*returning, *leaving}, actor=actor)
    skus, waiting = [*returning.values(), *leaving.values()], steps.freed(moves)
    classes.reclassify(db, merchant_id, {*waiting.values(), *map(sku_key, skus)}, freed=waiting)
    return by, stuck


def _before(event: Event) -> Standing:
    return msgspec.convert({name: (event.before or {}).get(name) for name in Standing.__struct_fields__}, Standing)


def _obstacles(
    db: Transaction, merchant_id: str, backs: Sequence[Back], *, again: bool
) -> tuple[dict[str, Obstacle], dict[str, str]]:  # fmt: skip
    """What stands against each step back, by its event; and the SKUs, by id, of the products that the others return."""
    stuck: dict[str, Obstacle] = {}
    moving: set[str] = set()
    for back in backs:
        if back.one.id in moving or back.one.decision != rules.led_to(back.event.id, back.event.after):
            stuck[back.event.id] = CHANGED
        elif again and (found := _against_linking(back)):
            stuck[back.event.id] = found
        else:
            moving.add(back.one.id)  # once: two events of one undoing may say the same of it
    free = {back.event.id: back.to.product_id for back in backs if back.event.id not in stuck and back.to.product_id}
    returning, lost = holding.returning(db, merchant_id, set(free.values()))
    return stuck | {
        event_id: lost[product_id] for event_id, product_id in free.items() if product_id in lost
    }, returning


def _against_linking(back: Back) -> Obstacle | None:
    """What stands against linking what waits by a step that is to stand again: whatever a person who confirms meets.

    Taking an unlinking back asks for none of it: had that never been, the link would have held.
    """
    _, one, to = back
    if one.state != "pending" or to.state != "linked":
        return None
    made_here = one.pushed_key is not None
    found = rules.obstacle(state=one.state, current=one.current, sku_class=one.sku_class, made_here=made_here)
    return found or (None if one.sku_key == to.linked_sku else RENAMED)


def _turn(db: Transaction, free: Sequence[Back], *, again: bool) -> dict[str, Link]:
    """Let the steps stand again, or no longer; gives those that put a listing on a product, by event."""
    steps_of = {back.event.id: back.to.decision if again else back.one.decision for back in free}
    found = {link.step: link for link in links.turn(db, [step for step in steps_of.values() if step], stands=again)}
    return {event_id: found[step] for event_id, step in steps_of.items() if step in found}


def _left_over(
    db: Transaction, merchant_id: str, free: Sequence[Back], turned: Mapping[str, Link]
) -> dict[str, str]:  # fmt: skip
    left = {link.product_id for link in turned.values()} - {back.to.product_id for back in free}
    return holding.left_over(db, merchant_id, left, leaving=[back.one.id for back in free])


def _moves(free: Sequence[Back], returning: Collection[str], leaving: Collection[str]) -> list[Move]:
    """Each listing's way back; the last that leaves a product, and the first that returns to one, say so."""
    makes = {back.to.product_id: back.event.id for back in reversed(free) if back.to.product_id in returning}
    unmakes = {back.one.product_id: back.event.id for back in free if back.one.product_id in leaving}
    moves = []
    for event, one, to in free:
        more: dict[str, Any] = {"undoes": event.id, "decision": to.decision}  # Any: JSON
        if makes.get(to.product_id) == event.id:
            more["made"] = True
        if unmakes.get(one.product_id) == event.id:
            more["unmade"] = one.product_id
        moves.append(Move(one, to, more))
    return moves
