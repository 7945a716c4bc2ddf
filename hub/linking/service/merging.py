"""Puts all listings of one product on another, and takes the emptied one out of the catalogue; and back again."""

from __future__ import annotations

from typing import Any

from hub.catalog.rules import sku_key
from hub.catalog.service import variants
from hub.catalog.store import classes, gone, listings, products
from hub.catalog.store.gone import Kept
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Change, Event, Subject
from hub.linking import rules
from hub.linking.rules import CODE_TAKEN, Kind
from hub.linking.service import already, back, holding, steps
from hub.linking.service.relinking import require_product
from hub.linking.service.steps import Move, Standing


def merge(db: Transaction, merchant_id: str, product_id: str, into: str, *, actor: Actor) -> str:
    """Put all listings of `product_id` on `into`; gives the event of the step."""
    db.serialise(f"catalog:{merchant_id}")
    if product_id == into:
        same = FieldError(field="into", message="name another product than the one that is merged")
        raise Invalid("a product cannot be merged into itself", errors=(same,))
    emptied = gone.kept(db, merchant_id, [product_id]).get(product_id)
    if emptied is None or emptied.gone_by:
        raise NotFound("product")
    require_product(db, merchant_id, into, field="into")
    _require_no_bundle(db, product_id)
    moved = listings.of_product(db, product_id)
    event_id = _record(db, merchant_id, Kind.MERGED, emptied, {"into": into, "listings": len(moved)}, actor)
    moves = [Move(one, _moved(one.linked_sku, into)) for one in moved]
    steps.take(db, merchant_id, Kind.MOVED, moves, actor=actor, cause=event_id)
    gone.take_away(db, {product_id: event_id}, into=into)
    variants.went(db, merchant_id, product_id, event_id, actor=actor)
    classes.reclassify(db, merchant_id, {sku_key(emptied.sku)})  # what matched the emptied product only
    return event_id


def undo(db: Transaction, merchant_id: str, event: Event, *, actor: Actor) -> str:
    """Take a merge apart again, or a taking apart back; refused where anything of it stands elsewhere by now.

    It is all listings or none, and the product is gone by what it was gone by before, as listings stand by their steps.
    """
    db.serialise(f"catalog:{merchant_id}")
    emptied = gone.kept(db, merchant_id, [event.subject.id])[event.subject.id]
    said: dict[str, Any] = event.after or {}  # Any: JSON
    moved = events.caused_by(db, event.id, about="listing", limit=said["listings"] + 1)
    if emptied.gone_by != rules.led_to(event.id, event.after):
        raise already.undone(db, event) or _changed()
    gone_by: str | None = (event.before or {}).get("decision")
    more = {"into": said["into"], "listings": len(moved), "undoes": event.id, "decision": gone_by}
    undone = _record(db, merchant_id, rules.undoing_of(event.kind), emptied, more, actor)
    if gone_by is None:
        _bring_back(db, merchant_id, emptied)
        variants.came(db, merchant_id, emptied.id, undone, actor=actor)
    else:
        _require_emptied(db, emptied.id, len(moved))
        _require_return(db, merchant_id, said["into"])
    _, stuck = back.undo_listings(db, merchant_id, moved, actor=actor, cause=undone)
    if stuck:
        raise _changed()
    if gone_by is not None:
        gone.take_away(db, {emptied.id: gone_by}, into=said["into"])
        variants.went(db, merchant_id, emptied.id, undone, actor=actor)
    else:
        _leave_unused(db, merchant_id, {emptied.id, said["into"]}, undone)
    classes.reclassify(db, merchant_id, {sku_key(emptied.sku)})
    return undone


def _bring_back(db: Transaction, merchant_id: str, emptied: Kept) -> None:
    if products.by_key(db, merchant_id, [sku_key(emptied.sku)]):
        raise steps.refuse(CODE_TAKEN)
    gone.bring_back(db, {emptied.id: emptied.sku})


def _require_emptied(db: Transaction, product_id: str, leaving: int) -> None:
    """Of a product that is to go again nothing may be left: what came to it since was put there by somebody."""
    _require_no_bundle(db, product_id)
    if len(listings.of_product(db, product_id)) > leaving:
        raise _changed()


def _require_return(db: Transaction, merchant_id: str, into: str) -> None:
    """Bring the product that takes the listings again back, where it is gone because nothing used it."""
    returning, lost = holding.returning(db, merchant_id, {into})
    if lost:
        raise steps.refuse(lost[into])
    gone.bring_back(db, returning)
    classes.reclassify(db, merchant_id, {sku_key(sku) for sku in returning.values()})


def _leave_unused(db: Transaction, merchant_id: str, ids: set[str], event_id: str) -> None:
    """Take out those of two products that only the merge kept in the catalogue."""
    leaving = holding.left_over(db, merchant_id, ids, leaving=())
    gone.take_away(db, dict.fromkeys(leaving, event_id))
    classes.reclassify(db, merchant_id, {sku_key(sku) for sku in leaving.values()})


def _changed() -> Refused:
    return Refused(
        "the two products have been changed since by other steps: undo those first, or move listings by hand",
        code="changed_since",
    )


def _require_no_bundle(db: Transaction, product_id: str) -> None:
    if gone.bundles(db, [product_id]):
        raise Refused("the product is a bundle: take its components out of it first", code="product_is_bundle")
    if gone.components(db, [product_id]):
        raise Refused("the product is a component of a bundle: put the other product there first", code="in_bundle")


def _moved(linked_sku: str | None, product_id: str) -> Standing:
    """On the other product, under the code that it was linked by: nobody has said anything new about that."""
    return steps.on(product_id, linked_sku or "")


def _record(
    db: Transaction, merchant_id: str, kind: Kind, emptied: Kept, said: dict[str, Any], actor: Actor
) -> str:  # Any: JSON
    subject = Subject(kind="product", id=emptied.id)
    before = {"sku": emptied.sku, "decision": emptied.gone_by}
    change = Change(kind=kind.value, subject=subject, before=before, after=said)
    events.record_all(db, merchant_id, [change], actor=actor)
    return change.id
