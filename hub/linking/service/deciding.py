"""Confirms listings into products, ignores, restores and unlinks them; many at once, each with its own answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from hub.catalog.rules import SkuClass
from hub.catalog.service.variants import join_parents
from hub.catalog.store import classes, gone, listings, products
from hub.catalog.store.listings import Waiting
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor, Change, Subject
from hub.kernel.ids import new_id
from hub.linking import rules
from hub.linking.rules import AMBIGUOUS, Kind, Obstacle
from hub.linking.service import steps
from hub.linking.service.steps import IGNORED, PENDING, Move, on


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one listing: linked to a product, or refused with the reason and the remedy."""

    id: str
    outcome: str
    product_id: str | None = None
    code: str = ""
    reason: str = ""
    remedy: str = ""


ABSENT = Obstacle("not_found", "no such listing", "look the listing up again")


def confirm(
    db: Transaction, merchant_id: str, ids: Collection[str], *, actor: Actor, cause: str | None = None
) -> list[Answer]:
    """Link each listing to the product of its SKU; the first one confirmed gives that product its data.

    Several without a `cause` of their own get one: an event that undoes all of them.
    """
    db.serialise(f"catalog:{merchant_id}")
    found = {one.id: one for one in listings.waiting(db, merchant_id, ids)}
    waiting = [one for one in found.values() if one.state != "linked"]
    known, stuck = _targets(db, merchant_id, waiting)
    free = [one for one in waiting if one.id not in stuck]
    if len(free) > 1 and cause is None:
        cause = _together(db, merchant_id, len(free), actor)
    product_of = _link(db, merchant_id, free, known, actor, cause)
    product_of |= {one.id: one.product_id for one in found.values() if one.product_id}
    obstacles = {id_: stuck.get(id_) for id_ in found}
    return [_answer(listing_id, product_of.get(listing_id), obstacles.get(listing_id, ABSENT)) for listing_id in ids]


def _targets(
    db: Transaction, merchant_id: str, waiting: Sequence[Waiting]
) -> tuple[dict[str, str], dict[str, Obstacle]]:
    """The products that codes lead to, and the listings that cannot be confirmed.

    A code leads to the product that has it; else to the one that listings with it elsewhere were linked to by hand.
    """
    stuck = {
        one.id: found
        for one in waiting
        if (found := rules.obstacle(state=one.state, current=one.current, sku_class=one.sku_class))
    }
    free = [one for one in waiting if one.id not in stuck]
    known = products.by_key(db, merchant_id, {one.sku_key for one in free})
    shared = {one.sku_key for one in free if one.sku_class == SkuClass.MATCHED and one.sku_key not in known}
    used = gone.by_users(db, merchant_id, shared) if shared else {}
    known |= {key: least for key, (least, most) in used.items() if least == most}
    unclear = {key for key, (least, most) in used.items() if least != most}
    return known, stuck | {one.id: AMBIGUOUS for one in free if one.sku_key in unclear}


def _link(
    db: Transaction, merchant_id: str, free: Sequence[Waiting], known: Mapping[str, str], actor: Actor,
    cause: str | None,
) -> dict[str, str]:  # fmt: skip
    if not free:
        return {}
    first: dict[str, Waiting] = {}
    for one in free:
        if one.sku_key not in known:
            first.setdefault(one.sku_key, one)
    made = {one.id: new_id() for one in first.values()}
    products.make_from(db, made)
    by_key = dict(known) | {key: made[one.id] for key, one in first.items()}
    moves = [
        Move(one, on(by_key[one.sku_key], one.sku_key), {"made": True} if one.id in made else {}) for one in free
    ]  # fmt: skip
    taken = steps.take(db, merchant_id, Kind.CONFIRMED, moves, actor=actor, cause=cause)
    # The same SKU elsewhere has a product to match now; what is unmatched stands nowhere else.
    shared = {key for key, one in first.items() if one.sku_class != SkuClass.UNMATCHED}
    classes.reclassify(db, merchant_id, shared)
    step_of = {one.id: step for one, step in zip(free, taken, strict=True)}
    join_parents(db, merchant_id, step_of, made=set(made.values()), actor=actor)
    return {one.id: by_key[one.sku_key] for one in free}


def _together(db: Transaction, merchant_id: str, count: int, actor: Actor) -> str:
    subject = Subject(kind="merchant", id=merchant_id)
    together = Change(kind=Kind.MANY_CONFIRMED.value, subject=subject, before={}, after={"listings": count})
    events.record_all(db, merchant_id, [together], actor=actor)
    return together.id


def ignore(db: Transaction, merchant_id: str, listing_id: str, *, actor: Actor) -> None:
    """Take a listing out of what waits; it is kept, and imports go on updating it."""
    one = steps.one_of(db, merchant_id, listing_id)
    if one.state == "linked":
        raise Refused(
            "the listing is linked to a product, so nothing waits to be ignored: unlink it first", code="listing_linked"
        )
    if one.state == "pending":
        steps.take(db, merchant_id, Kind.IGNORED, [Move(one, IGNORED)], actor=actor)


def restore(db: Transaction, merchant_id: str, listing_id: str, *, actor: Actor) -> None:
    """Put an ignored listing back among what waits."""
    one = steps.one_of(db, merchant_id, listing_id)
    if one.state == "ignored":
        steps.take(db, merchant_id, Kind.RESTORED, [Move(one, PENDING)], actor=actor)


def unlink(db: Transaction, merchant_id: str, listing_id: str, *, actor: Actor) -> None:
    """Take a listing off its product; it waits again, in the class that it has by now. The product stays."""
    one = steps.one_of(db, merchant_id, listing_id)
    if one.state == "ignored":
        raise Refused("the listing is ignored, so no product has it: restore it first", code="ignored")
    if one.state == "linked":
        steps.take(db, merchant_id, Kind.UNLINKED, [Move(one, PENDING)], actor=actor)


def _answer(listing_id: str, product_id: str | None, obstacle: Obstacle | None) -> Answer:
    if product_id is not None:
        return Answer(id=listing_id, outcome="linked", product_id=product_id)
    code, reason, remedy = obstacle or ABSENT
    return Answer(id=listing_id, outcome="refused", code=code, reason=reason, remedy=remedy)
