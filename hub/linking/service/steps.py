"""Puts listings elsewhere: the rows, their classes, the counts and the audit trail change together, set-based."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from hub.catalog.rules import ListingState, SkuClass
from hub.catalog.store import classes, links, listings
from hub.catalog.store.listings import Waiting
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Change, Subject
from hub.linking import rules
from hub.linking.rules import Kind, Obstacle
from hub.stock.service import opening, rechecking


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where people have put a listing: what its events keep before and after, and what undoing goes back to."""

    state: ListingState
    product_id: str | None = None
    linked_sku: str | None = None  # its SKU when it was linked
    decision: str | None = None  # the step that it stands by; a step forward makes a new one

    @classmethod
    def of(cls, one: Waiting) -> Standing:
        return cls(
            state=ListingState(one.state), product_id=one.product_id, linked_sku=one.linked_sku, decision=one.decision
        )


PENDING = Standing(state=ListingState.PENDING)
IGNORED = Standing(state=ListingState.IGNORED)


def on(product_id: str, sku_key: str) -> Standing:
    """Linked to this product under this code."""
    return Standing(state=ListingState.LINKED, product_id=product_id, linked_sku=sku_key)


class Move(NamedTuple):
    """A listing, where it goes, and what its event says beside that."""

    one: Waiting
    to: Standing
    more: Mapping[str, Any] = {}  # Any: JSON


def take(
    db: Transaction, merchant_id: str, kind: Kind, moves: Sequence[Move], *, actor: Actor, cause: str | None = None
) -> list[str]:
    """Move the listings; gives the event of each, which it stands by from now on."""
    ids = put(db, merchant_id, kind, moves, actor=actor, cause=cause)
    waiting = freed(moves)
    classes.reclassify(db, merchant_id, waiting.values(), freed=waiting)
    return ids


def freed(moves: Sequence[Move]) -> dict[str, str]:
    """The SKUs, by id, of those that were linked and wait now: their class must be computed anew."""
    return {one.id: one.sku_key for one, to, _ in moves if one.state == "linked" != to.state and one.current}


def put(
    db: Transaction, merchant_id: str, kind: Kind, moves: Sequence[Move], *, actor: Actor, cause: str | None = None
) -> list[str]:
    """The same, for who has more to change before the classes of what was freed can be computed."""
    changes = [_change(kind, move, cause) for move in moves]
    judged = [_class_after(move) for move in moves]
    events.record_all(db, merchant_id, changes, actor=actor)
    listings.stand(
        db,
        [
            (one.id, to.state.value, to.product_id, to.linked_sku, rules.led_to(change.id, change.after), cls)
            for (one, to, _), change, cls in zip(moves, changes, judged, strict=True)
        ],
    )
    if kind not in rules.UNDOINGS:  # those turn what there is
        links.add(
            db, {each.id: to.product_id for each, (_, to, _) in zip(changes, moves, strict=True) if to.product_id}
        )
    classes.add_counts(db, merchant_id, _count_changes(moves, judged))
    new = [one.id for one, to, _ in moves if to.product_id and to.product_id != one.product_id]
    opening.linked(db, merchant_id, new, actor=actor)
    rechecking.relinked(db, merchant_id, [one.id for one, to, _ in moves if to.product_id != one.product_id])
    return [change.id for change in changes]


def one_of(db: Transaction, merchant_id: str, listing_id: str) -> Waiting:
    """The listing, while nobody else changes the merchant's catalogue."""
    db.serialise(f"catalog:{merchant_id}")
    found = listings.waiting(db, merchant_id, [listing_id])
    if not found:
        raise NotFound("listing")
    return found[0]


def refuse(obstacle: Obstacle) -> Refused:
    return Refused(f"{obstacle.reason}: {obstacle.remedy}", code=obstacle.code)


def _change(kind: Kind, move: Move, cause: str | None) -> Change:
    before: dict[str, Any] = msgspec.to_builtins(Standing.of(move.one))  # Any: JSON
    after: dict[str, Any] = msgspec.to_builtins(move.to)  # Any: JSON
    subject = Subject(kind="listing", id=move.one.id)
    return Change(
        kind=kind.value,
        subject=subject,
        cause=cause,
        before={**before, "sku": move.one.sku},
        after={**after, **move.more},
    )


def _class_after(move: Move) -> str | None:
    """The class where it is known without looking at others: a listing that was linked is judged anew."""
    one, to, _ = move
    if to.state == "linked":
        return None
    if one.state != "linked":
        return one.sku_class
    return SkuClass.EMPTY.value if one.current and not one.sku_key else None


def _count_changes(moves: Collection[Move], judged: Sequence[str | None]) -> Counter[tuple[str, str]]:
    deltas: Counter[tuple[str, str]] = Counter()
    for (one, to, _), cls in zip(moves, judged, strict=True):
        if one.state == "pending" and one.sku_class:
            deltas[one.account_id, one.sku_class] -= 1
        if to.state == "pending" and cls:
            deltas[one.account_id, cls] += 1
    return deltas
