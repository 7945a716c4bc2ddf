"""Puts all listings of one product on another, and takes the emptied one out of the catalogue; and back again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.catalog.rules import sku_key
from hub.catalog.store import classes, gone, listings, products
from hub.catalog.store.gone import Kept
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Change, Event, Subject
from hub.linking.rules import CODE_TAKEN, Kind
from hub.linking.service import steps
from hub.linking.service.relinking import require_product
from hub.linking.service.steps import Move, Standing


def merge(
    db: Transaction,
    merchant_id: str,
    product_id: str,
    into: str,
    *,
    actor: Actor,
    more: Mapping[str, Any] | None = None,
) -> str:  # Any: JSON
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
    said = {"into": into, "listings": len(moved), **(more or {})}
    event_id = _record(db, merchant_id, Kind.MERGED, emptied, said, actor)
    moves = [Move(one, _moved(one.linked_sku, into)) for one in moved]
    steps.take(db, merchant_id, Kind.MOVED, moves, actor=actor, cause=event_id)
    gone.take_away(db, {product_id: event_id}, into=into)
    classes.reclassify(db, merchant_id, {sku_key(emptied.sku)})  # what matched the emptied product only
    return event_id


def undo(db: Transaction, merchant_id: str, event: Event, *, actor: Actor) -> str:
    """Take a merge apart again, or a taking apart back; refused where anything of it has changed since."""
    db.serialise(f"catalog:{merchant_id}")
    said = event.after or {}
    emptied = gone.kept(db, merchant_id, [event.subject.id])[event.subject.id]
    if event.kind == Kind.MERGED:
        return _unmerge(db, merchant_id, event, emptied, actor)
    _require_unchanged(db, event, emptied.id, standing=emptied.gone_by is None)
    return merge(db, merchant_id, emptied.id, said["into"], actor=actor, more={"undoes": event.id})


def _unmerge(db: Transaction, merchant_id: str, event: Event, emptied: Kept, actor: Actor) -> str:
    said = event.after or {}
    _require_unchanged(db, event, said["into"], standing=emptied.gone_by == event.id)
    if products.by_key(db, merchant_id, [sku_key(emptied.sku)]):
        raise steps.refuse(CODE_TAKEN)
    more = {"into": said["into"], "listings": said["listings"], "undoes": event.id}
    undone = _record(db, merchant_id, Kind.UNMERGED, emptied, more, actor)
    gone.bring_back(db, {emptied.id: emptied.sku})
    moves = [Move(one, _moved(one.linked_sku, emptied.id)) for one in _of_step(db, event, said["into"])]
    steps.take(db, merchant_id, Kind.MOVED, moves, actor=actor, cause=undone)
    classes.reclassify(db, merchant_id, {sku_key(emptied.sku)})
    return undone


def _require_unchanged(db: Transaction, event: Event, product_id: str, *, standing: bool) -> None:
    """All listings that the step moved must stand where it put them; what came to an emptied product would be moved."""
    said = event.after or {}
    mine, others = _of_step(db, event, product_id), listings.of_product(db, product_id)
    strangers = event.kind == Kind.UNMERGED and len(others) > len(mine)
    if not standing or len(mine) != said["listings"] or strangers:
        raise Refused(
            "the two products have been changed since by other steps: undo those first, or move listings by hand",
            code="changed_since",
        )


def _of_step(db: Transaction, event: Event, product_id: str) -> list[listings.Waiting]:
    """The listings of this product that stand by the step still."""
    moved = (event.after or {})["listings"]
    caused = {each.id for each in events.caused_by(db, event.id, about="listing", limit=moved + 1)}
    return [one for one in listings.of_product(db, product_id) if one.decision in caused]


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
    change = Change(kind=kind.value, subject=subject, before={"sku": emptied.sku}, after=said)
    events.record_all(db, merchant_id, [change], actor=actor)
    return change.id
