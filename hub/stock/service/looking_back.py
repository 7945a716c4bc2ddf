"""How a product stood at an instant: what lay where, and what each channel had been told and was believed to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.store import products
from hub.catalog.store.products import Product
from hub.channels import store as channels
from hub.kernel.db import Transaction, now
from hub.kernel.errors import FieldError, Invalid
from hub.stock.rules import offered, wording
from hub.stock.rules.levels import Place
from hub.stock.rules.timeline import Belief, Seen, Then, believed
from hub.stock.service.timeline import Names
from hub.stock.store import changes, movements, offers, past
from hub.stock.store.changes import Outpost
from hub.stock.store.past import Agreed, Shown
from hub.stock.store.pushes import KEEP, Push


class Stood(NamedTuple):
    """What a listing was told at a place by then, the cause that it was looked at by last, and what was believed."""

    outpost: Outpost
    place_ref: str
    told: Push | None
    then: Then | None
    belief: Belief
    cause: str  # empty: nobody had looked at it yet


class Past(NamedTuple):
    """All of it; `lay` and `promised` by warehouse and product."""

    product: Product
    at: datetime
    lay: Mapping[Place, int]
    promised: Mapping[Place, int]
    skus: Mapping[str, str]
    stood: list[Stood]
    names: Names
    notes: list[str]


def look_back(db: Transaction, one: Product, at: datetime) -> Past:
    """Tell how it stood then; a dozen statements, whatever happened."""
    current: datetime = db.execute(sa.select(now())).scalar_one()
    _check(one, at, current)
    parts = offers.parts(db, [one.id]) if one.bundle else {}
    goods = offered.exploded(one.id, parts)
    back = current - at <= at - one.created_at  # whichever way is shorter
    lay, promised = past.on_hand(db, goods, at=at, back=back), past.reserved(db, goods, at=at, back=back)
    outposts = {each.listing_id: each for each in changes.outposts(db, one.id)}
    stood = _stood(db, one.id, outposts, at)
    warehouses = channels.warehouses.named(db, one.merchant_id, {place[0] for place in lay})
    causes = {each.cause for each in stood if each.cause}
    moved = {each.cause: each for each in movements.caused_by(db, causes)} if causes else {}
    found = products.of_ids(db, one.merchant_id, goods)
    return Past(
        one, at, lay, promised, {each.id: each.sku for each in found.values()}, stood,
        Names({each.id: each.name for each in warehouses.values()}, outposts, moved, {}),
        _notes(one, at, current - KEEP, [each.name for each in warehouses.values() if each.account_id]),
    )  # fmt: skip


def _check(one: Product, at: datetime, current: datetime) -> None:
    message = ""
    if at > current:
        message = f"lies in the future: it is {wording.instant(current)} now"
    elif at < one.created_at:
        message = f"lies before the product came into the hub, which was at {wording.instant(one.created_at)}"
    if message:
        raise Invalid("nothing is known of that instant", errors=(FieldError(field="at", message=message),))


def _notes(one: Product, at: datetime, kept_since: datetime, others: Sequence[str]) -> list[str]:
    """What cannot be told, said plainly."""
    notes = []
    if at < kept_since:
        notes.append(
            f"pushes of before {wording.instant(kept_since)} are not kept: what channels had been told then is gone, "
            "and only what was confirmed last and still stands is told"
        )
    if others:
        notes.append(
            f"how much was held in {', '.join(sorted(others))} (damaged, or frozen there for others) is not kept: of "
            "what was on hand as much less was offered"
        )
    if one.bundle:
        notes.append("a bundle has no stock of its own: these are the products that it contains now")
    return notes


def _stood(db: Transaction, product_id: str, outposts: Mapping[str, Outpost], at: datetime) -> list[Stood]:
    steps = changes.standing(db, list(outposts), at=at)
    linked = [id_ for id_, step in steps.items() if (step.after or {}).get("product_id") == product_id]
    shown = past.outlets(db, linked)
    outlets = [each.outlet for each in shown]
    told = past.told_by(db, outlets, at=at)
    confirmed = past.confirmed_by(db, outlets, at=at)
    agreed = past.agreed_by(db, outlets, at=at)
    return [
        _one(outposts, each, told.get(each.outlet), confirmed.get(each.outlet), agreed.get(each.outlet), at)
        for each in shown
    ]


def _one(
    outposts: Mapping[str, Outpost], shown: Shown, told: Push | None, confirmed: Push | None, agreed: Agreed | None,
    at: datetime,
) -> Stood:  # fmt: skip
    listing_id, place_ref = shown.outlet
    then = None if told is None else _then(told, at)
    looked = [(told.sent_at, told.cause)] if told else []
    looked += [(agreed.at, agreed.cause)] if agreed else []
    cause = max(looked)[1] if looked else ""
    belief = believed(then, _seen(shown, confirmed, agreed, at))
    return Stood(outposts[listing_id], place_ref, told, then, belief, cause)


def _then(told: Push, at: datetime) -> Then:
    """A push as it was known at that instant: what came of it later is not told."""
    if told.settled_at is None or told.settled_at > at:
        return Then(told.quantity, told.sent_at, "sent", None, None, "")
    return Then(told.quantity, told.sent_at, told.status.value, told.actual, told.settled_at, told.reason)


def _seen(shown: Shown, confirmed: Push | None, agreed: Agreed | None, at: datetime) -> Seen | None:
    """What it was last known to show; the log is believed first, and what is kept besides where it has forgotten."""
    known: list[Seen] = []
    if confirmed is not None and confirmed.settled_at is not None:
        known.append(Seen(confirmed.quantity, confirmed.settled_at))
    if agreed is not None:
        known.append(Seen(agreed.figure, agreed.at))
    if shown.shown is not None and shown.shown_at is not None and shown.shown_at <= at:
        known.append(Seen(shown.shown, shown.shown_at))
    return max(known, key=lambda one: one.at, default=None)
