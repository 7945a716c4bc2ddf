"""Puts listings back where steps found them, if they stand by those steps.

One rule for all: a step can be undone where the listing stands by what the step led to, and it stands by what it stood
by before then, as if the step had never been. So steps are undone one after another, the last one first, and an undoing
like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from hub.catalog.rules import sku_key
from hub.catalog.store import classes, gone, listings, products
from hub.catalog.store.gone import Kept
from hub.catalog.store.listings import Waiting
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Event
from hub.linking import rules
from hub.linking.rules import CHANGED, CODE_TAKEN, PRODUCT_GONE, Obstacle
from hub.linking.service import steps
from hub.linking.service.steps import Move, Standing


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a step said of one listing beside where it stood: that it made a product, or took away one it had made."""

    made: bool = False
    product_id: str | None = None
    unmade: str | None = None


class Back(NamedTuple):
    """A step on its way back: the listing as it is, where it came from, and what the step said."""

    event: Event
    one: Waiting
    to: Standing
    said: Said


def undo_listings(
    db: Transaction, merchant_id: str, done: Sequence[Event], *, actor: Actor, cause: str | None = None
) -> tuple[dict[str, str], dict[str, Obstacle]]:
    """Undo steps of one kind, of one listing each: gives the new event by the old, and what stands against the others.

    Where a step made a product and nothing else uses it, the product goes with it; undoing that brings it back.
    """
    if not done:
        return {}, {}
    found = {one.id: one for one in listings.waiting(db, merchant_id, {event.subject.id for event in done})}
    backs = [_back(event, found[event.subject.id]) for event in done]
    kept = gone.kept(db, merchant_id, {id_ for back in backs for id_ in (back.to.product_id, back.said.unmade) if id_})
    stuck = _stuck(db, merchant_id, backs, kept)
    free = [back for back in backs if back.event.id not in stuck]
    revived = {
        back.said.unmade: kept[back.said.unmade].sku
        for back in free
        if back.said.unmade and kept[back.said.unmade].gone_by
    }
    gone.bring_back(db, revived)
    unmade = _unmade(db, free)
    moves = [Move(back.one, back.to, _told(back, unmade)) for back in free]
    by = dict(
        zip(
            (b.event.id for b in free),
            steps.put(db, merchant_id, rules.undoing_of(done[0].kind), moves, actor=actor, cause=cause),
            strict=True,
        )
    )
    gone.take_away(db, {product_id: by[event_id] for product_id, event_id in unmade.items()})
    taken = gone.kept(db, merchant_id, unmade) if unmade else {}
    skus = [*revived.values(), *(one.sku for one in taken.values())]
    classes.reclassify(db, merchant_id, steps.freed(moves) | {sku_key(sku) for sku in skus})
    return by, stuck


def _back(event: Event, one: Waiting) -> Back:
    to = msgspec.convert({name: (event.before or {}).get(name) for name in Standing.__struct_fields__}, Standing)
    return Back(event, one, to, msgspec.convert(event.after, Said))


def _stuck(
    db: Transaction, merchant_id: str, backs: Sequence[Back], kept: Mapping[str, Kept]
) -> dict[str, Obstacle]:  # fmt: skip
    """What stands against each step back, by its event."""
    stuck: dict[str, Obstacle] = {}
    moving: set[str] = set()
    for back in backs:
        if back.one.id in moving or back.one.decision != rules.led_to(back.event.id, back.event.after):
            stuck[back.event.id] = CHANGED
        else:
            moving.add(back.one.id)  # once: two events of one undoing may say the same of it
    reviving = {back.said.unmade for back in backs if back.said.unmade and back.event.id not in stuck}
    wanted = {id_: sku_key(kept[id_].sku) for id_ in reviving if id_ and kept[id_].gone_by}
    taken = set(products.by_key(db, merchant_id, set(wanted.values()))) if wanted else set()
    for back in backs:
        to = back.to.product_id
        if back.event.id in stuck or to is None or not kept[to].gone_by:
            continue
        if to not in wanted:
            stuck[back.event.id] = PRODUCT_GONE
        elif wanted[to] in taken:
            stuck[back.event.id] = CODE_TAKEN
    return stuck


def _unmade(db: Transaction, free: Sequence[Back]) -> dict[str, str]:
    """The products that these steps made and nothing else uses, each by the step that made it."""
    made = {back.said.product_id: back.event.id for back in free if back.said.made and back.said.product_id}
    if not made:
        return {}
    used = gone.with_listings(db, made, except_for=[back.one.id for back in free])
    used |= gone.bundles(db, made) | gone.components(db, made) | events.told_of(db, "product", made)
    return {product_id: event_id for product_id, event_id in made.items() if product_id not in used}


def _told(back: Back, unmade: Mapping[str, str]) -> dict[str, Any]:  # Any: JSON
    more: dict[str, Any] = {"undoes": back.event.id, "decision": back.to.decision}  # Any: JSON
    if back.said.unmade:
        more["made"] = True
    if unmade.get(back.said.product_id or "") == back.event.id:
        more["unmade"] = back.said.product_id
    return more
