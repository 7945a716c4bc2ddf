"""Confirms listings into products, ignores and restores them; many at once, each with its own answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import msgspec

from hub.catalog.store import classes, listings, products
from hub.catalog.store.listings import Waiting
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id
from hub.linking import rules
from hub.linking.rules import Obstacle


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one listing: linked to a product, or refused with the reason and the remedy."""

    id: str
    outcome: str
    product_id: str | None = None
    code: str = ""
    reason: str = ""
    remedy: str = ""


ABSENT = Obstacle("not_found", "no such listing", "look the listing up again")


def confirm(db: Transaction, merchant_id: str, ids: Collection[str], *, actor: Actor) -> list[Answer]:
    """Link each listing to the product of its SKU; the first one confirmed gives that product its data."""
    db.serialise(f"catalog:{merchant_id}")
    found = {one.id: one for one in listings.waiting(db, merchant_id, ids)}
    obstacles = {one.id: rules.obstacle(state=one.state, current=one.current, sku_class=one.sku_class)
                 for one in found.values()}  # fmt: skip
    free = [one for one in found.values() if one.state != "linked" and obstacles[one.id] is None]
    product_of = _link(db, merchant_id, free, actor)
    product_of |= {one.id: one.product_id for one in found.values() if one.product_id}
    return [_answer(listing_id, product_of.get(listing_id), obstacles.get(listing_id, ABSENT)) for listing_id in ids]


def _link(db: Transaction, merchant_id: str, free: list[Waiting], actor: Actor) -> dict[str, str]:
    if not free:
        return {}
    keys = {one.sku_key for one in free}
    known = products.by_key(db, merchant_id, keys)
    first: dict[str, Waiting] = {}
    for one in free:
        if one.sku_key not in known:
            first.setdefault(one.sku_key, one)
    made = {one.id: new_id() for one in first.values()}
    products.make_from(db, made)
    by_key = known | {key: made[one.id] for key, one in first.items()}
    product_of = {one.id: by_key[one.sku_key] for one in free}
    listings.link(db, product_of)
    _uncount(db, merchant_id, free)
    classes.reclassify(db, merchant_id, keys)  # the same SKU elsewhere has a product to match now
    for one in free:
        _record(db, "listing.confirmed", one, merchant_id, actor, {"product_id": product_of[one.id]})
    return product_of


def ignore(db: Transaction, merchant_id: str, listing_id: str, *, actor: Actor) -> None:
    """Take a listing out of what waits; it is kept, and imports go on updating it."""
    one = _one(db, merchant_id, listing_id)
    if one.state == "linked":
        raise Refused("the listing is linked to a product, so nothing waits to be ignored", code="listing_linked")
    if one.state == "ignored":
        return
    listings.set_state(db, [one.id], "ignored")
    _uncount(db, merchant_id, [one])
    _record(db, "listing.ignored", one, merchant_id, actor, {"state": "ignored"})


def restore(db: Transaction, merchant_id: str, listing_id: str, *, actor: Actor) -> None:
    """Put an ignored listing back among what waits."""
    one = _one(db, merchant_id, listing_id)
    if one.state != "ignored":
        return
    listings.set_state(db, [one.id], "pending")
    if one.sku_class:
        classes.add_counts(db, merchant_id, {(one.account_id, one.sku_class): 1})
    _record(db, "listing.restored", one, merchant_id, actor, {"state": "pending"})


def _one(db: Transaction, merchant_id: str, listing_id: str) -> Waiting:
    db.serialise(f"catalog:{merchant_id}")
    found = listings.waiting(db, merchant_id, [listing_id])
    if not found:
        raise NotFound("listing")
    return found[0]


def _uncount(db: Transaction, merchant_id: str, gone: Collection[Waiting]) -> None:
    left = Counter((one.account_id, one.sku_class) for one in gone if one.sku_class)
    classes.add_counts(db, merchant_id, {key: -count for key, count in left.items()})


def _record(
    db: Transaction, kind: str, one: Waiting, merchant_id: str, actor: Actor, after: dict[str, str]
) -> None:  # fmt: skip
    subject = Subject(kind="listing", id=one.id)
    before = {"state": one.state, "sku": one.sku}
    events.record(db, kind, subject=subject, actor=actor, merchant_id=merchant_id, before=before, after=after)


def _answer(listing_id: str, product_id: str | None, obstacle: Obstacle | None) -> Answer:
    if product_id is not None:
        return Answer(id=listing_id, outcome="linked", product_id=product_id)
    code, reason, remedy = obstacle or ABSENT
    return Answer(id=listing_id, outcome="refused", code=code, reason=reason, remedy=remedy)
